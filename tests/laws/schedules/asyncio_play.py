"""Plays one schedule of a scenario on the deterministic asyncio loop, and checks what came of it."""

import asyncio
from collections.abc import Hashable, Sequence
from typing import Any

from tests.laws.rig.oracle import Violation
from tests.laws.rig.trace import Trace
from tests.laws.schedules import fingerprint
from tests.laws.schedules.checks import check
from tests.laws.schedules.hooked import hooked
from tests.laws.schedules.loop import Deadlock, OracleLoop
from tests.laws.schedules.scene import Built, Scenario, Scene
from tests.laws.schedules.search import Beyond, Played
from tests.laws.schedules.stage import AsyncioStage

_stuck: list[Any] = []
"""Loops of runs that never ended: their tasks must not be collected, for that would run their code."""


class AsyncioPlay:
    """
    A program for a search: one scenario on asyncio.

    Args:
        scenario: what is played.
        pure: whether tasks are those written in Python; a search that prunes needs them.

    Attributes:
        ends: what became of everything, of all runs so far; None: nobody wants to know.
    """

    def __init__(self, scenario: Scenario, *, pure: bool = True) -> None:
        self.ends: set[Hashable] | None = None
        self._scenario = scenario
        self._pure = pure
        self._built: Built | None = None

    def __call__(self, choices: Sequence[int], beyond: Beyond | None) -> Played:
        """Run it under *choices*."""
        with hooked() as told:
            return self._play(choices, beyond, told)

    def _play(self, choices: Sequence[int], beyond: Beyond | None, told: list[BaseException]) -> Played:
        built = self._built or self._scenario.build()
        self._built = None  # until this run has left it as it was
        loop = self._loop(choices, beyond, built)
        stage = AsyncioStage(loop, built.world)
        scene = Scene(stage, built)
        _renew(self._scenario, built, loop)
        if self._scenario.is_opened:
            loop.prepare(built.open())
        self._scenario.play(scene)
        try:
            last = self._to_the_end(loop, stage, built)
        except Deadlock as deadlock:
            _stuck.append(loop)
            stage.collect()
            waiting = ", ".join(task.get_name() for task in loop.everything if not task.done())
            broken = [Violation("L38", f"{deadlock}; waiting: {waiting}")]
            return Played(loop.widths, loop.n_open if loop.n_open is not None else len(loop.widths), broken)
        stage.collect()
        if self.ends is not None:
            self.ends.add(fingerprint.end_of(scene))
        found = check(self._scenario, scene, last, left(loop), loop.complaints, told)
        if not found:
            self._built = built
        loop.close()
        return Played(loop.widths, loop.n_open or 0, found)

    def _loop(self, choices: Sequence[int], beyond: Beyond | None, built: Built) -> OracleLoop:
        def is_new() -> bool:
            return beyond is None or beyond(lambda: fingerprint.of(loop, built))

        loop = OracleLoop(choices, is_new, with_timers=self._scenario.with_timers, pure=self._pure)
        return loop

    def _to_the_end(self, loop: OracleLoop, stage: AsyncioStage, built: Built) -> BaseException | None:
        loop.run(lambda: all(actor.task.done() for actor in stage.actors))
        loop.freeze()
        last: BaseException | None = None
        try:
            loop.play(built.close())
        except Deadlock:
            raise
        except BaseException as error:
            last = error
        loop.settle()
        return last


def _renew(scenario: Scenario, built: Built, loop: OracleLoop) -> None:
    built.world.renew(Trace(loop.time, _who), lambda: asyncio.sleep(0), _is_cancellation, scenario.faults)
    built.reopen()


def _who() -> str:
    task = asyncio.current_task()
    return task.get_name() if task is not None else ""


def _is_cancellation(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError)


def left(loop: OracleLoop) -> list[str]:
    """Return what is left on *loop* after everything has ended (L40)."""
    found = [f"task {task.get_name()}" for task in loop.everything if not task.done()]
    found += [f"timer {timer!r}" for timer in loop.timers]
    found += [f"async generator {agen!r}" for agen in list(loop._asyncgens) if agen.ag_frame is not None]
    return found
