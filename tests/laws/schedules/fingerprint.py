"""
What stands for the state of a run: two moments with the same fingerprint have the same futures.

Taken in: where every task stands (each frame of its coroutines and of the generators in its local variables, with what
these variables say), what it waits for, what is ready (in any order: any may be next), timers, the tables of the
container, and what has happened to each instance so far. Left out: the clock on the wall, numbers of events, the order
in which independent instances did what they did: nothing that is checked depends on them. That this is enough is not
proven but tested: `test_schedules` compares searches with and without it.
"""

import asyncio
import types
from collections import deque
from collections.abc import Hashable, Iterator
from enum import Enum
from functools import cache, partial
from typing import Any

from tenure.lifecycle.claim import Claim
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.latch import Latch
from tenure.runtime.scope import Scope, every_scope
from tests.laws.schedules.loop import OracleLoop
from tests.laws.schedules.scene import Built, Scene
from tests.laws.schedules.stage import Actor
from tests.laws.schedules.world import Value, World

_UNSTABLE = frozenset({"number", "began", "now", "started", "scope_id", "opened_at"})
"""Local variables that differ between runs of one schedule, and steer nothing."""


def of(loop: OracleLoop, built: Built) -> Hashable:
    """Return the fingerprint of the state between two handles."""
    look = _Look(loop)
    return (
        tuple(look.task(task) for task in loop.everything),
        tuple(sorted(map(hash, (look.handle(handle) for handle in loop.ready)))),
        tuple(sorted((timer._when - loop.time(), hash(look.handle(timer))) for timer in loop.timers)),
        _world(built.world),
        tuple(look.scope(scope) for root in built.roots() for scope in every_scope(root)),
    )


def end_of(scene: Scene) -> Hashable:
    """Return what became of every instance and every actor of a run that has ended."""
    actors = scene.stage.actors
    return _world(scene.world), tuple(
        (each.name, str(each.result), type(each.error), each.was_cancelled) for each in actors
    )


def _world(world: World) -> Hashable:
    by_life: dict[Any, list[Any]] = {}
    for step in world.trace.steps:
        by_life.setdefault(step.life, []).append((step.act, step.task, type(step.error), step.needs, step.scope))
    lives = tuple(sorted((life, hash(tuple(steps))) for life, steps in by_life.items()))
    return lives, tuple(sorted(world.faults.items())), world.era, len(world.seen)


class _Look:
    """Looks into one state."""

    def __init__(self, loop: OracleLoop) -> None:
        self._who = {id(task._fut_waiter): task.get_name() for task in loop.everything if task._fut_waiter is not None}
        self._met: set[int] = set()

    def task(self, task: Any) -> Hashable:
        if task.done():
            return task.get_name(), task.cancelled(), type(None if task.cancelled() else task._exception)
        return (
            task.get_name(),
            task._must_cancel,
            task._num_cancels_requested,
            self.future(task._fut_waiter),
            tuple(self.frames(task._coro)),
        )

    def future(self, future: Any) -> Hashable:
        if future is None:
            return None
        name = future.get_name() if isinstance(future, asyncio.Task) else self._who.get(id(future))
        return name, future._state

    def handle(self, handle: Any) -> Hashable:
        return self.call(handle._callback), tuple(self.value(each) for each in handle._args or ())

    def call(self, function: Any) -> Hashable:
        """Return what stands for a callback."""
        if isinstance(function, partial):
            return self.call(function.func), tuple(self.value(each) for each in function.args)
        owner = getattr(function, "__self__", None)
        if owner is not None:
            return getattr(function, "__name__", ""), self.value(owner)
        cells = getattr(function, "__closure__", None) or ()
        code = getattr(function, "__code__", None)
        return code, tuple(self.value(_content(cell)) for cell in cells)

    def frames(self, running: Any) -> Iterator[Hashable]:
        """Give where *running* and everything it waits for stands."""
        while running is not None and id(running) not in self._met:
            frame, inner = _inside(running)
            if frame is None:
                break
            self._met.add(id(running))
            yield frame.f_code, frame.f_lasti, tuple(self._variables(frame.f_locals))
            running = inner

    def _variables(self, names: dict[str, Any]) -> Iterator[Hashable]:
        for name, value in names.items():
            if name not in _UNSTABLE:
                yield name, self.value(value)

    def value(self, value: Any) -> Hashable:  # noqa: C901 - a table of kinds
        """Return what a variable says."""
        if value is None or isinstance(value, bool | int | str):
            return value
        kind = type(value)
        if kind in _RUNNING:
            return tuple(self.frames(value))
        if isinstance(value, BaseException):
            return kind, _text(value)
        if isinstance(value, asyncio.Future):
            return self.future(value)
        if kind is Claim:
            return self.claim(value)
        if kind is Exit:
            return self.exit(value)
        if isinstance(value, Value):
            return value.life
        if kind is Actor:
            return value.name
        if kind is asyncio.Timeout:
            return value._state, value._task.get_name() if value._task is not None else None
        if kind in (list, tuple) and len(value) < 8:
            return kind, tuple(self.value(each) for each in value)
        if kind in _SIZED:
            return kind, len(value)
        return self.fields(value) if kind.__module__.startswith("tenure.") else kind

    def fields(self, value: Any) -> Hashable:
        """Return what the fields of an object of the engine say, not looking into other objects."""
        kind = type(value)
        said: list[Hashable] = [kind]
        for name in _fields(kind):
            each = getattr(value, name, None)
            if each is None or isinstance(each, bool | int | str | Enum):
                said.append(each)
            elif isinstance(each, Latch):
                said.append((each.is_set, len(each._wakes)))
            else:
                said.append((type(each), len(each) if type(each) in _SIZED else 0))
        return tuple(said)

    def claim(self, claim: Claim) -> Hashable:
        return claim.binding.label, self.fields(claim)

    def exit(self, exit_: Exit) -> Hashable:
        needs = tuple(self.value(need.value) for need in exit_.needs)
        return exit_.binding.label, self.value(exit_.value), exit_.done, needs, self.value(exit_.owner)

    def scope(self, scope: Scope) -> Hashable:
        return (
            scope.name,
            scope.state,
            tuple(self.claim(claim) for claim in scope.inflight.values()),
            tuple(self.exit(exit_) for exit_ in scope.exits.values()),
            tuple(sorted(f"{key}={self.value(value)}" for key, value in scope.cache.items())),
            type(scope.cut_off),
            self.value(scope.ending),
            tuple((record.is_open, len(record.holders)) for record in scope.records.values()),
        )


_SIZED = (list, tuple, dict, set, frozenset, deque)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """Return the names of the slots of *kind* that steer something."""
    slots = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
    return tuple(name for name in slots if name not in _UNSTABLE and not name.startswith("__"))


_RUNNING = (types.CoroutineType, types.GeneratorType, types.AsyncGeneratorType)


def _inside(running: Any) -> tuple[Any, Any]:
    if isinstance(running, types.CoroutineType):
        return running.cr_frame, running.cr_await
    if isinstance(running, types.GeneratorType):
        return running.gi_frame, running.gi_yieldfrom
    if isinstance(running, types.AsyncGeneratorType):
        return running.ag_frame, running.ag_await
    return None, None


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _text(error: BaseException) -> str:
    return str(error) if type(error).__module__.startswith("tests") else ""
