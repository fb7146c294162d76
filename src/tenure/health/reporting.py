"""`report` and `report_sync`: look, ask what has to be asked, wait within the limits, tell: in both colours."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tenure.binder import Binder
from tenure.errors import BindingError
from tenure.health import verdict
from tenure.health.answers import Outcome, not_asked
from tenure.health.doing import Asking, loop_for
from tenure.health.flights import Desk, Flight, desk_of
from tenure.health.records import HealthReport, ResourceHealth, Status
from tenure.health.states import has_started, state_of
from tenure.health.subjects import LOOP, Subject, subjects_of
from tenure.keys import Key
from tenure.lifecycle.backends import LimitReachedError, current
from tenure.runtime.scope import State

MOST_THREADS = 32
"""How many threads one report has at work at a time; those that hang are waited for no longer than their limit."""

Wanted = Callable[[Subject], bool]


def everything(_: Subject) -> bool:
    """Have every check made."""
    return True


def liveness_only(subject: Subject) -> bool:
    """Have those checks made on which liveness depends."""
    return subject.health.liveness


def nothing(_: Subject) -> bool:
    """Have no check made."""
    return False


async def report(container: Any) -> HealthReport:
    """
    Return the health of *container*, of either face; opens nothing and raises nothing that a check raises.

    All checks run at the same time, each within its limit: asynchronous ones on the event loop that their object
    belongs to, others on daemon threads, at most 32 of them at a time.

    Raises:
        BindingError: *container* is none.
        KeyboardInterrupt: a check raised it.
    """
    return await look(container, everything)


def report_sync(container: Any) -> HealthReport:
    """
    Return the health of *container*, of either face, without an event loop; see `report`.

    An asynchronous check runs on the event loop that its object belongs to, where that runs in another thread; else
    the object is "unknown".
    """
    return look_sync(container, everything)


async def look(container: Any, wanted: Wanted) -> HealthReport:
    """Return a report for which the *wanted* checks are made; the others stand with what they answered last."""
    began, plan = time.perf_counter(), _Plan(container, wanted, may_wait_here=True)
    now = current().now
    for batch in plan.batches():
        due = [(flight, now() + left_s) for flight, left_s in plan.begin(batch)]
        for flight, at in due:
            await _until(flight, at)
    return plan.told(began)


def look_sync(container: Any, wanted: Wanted) -> HealthReport:
    """Return the same as `look` without an event loop."""
    began, plan = time.perf_counter(), _Plan(container, wanted, may_wait_here=False)
    for batch in plan.batches():
        due = [(flight, time.monotonic() + left_s) for flight, left_s in plan.begin(batch)]
        for flight, at in due:
            _block_until(flight, at)
    return plan.told(began)


async def _until(flight: Flight, at: float) -> None:
    left_s = at - current().now()
    if not flight.ended.is_set and left_s > 0:
        try:
            async with current().limit(left_s):
                await flight.ended.wait()
        except LimitReachedError:
            return


def _block_until(flight: Flight, at: float) -> None:
    left_s = at - time.monotonic()
    if not flight.ended.is_set and left_s > 0:
        event = threading.Event()
        flight.ended.then(event.set)
        event.wait(left_s)


class _Plan:
    """What one report has to find out."""

    def __init__(self, container: Any, wanted: Wanted, *, may_wait_here: bool) -> None:
        self._engine = _engine_of(container)
        self._desk: Desk = desk_of(self._engine)
        self._subjects = subjects_of(self._engine)
        self._is_open = self._engine.root.state is State.OPEN  # else a check could hold up what is being closed
        self._wanted = wanted
        self._may_wait_here = may_wait_here
        self._found: dict[Any, Outcome | Flight] = {}

    def batches(self) -> Iterator[Sequence[Subject]]:
        """Yield what to ask at the same time: what needs no thread, and so many threads at a time."""
        due = [each for each in self._subjects if each.ask is not None and self._is_open and self._wanted(each)]
        on_threads = [each for each in due if each.takes_thread]
        yield [*(each for each in due if not each.takes_thread), *on_threads[:MOST_THREADS]]
        for first in range(MOST_THREADS, len(on_threads), MOST_THREADS):
            yield on_threads[first : first + MOST_THREADS]

    def begin(self, batch: Sequence[Subject]) -> list[tuple[Flight, float]]:
        """Begin those checks of *batch* that are due; return those under way, and how many seconds each has left."""
        flights = []
        loops = [each.loop for each in self._subjects if each.key is LOOP]
        for subject in batch:
            terms = subject.health
            found, is_mine = self._desk.answer_or_flight(subject.id, terms.timeout_s, terms.ttl_s)
            self._found[subject.id] = found
            if isinstance(found, Flight):
                if is_mine:
                    self._ask(subject, found, loops)
                flights.append((found, found.limit_s if is_mine else self._desk.left_s(found)))
        return flights

    def _ask(self, subject: Subject, flight: Flight, loops: list[Any]) -> None:
        loop, why_none = loop_for(subject, loops, self._may_wait_here)
        Asking(self._desk, flight, subject, self._engine.root, loop, why_none).begin()

    def told(self, began: float) -> HealthReport:
        """Return the report; *began*: when, by `perf_counter`."""
        outcomes = [self._outcome(subject) for subject in self._subjects]
        resources = self._resources(outcomes)
        took_s = time.perf_counter() - began
        return verdict.report_of(state_of(self._engine), has_started(self._engine), resources, took_s)

    def _outcome(self, subject: Subject) -> Outcome | None:
        found = self._found.get(subject.id)
        if isinstance(found, Flight):
            return self._desk.outcome_of(found)
        if found is not None or subject.ask is None:
            return found
        last = self._desk.last(subject.id)
        if last is not None:
            return last
        return None if self._is_open else not_asked("it is not checked any more, because the container is closing")

    def _resources(self, outcomes: Sequence[Outcome | None]) -> tuple[ResourceHealth, ...]:
        pairs = list(zip(self._subjects, outcomes, strict=True))
        statuses: list[Status] = [verdict.status_of(subject, outcome) for subject, outcome in pairs]
        causes = self._causes([self._subjects[i] for i, status in enumerate(statuses) if status in verdict.FAILING])
        n_of_key = Counter(subject.key for subject in self._subjects)
        names = [subject.key if n_of_key[subject.key] == 1 else subject.id for subject in self._subjects]
        self._desk.forget_others((subject.id for subject in self._subjects), names)
        return tuple(
            verdict.resource_health(
                subject, outcome, status, self._desk.since(name, status),
                causes.get(subject.key, ()) if status != "healthy" else (),
            )
            for (subject, outcome), status, name in zip(pairs, statuses, names, strict=True)
        )  # fmt: skip

    def _causes(self, failing: Sequence[Subject]) -> dict[Key, tuple[str, ...]]:
        """Return the labels of what explains each key, where anything does."""
        if not failing:
            return {}
        try:
            above: dict[Key, list[Key]] = self._engine.graph.needed_by()
        except Exception:  # noqa: BLE001 - annotations of the user's may raise anything when they are read
            return {}
        for subject in self._subjects:
            if subject.loop is not None and subject.key is not LOOP:
                above.setdefault(LOOP, []).append(subject.key)
        labels = {subject.key: subject.label for subject in failing}
        found = verdict.causes_of(labels, above)
        return {key: tuple(labels[each] for each in keys) for key, keys in found.items()}


def check_container(container: Any) -> None:
    """Raise BindingError unless *container* is one, of either face; looks at its class only."""
    if isinstance(container, Binder) or hasattr(type(container), "__tenure_engine__"):
        return
    is_class = isinstance(container, type)
    hint = f"; did you mean {container.__name__}()?" if is_class and hasattr(container, "get") else ""
    raise BindingError(f"the health of a container is asked for, not of {container!r}{hint}")


def _engine_of(container: Any) -> Any:
    check_container(container)
    return container.engine if isinstance(container, Binder) else container.__tenure_engine__
