"""What cannot be had without an event loop is refused before anything happens (L51)."""

import sys
from collections.abc import Awaitable
from types import CoroutineType, FrameType
from typing import Any

from tenure.errors import AsyncInSyncError, UnforeseenAwaitError
from tenure.lifecycle.backends import running
from tenure.lifecycle.claim import openings
from tenure.model.binding import SINGLETON, Binding, Make, Style
from tenure.model.detect import lifecycle_of_made
from tenure.runtime.scope import Scope, live_chain


def to_await(engine: Any, binding: Binding, scope: Scope) -> list[Binding]:
    """
    Return what would have to be awaited to make *binding* as *scope* sees it.

    What is asynchronous but already open, or opens by its own methods later, is not among it.
    """
    blocked = [each for each in engine.plans.asynchronous(binding) if _blocks(engine, each, scope)]
    blocked += _under_way(engine, binding, scope)
    return _still_needed(engine, binding, blocked, scope)


def _under_way(engine: Any, binding: Binding, scope: Scope) -> list[Binding]:
    """Return what *binding* needs that another task of the running loop is making: only awaiting will get it."""
    claims = [claim for each in live_chain(scope) for claim in list(each.inflight.values())]
    backend = running()
    if not claims or backend is None:
        return []
    mine = openings()
    made = {c.binding.key for c in claims if c.loop is backend.token() and c not in mine and not c.done.is_set}
    return [each for each in engine.graph.order((binding.key,)) if each.key in made] if made else []


def refuse_async(engine: Any, binding: Binding, scope: Scope) -> None:
    """Raise before anything happens if making *binding* without a loop cannot succeed (L51)."""
    blocked = [each for each in engine.plans.asynchronous(binding) if _blocks(engine, each, scope)]
    needed = _still_needed(engine, binding, blocked, scope)
    if needed:
        raise AsyncInSyncError([each.label for each in needed], "open", _way_out(binding, scope), needed[0].key)


def _way_out(binding: Binding, scope: Scope) -> str:
    """Return what to write instead of what asks for *binding* without a loop."""
    injected = _injected_here()
    if injected is not None:
        return f"`async def {injected}`, for which it is awaited" + ("" if scope.is_sync else ", or open it before")
    call = f"`await container.aget({binding.label})`"
    return f"`async with container.resource_scope()` and {call}" if scope.is_sync else f"{call}, or open it before"


def _injected_here() -> str | None:
    """Return the name of the injected function that is being called, None where the user's own code asks."""
    from tenure.compile.calls import function_called  # noqa: PLC0415 - for errors only, and for who injects

    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - what `inspect.currentframe` calls
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("tenure."):
        function = function_called(frame)
        if function is not None:
            return str(getattr(function, "__name__", function))
        frame = frame.f_back
    return None


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


def refuse_unforeseen(binding: Binding, made: Any) -> None:
    """
    Raise UnforeseenAwaitError where *made* shows that *binding* is asynchronous, which nothing could tell before.

    A coroutine is closed: nobody will run it.
    """
    is_found = binding.lifecycle is not None and binding.lifecycle.style is Style.FOUND
    if is_found and not lifecycle_of_made(made).is_async:
        return
    if not is_found and not (binding.make is Make.MAYBE and isinstance(made, Awaitable)):
        return
    if isinstance(made, CoroutineType):
        made.close()
    else:
        getattr(made, "excuse", lambda: None)()  # what awaits nobody says so otherwise
    raise UnforeseenAwaitError(binding.label, f"`await container.aget({binding.label})`", binding.key, made)


def is_live(engine: Any, binding: Binding, scope: Scope) -> bool:
    """Tell whether a value of *binding* is there to be had from *scope* without making anything."""
    if is_made(binding, scope):
        return True
    record = engine.instances.get(binding.key)
    return record is not None and record.is_open


def is_made(binding: Binding, scope: Scope) -> bool:
    """Tell whether the caches that *scope* sees hold a value of *binding*."""
    home: Scope | None = scope
    while home is not None:
        if binding.key in home.cache:
            return True
        home = home.parent if home.name != binding.lifetime else None  # that of an outer one of the name is another
    return False
