"""
Each check once at a time, and its answer for a while: what all reports of one engine share.

Knows subjects by their numbers, times and outcomes; begins nothing itself.
"""

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from tenure.health.answers import Outcome, of_lateness
from tenure.health.records import Status
from tenure.lifecycle.backends import is_dead
from tenure.lifecycle.latch import Latch


class Flight:
    """
    One check under way.

    Attributes:
        ended: open once there is an outcome.
        outcome: how it ended, None while it has not.
        interrupt: a KeyboardInterrupt that it raised, until a report has taken it.
        began: when, by the clock of its desk.
        limit_s: its limit.
        is_late: whether somebody has waited for it until its limit.
        loop: the event loop that it runs on, None for none.
    """

    __slots__ = ("began", "ended", "id", "interrupt", "is_late", "limit_s", "loop", "outcome")

    def __init__(self, number: Any, limit_s: float, began: float) -> None:
        self.id: Any = number
        self.ended: Latch = Latch()
        self.outcome: Outcome | None = None
        self.interrupt: KeyboardInterrupt | None = None
        self.began: float = began
        self.limit_s: float = limit_s
        self.is_late: bool = False
        self.loop: Any = None


class Desk:
    """
    The checks of one engine: those under way, and the last answers.

    Attributes:
        clock: gives seconds; the same for all loops and threads.
    """

    def __init__(self) -> None:
        self.clock: Callable[[], float] = time.monotonic
        self.process: int = os.getpid()
        self._lock = threading.RLock()  # for a few bytecodes; re-entrant for the collector
        self._answers: dict[Any, tuple[float, Outcome]] = {}
        self._flights: dict[Any, Flight] = {}
        self._since: dict[Any, tuple[Status, datetime]] = {}

    def answer_or_flight(self, number: Any, limit_s: float, ttl_s: float) -> tuple[Outcome | Flight, bool]:
        """Return an answer that is fresh enough, else the check under way; and whether the caller has to begin it."""
        with self._lock:
            known = self._answers.get(number)
            if known is not None and self.clock() - known[0] < ttl_s:
                return known[1], False
            flight = self._flights.get(number)
            if flight is not None and not (flight.is_late and flight.loop is not None and is_dead(flight.loop)):
                return flight, False
            flight = self._flights[number] = Flight(number, limit_s, self.clock())
            return flight, True

    def last(self, number: Any) -> Outcome | None:
        """Return the last answer, however old."""
        known = self._answers.get(number)
        return known[1] if known is not None else None

    def left_s(self, flight: Flight) -> float:
        """Return how many seconds *flight* still has."""
        return 0.0 if flight.is_late else flight.limit_s - (self.clock() - flight.began)

    def land(self, flight: Flight, outcome: Outcome, interrupt: KeyboardInterrupt | None = None) -> None:
        """Take *outcome* for that of *flight*; only the first counts, and none after its limit."""
        with self._lock:
            if flight.outcome is not None:
                return
            flight.outcome, flight.interrupt = outcome, interrupt
            if self._flights.get(flight.id) is flight:
                del self._flights[flight.id]
                if not flight.is_late and interrupt is None:
                    self._answers[flight.id] = (self.clock(), outcome)
        flight.ended.set()

    def outcome_of(self, flight: Flight) -> Outcome:
        """
        Return how *flight* ended; one that has not is late.

        Raises:
            KeyboardInterrupt: it ended with that, and nobody was told yet.
        """
        with self._lock:
            interrupt, flight.interrupt = flight.interrupt, None
            if flight.outcome is None:
                flight.is_late = True
                late = of_lateness(flight.limit_s, self.clock() - flight.began)
                self._answers[flight.id] = (self.clock(), late)
                return late
        if interrupt is not None:
            raise interrupt
        return flight.outcome

    def since(self, name: Any, status: Status) -> datetime:
        """Return when a report first told *status* of *name*, with no other one since."""
        with self._lock:
            known = self._since.get(name)
            if known is None or known[0] != status:
                known = self._since[name] = (status, datetime.now(UTC))
            return known[1]

    def forget_others(self, numbers: Iterable[Any], names: Iterable[Any]) -> None:
        """Forget what is not among *numbers* (of openings) and *names*: it is gone for good."""
        with self._lock:
            kept = {*numbers}
            self._answers = {number: known for number, known in self._answers.items() if number in kept}
            named = {*names}
            self._since = {name: known for name, known in self._since.items() if name in named}
            # a check that hangs on something closed stays: it is one thread, and must not become two


_desks: "weakref.WeakKeyDictionary[Any, Desk]" = weakref.WeakKeyDictionary()
_making = threading.RLock()


def desk_of(engine: Any) -> Desk:
    """Return the desk of *engine*; a new one in a forked child, where no check of the parent's goes on."""
    desk = _desks.get(engine)
    if desk is None or desk.process != os.getpid():
        with _making:
            desk = _desks.get(engine)
            if desk is None or desk.process != os.getpid():
                desk = _desks[engine] = Desk()
    return desk
