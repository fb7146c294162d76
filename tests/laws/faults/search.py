"""Fail at the Nth step, for every N, until a run passes untouched; then a second time on the way out."""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.laws.faults.judging import judged
from tests.laws.faults.nodes import Subject, build
from tests.laws.faults.plans import CANCELLED, HANG, KINDS, SWALLOW, Plan, Trait, fits
from tests.laws.faults.recording import Run
from tests.laws.faults.uses import USES
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation
from tests.laws.rig.shapes import shape

SECOND = ("Fault", "SystemExit", CANCELLED, HANG, SWALLOW)
"""What may happen on the way out of a first fault."""
FIRST = ("Fault", "KeyboardInterrupt", CANCELLED)
"""The first faults that are followed by a second one."""
MAX_VIOLATIONS = 5
"""As many of one law are kept per search."""


class Search:
    """
    All runs of one subject.

    Args:
        world: where they happen.
        case: "A:<backend>:<shape>:<flavour>:<use>", to which plans are added.
        kinds: kinds of single faults.
    """

    def __init__(self, world: Any, case: str, kinds: tuple[str, ...] = KINDS) -> None:
        _, _, shape_text, self._flavour, use_name = case.split(":")
        self.world, self.case, self.use = world, case, USES[use_name]
        self._shape = shape(shape_text)
        self._subjects: dict[bool, Subject] = {}
        self._kinds = kinds
        self._reference: list[tuple[str, Trait]] = []
        self._n_threads = threading.active_count()
        self._n_broken: Counter[str] = Counter()
        self.laws: Counter[str] = Counter()
        self.n_runs = 0
        self.violations: list[Violation] = []

    def subject(self, is_timed: bool) -> Subject:
        """Return the container under test; hangs are tried in one with limits."""
        if is_timed not in self._subjects:
            k = len(self._shape)
            scopes = [self.use.lifetime(number, k) for number in range(k)]
            self._subjects[is_timed] = build(
                self._shape, self._flavour, scopes, max_parallel=self.use.max_parallel, is_timed=is_timed
            )
        return self._subjects[is_timed]

    async def run(self, plan: Plan) -> Run:
        """Do one run after *plan*, judge it, and try a failed start again."""
        subject = self.subject(plan.hangs)
        run = await self._performed(subject, plan)
        laws, found = judged(run, self.world, self.use, subject)
        self._account(laws, found, plan)
        if run.is_stuck:
            self._subjects.clear()
        elif self.use.is_eager and run.fired and run.fired[0].traits & (Trait.OPEN | Trait.BEGIN):
            await self._start_again(subject, plan)
        return run

    async def _performed(self, subject: Subject, plan: Plan) -> Run:
        run = subject.stage.run = Run(plan, self.world.clock)
        before, sys.unraisablehook = sys.unraisablehook, lambda told: run.unheard.append(told.exc_value)
        try:
            await self.world.perform(self.use, subject, run)
        finally:
            sys.unraisablehook = before
        if threading.active_count() > self._n_threads:
            run.remains.append(f"threads: {threading.enumerate()}")
        return run

    async def _start_again(self, subject: Subject, plan: Plan) -> None:
        """L4: after a failed start the container starts as if nothing had been."""
        run = await self._performed(subject, Plan())
        _, found = judged(run, self.world, self.use, subject)
        if self._reference and not found and self._opened(run.places) != self._opened(self._reference):
            found.append(Violation("L4", "the second start passes other steps than a first one"))
        self._account(
            ["L4", "L59"], [Violation("L4", f"starting again: {each.law} {each.text}") for each in found], plan
        )

    def _opened(self, places: list[tuple[str, Trait]]) -> list[str]:
        """Return the steps; an object whose methods open it is kept for the next try, whose order so differs."""
        if not self.subject(False).blind:
            return [place for place, _ in places]
        return sorted(place for place, _ in places if not place.endswith(".make"))

    def _account(self, laws: list[str], found: list[Violation], plan: Plan) -> None:
        self.n_runs += 1
        self.laws.update(laws)
        for each in found:
            self._n_broken[each.law] += 1
            if self._n_broken[each.law] <= MAX_VIOLATIONS:
                self.violations.append(Violation(each.law, each.text, f"{self.case}:{plan}"))

    async def without(self) -> Run:
        """Do the run without faults; all others have to begin like it."""
        run = await self.run(Plan())
        self._reference = run.places
        return run

    async def singles(self) -> None:
        """Every kind at every step, once and for good, until a run passes untouched."""
        await self.without()
        for kind in self._kinds:
            if not any(self._is_possible(kind, traits) for _, traits in self._reference):
                continue
            for plan, n in _numbered(kind):
                run = await self.run(plan)
                self._compare(run, plan)
                if not run.fired and n >= len(run.places):
                    break

    async def pairs(self) -> None:
        """A second fault at every step that comes after a first one."""
        await self.without()
        for n, (_, traits) in enumerate(list(self._reference), 1):
            for kind in FIRST:
                if not self._is_possible(kind, traits):
                    continue
                first = await self.run(Plan(((n, kind),)))
                for m in range(n + 1, len(first.places) + 1):
                    for second in SECOND:
                        if self._is_possible(second, first.places[m - 1][1]):
                            await self.run(Plan(((n, kind), (m, second))))

    def _is_possible(self, kind: str, traits: Trait) -> bool:
        if kind == HANG and not self.world.has_limits:
            return False
        if kind == CANCELLED and not self.use.is_cancelled:
            return False
        return fits(kind, traits)

    def _compare(self, run: Run, plan: Plan) -> None:
        """Up to its first fault a run passes the steps of the one without faults: nothing lives on between lives."""
        end = run.fired[0].n if run.fired else len(run.places)
        if not plan.hangs and run.places[:end] != self._reference[:end]:
            self._account(["L59"], [Violation("L59", f"other steps before the fault: {run.places[:end]}")], plan)

    def outcomes(self) -> list[Outcome]:
        """Return the account: one outcome per number of runs that laws were checked in."""
        by_count: dict[int, list[str]] = {}
        for law, n in self.laws.items():
            by_count.setdefault(n, []).append(law)
        found = [Outcome(self.world.backend, laws, n) for n, laws in sorted(by_count.items(), reverse=True)]
        if found:
            found[0].violations += self.violations
        return found


def _numbered(kind: str) -> Iterator[tuple[Plan, int]]:
    n = 0
    while True:
        n += 1
        yield Plan(((n, kind),)), n
        yield Plan((), n, kind), n
