"""Plays one schedule of a scenario on trio; see `trio_stage`."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import trio
from trio._core import _run

from tests.laws.rig.oracle import Violation
from tests.laws.rig.trace import Trace
from tests.laws.schedules.checks import check
from tests.laws.schedules.hooked import hooked
from tests.laws.schedules.loop import Deadlock
from tests.laws.schedules.scene import Built, Scenario, Scene
from tests.laws.schedules.search import Beyond, Played
from tests.laws.schedules.trio_stage import TrioOracle, TrioStage, is_cancellation

_stuck: list[BaseException] = []
"""Of runs that never ended: what they left must not be collected, for that would run their code."""


class _Clock(trio.abc.Clock):
    """Jumps to the next deadline as soon as nothing is ready."""

    def __init__(self) -> None:
        self._now = 0.0
        self._n_idle = 0

    def start_clock(self) -> None:
        """Nothing to do."""

    def current_time(self) -> float:
        """Return the virtual time, seconds."""
        return self._now

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """Jump; raises Deadlock where there is nothing to jump to and nothing came from outside either."""
        if deadline == math.inf:
            self._n_idle += 1
            if self._n_idle > 3:
                raise Deadlock("nothing is ready and no deadline is set")
            return 0.0
        self._n_idle = 0
        self._now = max(self._now, deadline)
        return 0.0


class TrioPlay:
    """A program for a search: one scenario on trio."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._built: Built | None = None

    def __call__(self, choices: Sequence[int], beyond: Beyond | None) -> Played:
        """Run it under *choices*; nothing is pruned, so *beyond* is not asked."""
        built = self._built or self._scenario.build()
        self._built = None
        oracle, run = TrioOracle(choices), _TrioRun(self._scenario, built)
        with _ruled_by(oracle), hooked() as told:
            try:
                trio.run(run.main, oracle, clock=_Clock())
            except trio.TrioInternalError as error:
                deadlock = error.__cause__
                if not isinstance(deadlock, Deadlock):
                    raise
                _stuck.append(error)
                return Played(oracle.widths, oracle.n_open or len(oracle.widths), [Violation("L38", str(deadlock))])
        assert run.scene is not None
        found = check(self._scenario, run.scene, run.last, run.left, (), told)
        if not found:
            self._built = built
        return Played(oracle.widths, oracle.n_open or 0, found)


@dataclass(slots=True)
class _TrioRun:
    scenario: Scenario
    built: Built
    scene: Scene | None = None
    last: BaseException | None = None
    left: list[str] = field(default_factory=list)

    async def main(self, oracle: TrioOracle) -> None:
        """Play, close what is left, look what remains."""
        world = self.built.world
        world.renew(Trace(trio.current_time, _who), partial(trio.sleep, 0), is_cancellation, self.scenario.faults)
        self.built.reopen()
        if self.scenario.is_opened:
            oracle.is_silent = True
            await self.built.open()
            oracle.is_silent = False
        async with trio.open_nursery() as nursery:
            self.scene = Scene(TrioStage(nursery, oracle, world), self.built)
            self.scenario.play(self.scene)
        oracle.n_open = len(oracle.widths)
        try:
            await self.built.close()
        except BaseException as error:
            self.last = error
        for _ in range(5):
            await trio.sleep(0)
        self.left = [f"task {name}" for name in _owners()]


def _owners() -> list[str]:
    root = trio.lowlevel.current_root_task()
    assert root is not None
    tasks = [task for nursery in root.child_nurseries for task in nursery.child_tasks]
    return [task.name for task in tasks if task.name.startswith("tenure")]


def _who() -> str:
    return trio.lowlevel.current_task().name if trio.lowlevel.in_trio_task() else ""


@contextmanager
def _ruled_by(oracle: TrioOracle) -> Iterator[None]:
    before = _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r
    _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r = True, oracle  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r = before  # type: ignore[misc]
