"""
Situations that need no fault at a step: each is a small program that says itself what was wrong.

A case is written "A:<world>:single:<name>".
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tests.laws.faults.nodes import build
from tests.laws.faults.plans import Plan
from tests.laws.faults.recording import Run
from tests.laws.faults.uses import Use, World
from tests.laws.faults.worlds import WORLDS
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation
from tests.laws.rig.shapes import shape

EVERYWHERE = ("sync", "asyncio", "trio")
WITH_TASKS = ("asyncio", "trio")


@dataclass(slots=True)
class Log:
    """What a single did, "open A" and "close A" among it, and what was wrong about it."""

    steps: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def expect(self, *steps: str) -> None:
        """Have it noted where anything but *steps* has happened up to now."""
        if self.steps != list(steps):
            self.broken.append(f"{self.steps} happened instead of {list(steps)}")

    def unless(self, is_right: object, text: str) -> None:
        """Have *text* noted unless it *is_right*."""
        if not is_right:
            self.broken.append(text)


Code = Callable[[World, Log], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Single:
    """The program *code*, about *law*, in *worlds*."""

    law: str
    code: Code
    worlds: tuple[str, ...] = EVERYWHERE


def opened(world: World, log: Log, name: str, value: Any) -> Any:
    """Return a generator function that gives *value*, and waits where it can."""

    def gen() -> Any:
        log.steps.append(f"open {name}")
        try:
            yield value
        finally:
            log.steps.append(f"close {name}")

    async def agen() -> Any:
        await world.pause()
        log.steps.append(f"open {name}")
        try:
            yield value
        finally:
            await world.pause()
            log.steps.append(f"close {name}")

    return agen if world.is_async else gen


def opening_itself(world: World, log: Log, name: str) -> Any:
    """Return a class whose objects open and close by methods of their own, which wait where they can."""

    class Plain:
        def initialize(self) -> None:
            log.steps.append(f"open {name}")

        def dispose(self) -> None:
            log.steps.append(f"close {name}")

    class Waiting:
        async def initialize(self) -> None:
            log.steps.append(f"open {name}")
            await world.pause()

        async def dispose(self) -> None:
            await world.pause()
            log.steps.append(f"close {name}")

        async def work(self) -> None:
            await world.pause()

    return Waiting if world.is_async else Plain


async def called(method: Callable[[], Any]) -> None:
    """Call *method*, and await what it gives where that can be awaited."""
    result = method()
    if result is not None:
        await result


async def closed(world: World, container: Any) -> None:
    """Close *container* in the manner of *world*."""
    await called(container.aclose if world.is_async else container.close)


def play(case: str, single: Single) -> Outcome:
    """Run *single*; *case* is how it is written."""
    world_name = case.split(":")[1]
    world, log, run = WORLDS[world_name](), Log(), Run(Plan())
    subject = build(shape("1.0"), "gen", ["singleton"], max_parallel=None, is_timed=False)  # a stage; it is not opened

    async def code(*_: object) -> None:
        await single.code(world, log)

    async def once() -> None:
        await world.perform(Use(code, lambda number, k: None), subject, run)

    try:
        world.drive(once)
    finally:
        with suppress(RuntimeError):  # a loop that was left in the middle
            world.close()
    return Outcome(world.backend, [single.law], violations=_judged(case, single.law, log, run))


def _judged(case: str, law: str, log: Log, run: Run) -> list[Violation]:
    if run.is_stuck:
        return [Violation("L38", "the program waits for ever", case)]
    texts = [*log.broken, *(f"this left: {error!r}" for error in run.left)]
    return [*(Violation(law, text, case) for text in texts), *(Violation("L40", text, case) for text in run.remains)]
