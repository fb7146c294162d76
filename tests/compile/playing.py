"""
Plays a play in its world, on one of the sides that are compared.

The sides: "fused" is a container as it is; "stepped" one that never uses the fast path; "observed" has an observer.
"""

import contextlib
import contextvars
import gc
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from trio._core import _run as scheduling

from tenure import Container, Inject, inject
from tests.compile.plays import Call, Do, Foreign, Get, Override, Play, Scope, Steps, Together
from tests.compile.staging import RAISED, Many, Stage
from tests.compile.telling import error_of, look_of, value_of, warning_of
from tests.engine.support import WORLDS

_UNSTARTED = "was garbage collected before it had been exhausted"
"""What trio says of generators that were never begun, whenever the collector happens to run."""
_LIFE = re.compile(r"#\d+")

SIDES = ("fused", "stepped", "observed")


def take_side(container: Container, side: str) -> None:
    """Let *container* make and open things as on *side*."""
    if side == "observed" or (side == "stepped" and not hasattr(container.engine, "fuses")):
        container.observe(lambda event: None)
    elif side == "stepped":
        container.engine.fuses = False


@dataclass
class Told:
    """All that could be seen of one run."""

    log: list[str] = field(default_factory=list)

    def loosely(self) -> list[str]:
        """Return the log of a run in which the order was not settled: which things happened, and how often."""
        acts = [line for line in self.log if line.split(" ", 1)[0] in ("make", "opened", "close", "closed")]
        return sorted(_LIFE.sub("", line) for line in acts)


def played(play: Play, side: str) -> Told:
    """Return what is seen of *play* on *side*."""
    world = WORLDS[play.world]()
    told = Told()
    before = sys.unraisablehook
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        sys.unraisablehook = lambda args: told.log.append(f"unraisable: {error_of(args.exc_value)}")
        try:
            _play(play, world, side, told)
            n_before = len(told.log)
            gc.collect()
            told.log[n_before:] = sorted(told.log[n_before:])  # garbage is collected in no order
        finally:
            sys.unraisablehook = before
    told.log += [warning_of(each) for each in warned if _UNSTARTED not in str(each.message)]
    return told


class _Unmoved:
    """Stands for trio's dice: tasks that are ready run in order of birth (trio takes them from the end)."""

    def shuffle(self, batch: list[Any]) -> None:
        batch.reverse()

    def uniform(self, low: float, high: float) -> float:
        return low


@contextlib.contextmanager
def in_order_of_birth() -> Iterator[None]:
    """Let trio schedule tasks in the same order each time."""
    before = scheduling._ALLOW_DETERMINISTIC_SCHEDULING, scheduling._r
    scheduling._ALLOW_DETERMINISTIC_SCHEDULING, scheduling._r = True, _Unmoved()  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        scheduling._ALLOW_DETERMINISTIC_SCHEDULING, scheduling._r = before  # type: ignore[misc]


def _play(play: Play, world: Any, side: str, told: Told) -> None:
    stage = Stage(play, world)
    stage.log = told.log
    take_side(stage.container, side)
    player = Player(stage)
    with in_order_of_birth():
        world.run(player.run)
    if play.is_forgotten:
        told.log.append(look_of(stage.container))


class Player:
    """Runs the program of the play that is on *stage*."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.world = stage.world
        self.container = stage.container
        self.log = stage.log

    async def run(self) -> None:
        play = self.stage.play
        await self.caught("bind", self.bind())
        if play.is_entered:
            await self.caught("container", self.inside(play.steps))
        else:
            await self.caught("steps", self.steps(play.steps))
        self.log.append(look_of(self.container))
        if not play.is_forgotten:
            await self.caught("end", self.world.close(self.container))
            await self.caught("end again", self.world.close(self.container))
            self.log.append(look_of(self.container))

    async def bind(self) -> None:
        self.stage.bind()

    async def inside(self, steps: Steps) -> None:
        async with self.world.inside(self.container):
            await self.steps(steps)

    async def steps(self, steps: Steps) -> None:
        for step in steps:
            await self.step(step)

    async def caught(self, what: str, coroutine: Any) -> None:
        """Write down what *coroutine* gives or raises; only a cancellation passes."""
        try:
            value = await coroutine
        except BaseException as error:
            self.log.append(f"{what}: {error_of(error)}")
            if self.is_cancelled(error):
                raise
        else:
            self.log.append(f"{what}: {value_of(value)}")

    def is_cancelled(self, error: BaseException) -> bool:
        return self.world.is_async and bool(self.stage.jobs) and self.world.is_cancelled(error)

    async def step(self, step: Any) -> None:
        match step:
            case Get(_, _, True):
                await self.caught(f"get {step.key} {step.via}", self.get(step))
            case Get():
                self.log.append(f"get {step.key} {step.via}: {value_of(await self.get(step))}")
            case Scope(is_job=True):
                await self.job(step)
            case Scope():
                await self.caught("scope", self.scope(step))
            case Override():
                await self.caught("override", self.override(step))
            case Foreign():
                await self.caught("foreign", self.foreign(step))
            case Call():
                await self.caught("injected", self.injected(step))
            case Together():
                await self.together(step)
            case Do():
                await self.caught(step.what, self.do(step))

    async def get(self, step: Get) -> Any:
        stage, key = self.stage, self.stage.keys[step.key]
        scopes = stage.scopes
        if step.via == "list":
            return await self.world.get(self.container, list[Many])
        if step.via == "plain":
            return self.container.get(key)
        if step.via == "use":
            value = self.container.get(key)
            return await value.work() if hasattr(value, "work") and stage.play.nodes[step.key].kind[0] == "a" else value
        if step.via == "scope" and scopes:
            return await self.world.get(scopes[-1], key)
        if step.via == "outer" and len(scopes) > 1:
            return await self.world.get(scopes[-2], key)
        return await self.world.get(self.container, key)

    async def scope(self, step: Scope) -> None:
        values = {"given": "something given"} if step.gives else None
        handle = self.container.resource_scope(step.name, values=values)
        entered = handle
        if step.is_sync and self.world.is_async:
            entered = _Entered(handle)  # type: ignore[assignment]
        elif not self.world.is_async:
            entered = self.world.inside(handle)
        async with entered as scope:
            self.stage.handles.append(handle)
            self.stage.scopes.append(scope)
            try:
                await self.steps(step.steps)
                if step.gives:
                    self.log.append(f"given: {await self.world.get(scope, 'given')}")
                if step.raises == "cancel" and self.stage.jobs:
                    self.stage.jobs[-1].cancel()
                    await self.world.checkpoint()
                elif step.raises in RAISED:
                    raise RAISED[step.raises]("body")
            finally:
                self.stage.handles.pop()
                self.stage.scopes.pop()
        if not self.stage.handles:  # looking at a scope that is open would end its fast path
            self.log.append(look_of(self.container))

    async def job(self, step: Scope) -> None:
        """Play *step* in a task of its own, which it may cancel."""
        async with self.world.tasks() as tasks:
            ready = self.world.event()

            async def main() -> None:
                await ready.wait()
                await self.scope(step)

            job = tasks.start(main)
            self.stage.jobs.append(job)
            ready.set()
            await job.wait()
            self.stage.jobs.remove(job)
        self.log.append(f"job: cancelled {job.was_cancelled}, {error_of(job.error)}")

    async def override(self, step: Override) -> None:
        key = self.stage.keys[step.key]
        name = f"S{step.key}"

        class Standing:
            label = f"{name} standing in"

        def make() -> Any:
            self.log.append(f"open {name}")
            yield Standing()
            self.log.append(f"close {name}")

        given: dict[str, Any] = {"value": {"value": Standing()}, "class": {"target": Standing}}.get(
            step.kind, {"target": make}
        )
        with self.container.override(key, **given):
            await self.steps(step.steps)

    async def foreign(self, step: Foreign) -> None:
        other = Container()
        async with self.world.inside(other.resource_scope()):
            await self.steps(step.steps)
        await self.world.close(other)

    async def injected(self, step: Call) -> Any:
        names = [f"p{i}" for i in range(len(step.keys))]
        space: dict[str, Any] = {
            f"A{i}": Annotated[self.stage.keys[key], Inject()] for i, key in enumerate(step.keys)
        } | {"tell": self.tell, "fault": RAISED["raise"]}
        a = "async " if self.world.is_async else ""
        last = "    raise fault('call')\n" if step.raises else f"    return [{', '.join(names)}]\n"
        source = (
            f"{a}def call({', '.join(f'{n}: A{i}' for i, n in enumerate(names))}):\n    tell([{', '.join(names)}])\n"
        )
        exec(source + last, space)
        call = inject(container=self.container, scope=step.scope)(space["call"])
        value = call()
        return await value if a else value

    def tell(self, values: list[Any]) -> None:
        self.log.append(f"called with {value_of(values)}")

    async def together(self, step: Together) -> None:
        """Ask for several keys at the same time."""
        if not self.world.is_async:
            context = [contextvars.copy_context() for _ in step.keys]
            barrier = threading.Barrier(len(step.keys))
            threads = [
                threading.Thread(target=each.run, args=(self._ask, key, barrier), daemon=True)
                for each, key in zip(context, step.keys, strict=True)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
                assert not thread.is_alive(), "a thread hangs"
            return
        async with self.world.tasks() as tasks:
            for key in step.keys:
                tasks.start(self.caught, f"together {key}", self.world.get(self.container, self.stage.keys[key]))

    def _ask(self, key: int, barrier: threading.Barrier | None = None) -> None:
        if barrier is not None:
            barrier.wait(20)
        try:
            self.log.append(f"together {key}: {value_of(self.container.get(self.stage.keys[key]))}")
        except BaseException as error:
            self.log.append(f"together {key}: {error_of(error)}")

    async def do(self, step: Do) -> Any:
        key = self.stage.keys[step.key]
        match step.what:
            case "look":
                self.log.append(look_of(self.container))
            case "leave":
                return await (self.stage.aleave(0) if self.world.is_async else self.stage.sleave(0))
            case "close":
                return await self.world.close(self.container)
            case "reset":
                return await self.container.areset(key) if self.world.is_async else self.container.reset(key)
            case "start" if self.stage.is_strict and self.container.snapshot().state == "closed":
                return None  # reopened inside its own `async with`, a container forgets a cancel scope of trio's
            case "start":
                source = self.stage.scopes[-1] if self.stage.scopes else self.container
                return await self.world.start(source, key)
            case "bind":
                return self.container.bind(type("Later", (), {}), scope="request")
            case "thread":
                thread = threading.Thread(target=contextvars.copy_context().run, args=(self._ask, step.key))
                thread.start()
                thread.join(20)
                assert not thread.is_alive(), "a thread hangs"
        return None


class _Entered:
    """Enters a synchronous scope where the body says `async with`."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle

    async def __aenter__(self) -> Any:
        return self.handle.__enter__()

    async def __aexit__(self, *outcome: object) -> Any:
        return self.handle.__exit__(*outcome)
