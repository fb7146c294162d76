"""
Containers that nobody closed: at the end of the process, when collected, and in a forked child (L70).

At the end, synchronous resources are closed in order and asynchronous ones are named. A container that is collected
only warns: closing user code from the garbage collector would run it on any thread at any time. A child owes nothing.
"""

import atexit
import os
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import drive
from tenure.lifecycle.exits import Exit, begin_generation, shown_stack
from tenure.lifecycle.unraisable import report
from tenure.model.binding import Binding
from tenure.runtime.emptying import close_exits
from tenure.runtime.registry import engines, renew_shared_lock
from tenure.runtime.scope import Scope, State

_SHOWN = 20
"""How many resources one warning names."""


_BY_CLOSING = "close the container: `with container:`, or container.close()"


def warn_of(exits: list[Exit], what: str, source: Any = None, way_out: str = _BY_CLOSING) -> None:
    """Issue one ResourceWarning that names *exits* and where each was opened, and says what to do."""
    lines = [f"  {exit_.binding.label}, opened by {_stack_of(exit_)}" for exit_ in exits[:_SHOWN]]
    if len(exits) > _SHOWN:
        lines.append(f"  and {len(exits) - _SHOWN} more")
    text = f"{what}:\n" + "\n".join(lines) + f"\n  {way_out}"
    warnings.warn(text, ResourceWarning, stacklevel=2, source=source)


def _stack_of(exit_: Exit) -> str:
    if not exit_.opened_by:
        return exit_.binding.where or "code of unknown place"
    return "\n    called from ".join(shown_stack(exit_.opened_by))


def owed_by(root: Scope) -> list[Exit]:
    """Return everything that is open in *root* and inside it, outer scopes first, in order of opening."""
    return [
        exit_
        for scope in _tree(root)
        # what an override gave back stands where it was put
        for exit_ in sorted(scope.exits.values(), key=lambda exit_: exit_.opened_at)
        if _is_owed(scope, exit_)
    ]


def _is_owed(scope: Scope, exit_: Exit) -> bool:
    return scope.state is State.OPEN and not exit_.done and not owes_nothing(exit_.binding)


def _tree(scope: Scope) -> Iterator[Scope]:
    yield scope
    for child in sorted(scope.children, key=lambda child: child.number):
        yield from _tree(child)


def owes_nothing(binding: Binding) -> bool:
    """Tell whether there is no code to run for what *binding* opened: a declared resource may have nothing to close."""
    lifecycle = binding.lifecycle
    return lifecycle is None or (lifecycle.style.name == "METHODS" and lifecycle.close is None)


def close_at_exit() -> None:
    """Close what is left of every container: synchronous resources in order; asynchronous ones are named."""
    for engine in list(engines):
        stranded = [exit_ for exit_ in owed_by(engine.root) if exit_.needs_await]
        if stranded:
            warn_of(stranded, "still open at the end of the process, and no event loop is left to close them")
        for scope in reversed(list(_tree(engine.root))):
            _close_what_can_be(engine, scope)


def _close_what_can_be(engine: Any, scope: Scope) -> None:
    if scope.state is not State.OPEN:
        return
    closer = Closer(None, engine.place(scope), None)
    exits = [e for e in scope.exits.values() if not e.done and not e.needs_await and e.owner is None]
    drive(close_exits(scope, exits, closer))
    for error in closer.report.take_failed():
        report(error, "a resource failed to close at the end of the process", engine)


def disown_in_child() -> None:
    """
    In a forked child: nothing of the parent's is owed, used or locked; containers start clean.

    The parent's objects are never let go of here: a suspended generator that is collected runs its closing code. What
    hangs on `sys` is not finalised when the interpreter ends.
    """
    begin_generation()
    foreign = sys.__dict__.setdefault("_tenure_foreign", [])
    lock = renew_shared_lock()
    for engine in list(engines):
        engine.lock = lock
        for scope in list(_tree(engine.root)):  # the loop takes the tree apart
            foreign.append((scope.exits, dict(scope.cache), scope.records, scope.inflight, scope.children))
            scope.state = State.CLOSED
            scope.exits, scope.records, scope.inflight, scope.children = {}, {}, {}, {}
            scope.cache.clear()
        foreign.append(engine.instances)
        engine.instances = {}
        try:
            engine.reopen()
        except Exception as error:  # noqa: BLE001 - what is wrong with one of them must not leave the others as they are
            report(error, "a container does not begin anew in a forked child", engine)


atexit.register(close_at_exit)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=disown_in_child)
