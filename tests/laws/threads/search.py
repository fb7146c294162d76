"""All schedules of a scenario with at most so many preemptions; an even part of them where there are too many."""

from collections.abc import Iterator
from contextvars import Context
from typing import Any, Self

from tests.laws.rig.oracle import End, Violation, violations
from tests.laws.rig.trace import OPENED, Trace
from tests.laws.threads.baton import Baton, BatonLock, Plan, locks_replaced
from tests.laws.threads.nodes import Stage, World
from tests.laws.threads.scenarios import SCENARIOS, Broken, Scenario


class Search:
    """The schedules of one scenario; use it with `with`."""

    def __init__(self, name: str) -> None:
        self._make = SCENARIOS[name]
        self._baton = Baton(4)
        self._locks: Any = None
        self.n_runs = 0

    def __enter__(self) -> Self:
        self._set_up()
        return self

    def __exit__(self, *outcome: object) -> None:
        self._locks.__exit__(None, None, None)
        self._baton.stop()

    def _set_up(self) -> None:
        if self._locks is not None:
            self._locks.__exit__(None, None, None)
        self._locks = locks_replaced(self._baton)
        self._locks.__enter__()
        self._stage = Stage()
        self._scenario: Scenario = self._make(self._stage)
        for _ in range(2):  # everything that is made at the first use is there
            self.run(())

    @property
    def n_jobs(self) -> int:
        """How many threads there are."""
        return len(self._scenario.jobs)

    def run(self, plan: Plan) -> list[Violation]:
        """Run the schedule *plan*; return what it broke."""
        self.n_runs += 1
        return list(Context().run(self._run, plan))

    def _run(self, plan: Plan) -> Iterator[Violation]:
        scenario, baton = self._scenario, self._baton
        world = self._stage.world = World(Trace(who=lambda: f"T{baton.me}"), self._pause)
        world.request = lambda: f" of T{baton.me}"
        world.faults, world.within = dict(scenario.faults), scenario.within
        self._held: list[str] = []
        scenario.prepare()
        baton.run(scenario.jobs, plan)
        late: list[BaseException] = []
        if not baton.stuck:
            try:
                scenario.finish()
            except BaseException as error:
                late.append(error)
        return self._judged(late)

    def _pause(self) -> None:
        baton = self._baton
        if baton.is_mine():
            if baton.me in BatonLock.held.values():
                self._held.append("user code runs while its thread holds a lock of Tenure's")
            baton.point()

    def _judged(self, late: list[BaseException]) -> Iterator[Violation]:
        scenario, baton = self._scenario, self._baton
        if baton.stuck:
            law = "L43" if "L43" in scenario.laws else "L38"
            yield Violation(law, f"threads wait for one another: {', '.join(baton.stuck)}")
            return
        errors = [error for error in baton.errors if error is not None]
        yield from self._raised(errors, late)
        for text in self._held[:1]:
            yield Violation("L42", text)
        if BatonLock.held:
            yield Violation("L43", "a lock is held by a thread that has ended")
        yield from violations(self._stage.world.trace.steps, End(errors=[*errors, *late]))
        if scenario.one_value:
            yield from self._not_one()

    def _raised(self, errors: list[BaseException], late: list[BaseException]) -> Iterator[Violation]:
        for error in errors:
            if isinstance(error, Broken):
                yield Violation(*error.args)
            elif not isinstance(error, self._scenario.allowed):
                yield Violation("L41", f"a thread raised {error!r}")
        for error in late:
            yield Violation("L41", f"closing in the end raised {error!r}")

    def _not_one(self) -> Iterator[Violation]:
        baton, steps = self._baton, self._stage.world.trace.steps
        values = {id(value) for value, error in zip(baton.results, baton.errors, strict=True) if error is None}
        if len(values) > 1:
            yield Violation("L2", "two threads got different objects")
        for name in {step.life[0] for step in steps}:
            n_times = sum(step.act == OPENED and step.life[0] == name for step in steps)
            if n_times > 1:
                yield Violation("L2", f"{name} was opened {n_times} times")

    def explore(self, bound: int, limit: int) -> Iterator[tuple[Plan, list[Violation]]]:
        """
        Run the schedules; give those that broke something.

        Args:
            bound: how many preemptions at most.
            limit: how many schedules at most, roughly; those of fewer preemptions come first.
        """
        plans: list[tuple[tuple[int, int], ...]] = [((0, first),) for first in range(self.n_jobs)]
        share = limit
        for depth in range(bound + 1):
            following: list[tuple[tuple[int, int], ...]] = []
            stride = max(1, -(-len(plans) // max(share, 1)))
            for plan in plans[::stride]:
                found = self.run(plan)
                if found:
                    yield plan, found
                    self._set_up()
                elif depth < bound:
                    following += self._later(plan)
                share -= 1
            plans = following

    def _later(self, plan: tuple[tuple[int, int], ...]) -> Iterator[tuple[tuple[int, int], ...]]:
        last = plan[-1][0]
        ran = self._baton.ran
        ends = {number: n for n, number in enumerate(ran, 1)}
        for n in range(last + 1, len(ran) + 1):
            for to in range(self.n_jobs):
                if to != ran[n - 1] and ends.get(to, 0) >= n:
                    yield (*plan, (n, to))
