"""What cannot be had without an event loop is refused before anything happens (L51)."""

from typing import Any

from tenure.errors import AsyncInSyncError
from tenure.model.binding import SINGLETON, Binding, Make
from tenure.runtime.scope import Scope


def refuse_async(engine: Any, binding: Binding, scope: Scope) -> None:
    """
    Raise before anything happens if making *binding* without a loop cannot succeed (L51).

    What is asynchronous but already open, or opens by its own methods later, is no obstacle.
    """
    blocked = [each for each in engine.plans.asynchronous(binding) if _blocks(engine, each, scope)]
    needed = _still_needed(engine, binding, blocked, scope)
    if needed:
        call = f"`await container.aget({binding.label})`"
        way_out = (
            f"`async with container.resource_scope()` and {call}" if scope.is_sync else f"{call}, or open it before"
        )
        raise AsyncInSyncError([each.label for each in needed], "open", way_out, needed[0].key)


def _blocks(engine: Any, binding: Binding, scope: Scope) -> bool:
    lifecycle = binding.lifecycle
    if binding.make is Make.AWAIT:
        return not is_live(engine, binding, scope)
    if lifecycle is None or not lifecycle.is_async or is_live(engine, binding, scope):
        return False
    if lifecycle.is_lazy or not lifecycle.opens_async:
        home = engine.root if binding.lifetime == SINGLETON else scope
        return bool(home.is_sync)
    return True


def _still_needed(engine: Any, binding: Binding, blocked: list[Binding], scope: Scope) -> list[Binding]:
    """Keep those of *blocked* that are reached without passing a value that is already there."""
    if not blocked:
        return []
    wanted, seen, stack = [], set(), [binding]
    while stack:
        each = stack.pop()
        if each.key in seen or (each is not binding and is_live(engine, each, scope)):
            continue
        seen.add(each.key)
        if each in blocked:
            wanted.append(each)
        stack += [source for edge in engine.graph.edges(each) for _, source in edge.sources]
    return wanted


def is_live(engine: Any, binding: Binding, scope: Scope) -> bool:
    """Tell whether a value of *binding* is there to be had from *scope* without making anything."""
    home: Scope | None = scope
    while home is not None:
        if binding.key in home.cache:
            return True
        home = home.parent
    record = engine.instances.get(binding.key)
    return record is not None and record.is_open
