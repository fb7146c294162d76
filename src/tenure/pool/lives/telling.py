"""What a life of a pool tells others: its account, who has its items, its errors and its events."""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from tenure.errors import ContainerClosedError
from tenure.errors.pool import ItemsOutError, PoolExhaustedError
from tenure.events import BorrowerLate, BorrowerWaited
from tenure.lifecycle.unraisable import report
from tenure.pool.borrower import Borrower
from tenure.pool.decisions.account import account_of
from tenure.pool.decisions.core import Answer, Core
from tenure.pool.decisions.entry import Entry
from tenure.pool.making import Maker
from tenure.pool.setup import Setup
from tenure.pool.stats import PoolStats


class Telling:
    """
    A life as others are told of it; see `Life`.

    Args:
        setup: what the pool was told.
        maker: makes and closes its items.

    Attributes:
        core: its state; touched under `lock` only, save where no second thread can.
        clock: gives seconds, the time of the pool.
        lock: never held while user code runs or anybody waits; re-entrant, for the collector may run code of users.
    """

    makes_aside = False

    def __init__(self, setup: Setup, maker: Maker) -> None:
        self.setup: Setup = setup
        self.maker: Maker = maker
        self.clock: Callable[[], float] = setup.clock or time.monotonic
        self.core: Core = Core(
            setup.limits, makes_aside=self.makes_aside, has_check=setup.check is not None, draw=random.random
        )
        self.lock: Any = threading.RLock()

    # who asks

    def stats(self) -> PoolStats:
        """Return the account."""
        with self.lock:
            return account_of(self.core, self.maker.label)

    def borrowers(self) -> list[Borrower]:
        """Return who has an item, the longest first."""
        with self.lock:
            now = self.clock()
            return [entry.borrower(now) for entry in self.core.out]

    # who gets nothing

    def refusal(self) -> ContainerClosedError:
        """Return what those get who come too late."""
        return ContainerClosedError(self.maker.label, self.core.state)

    def refusal_of(self, answer: Answer) -> Exception:
        """Return the error that tells why there is nothing to wait for."""
        reason = answer.refusal or "state"
        return self.refusal() if reason == "state" else self.exhausted(reason)

    def exhausted(self, reason: str, waited_s: float = 0.0) -> PoolExhaustedError:
        """Return the error that says who has everything."""
        with self.lock:
            core = self.core
            max_size, n_waiting, n_making = core.limits.max_size, len(core.waiting), core.n_making
            out = self.borrowers()
        return PoolExhaustedError(self.maker.label, reason, max_size, waited_s, n_waiting, n_making, out)

    def not_out(self, item: Any, why: str) -> ValueError:
        """Return what tells whoever gives *item* back why that cannot be."""
        return ValueError(f"{item!r} {why}: release takes what was borrowed from {self.maker.label}, once")

    def items_out(self, waited_s: float) -> ItemsOutError:
        """Return the error that says who has kept the close waiting."""
        return ItemsOutError(self.maker.label, waited_s, self.borrowers())

    # who looks on

    def tell_waited(self, began: float, error: BaseException | None = None) -> None:
        """Count one who has waited since *began*, and tell the observers if there are any."""
        waited_s = self.clock() - began
        if error is None:
            with self.lock:
                self.core.tally.wait_s.add(waited_s)
        notify = self.maker.notify()
        if notify is not None:
            notify(BorrowerWaited(time.perf_counter(), self.maker.label, self.maker.number, waited_s, error))

    def tell_late(self, entries: list[Entry]) -> None:
        """Tell of borrowers that have had their items for too long."""
        now, notify = self.clock(), self.maker.notify()
        for entry in entries:
            borrower = entry.borrower(now)
            if notify is not None:
                maker, at = self.maker, time.perf_counter()
                notify(BorrowerLate(at, maker.label, maker.number, borrower.held_s, borrower.name, borrower.trace))
            if self.setup.on_late is not None:
                self._call(self.setup.on_late, borrower)
            elif notify is None:
                _warn_late(self.maker.label, borrower)

    def _call(self, on_late: Callable[[Any], Any], borrower: Borrower) -> None:
        try:
            on_late(borrower)
        except Exception as error:  # noqa: BLE001 - others may be late as well
            report(error, f"on_late of {self.maker.label} failed", borrower)


def _warn_late(label: str, borrower: Borrower) -> None:
    import logging  # noqa: PLC0415 - slow to import, and where nobody else is told

    lines = "\n  ".join(borrower.trace)
    now_at = f"\nand is now at {borrower.waits_at}" if borrower.waits_at else ""
    logging.getLogger("tenure.pool").warning(
        "%s: %s has had an item for %.3g s, borrowed at\n  %s%s", label, borrower.name, borrower.held_s, lines, now_at
    )
