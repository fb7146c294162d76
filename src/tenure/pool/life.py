"""
What both ways of running a pool have in common: the state of one life, the account, the short way to an idle item.

A life begins when a pool is opened and ends when it is closed.
"""

import os
import random
import threading
import time
import weakref
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

from tenure.errors import ContainerClosedError
from tenure.errors.pool import ItemsOutError, PoolExhaustedError
from tenure.events import BorrowerLate, BorrowerWaited
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.outcome import Report
from tenure.lifecycle.unraisable import report
from tenure.pool.borrower import Borrower, stack_of
from tenure.pool.decisions.core import CLOSED, CLOSING, DRAINING, NEW, OPEN, Core, Todo
from tenure.pool.decisions.entry import AWAY, IDLE, LENT, Entry
from tenure.pool.decisions.tally import BOUNDS_S, Durations
from tenure.pool.limits import Limits
from tenure.pool.making import Maker
from tenure.pool.setup import Setup
from tenure.pool.stats import PoolStats

_lives: "weakref.WeakSet[Life]" = weakref.WeakSet()
_watches_forks = False
_THREADS = object()


class Life:
    """
    One life of a pool.

    Args:
        setup: what the pool was told.
        maker: makes and closes its items.
        before: the last life of the pool, if it had one: what was cut off then may come back yet.

    Attributes:
        core: its state; touched under `lock` only, save where no second thread can.
        who: gives the task or thread that runs.
        lock: never held while user code runs or anybody waits; re-entrant, for the collector may run code of users.
        token: the event loop it belongs to, or what stands for threads.
        running: gives the token of the event loop that runs in this thread, None where there is none.
        cut_off: items that were closed while they were lent, by `id`: they may come back yet.
    """

    makes_aside = False

    def __init__(self, setup: Setup, maker: Maker, before: "Life | None" = None) -> None:
        self.setup: Setup = setup
        self.maker: Maker = maker
        self.clock: Callable[[], float] = setup.clock or time.monotonic
        self.core: Core = Core(
            setup.limits, makes_aside=self.makes_aside, has_check=setup.check is not None, draw=random.random
        )
        self.lock: Any = threading.RLock()
        self.who: Callable[[], Any] = threading.get_ident
        self.token: Any = _THREADS
        self.running: Callable[[], Any] = _no_loop
        self.report: Report = Report(maker.label)
        self.cut_off: dict[int, Entry] = {} if before is None else before.cut_off
        self._foreign: list[Entry] = [] if before is None else before._foreign  # noqa: SLF001 - of the same pool
        self._use_s: Durations = self.core.tally.use_s
        self._records_stack: bool = setup.limits.late_after_s is not None
        self._reset: Any = setup.reset
        self._discards_always: bool = setup.discard is not None and not isinstance(setup.discard, type | tuple)
        self._judges: bool = setup.reset is not None or setup.discard is not None
        _lives.add(self)
        _watch_forks()

    # the short way

    def quick(self, frame: FrameType) -> Entry | None:
        """
        Lend an idle item that needs no look at it, None where that takes more.

        Callers hold the lock, or are on the one thread that there is; *frame* is that of the borrower.
        """
        core = self.core
        if len(core.idle) <= core.min_idle or core.state is not OPEN:
            return None
        entry = core.pop_idle()
        now = self.clock()
        if now >= entry.good_until:
            core.put_back(entry)
            return None
        entry.status = LENT
        entry.since = now
        entry.n_uses += 1
        entry.code = frame.f_code
        entry.at = frame.f_lasti
        entry.who = self.who()
        if self._records_stack:
            entry.stack = stack_of(frame)
        return entry

    def quick_return(self, entry: Entry) -> bool:
        """Have *entry*, fit for use, wait for somebody else; False where that takes more. As for `quick`."""
        core = self.core
        now = self.clock()
        if (
            core.waiting
            or core.state is not OPEN
            or now >= entry.expires_at
            or entry.n_uses >= core.max_uses
            or len(core.entries) > core.max_size
        ):
            return False
        held_s = now - entry.since
        use_s = self._use_s
        use_s.counts[bisect_left(BOUNDS_S, held_s)] += 1
        use_s.total_s += held_s
        entry.status = IDLE
        entry.since = now
        entry.who = None
        if self._records_stack:
            entry.forget_borrower()
        good_until = now + core.good_for_s
        entry.good_until = good_until if good_until < entry.expires_at else entry.expires_at  # noqa: FURB136 - min() is slow
        core.idle.append(entry)
        return True

    def check_timeout(self, timeout_s: Any) -> None:
        """Raise ValueError unless *timeout_s* is a number of seconds >= 0 or None; asked where there is a wait."""
        is_number = isinstance(timeout_s, int | float) and not isinstance(timeout_s, bool)
        if timeout_s is not None and not (is_number and timeout_s >= 0):
            raise ValueError(f"timeout_s must be a number of seconds >= 0 or None, not {timeout_s!r}")

    def lent(self, entry: Entry, frame: FrameType) -> Entry:
        """Note who has got *entry*."""
        entry.code, entry.at, entry.who = frame.f_code, frame.f_lasti, self.who()
        if self._records_stack:
            entry.stack = stack_of(frame)
        return entry

    def entry_of(self, item: Any) -> Entry | None:
        """
        Return the entry of *item*, which is given back; None where that changes nothing any more.

        Raises:
            ValueError: it was not borrowed from this pool, or has been given back already.
        """
        entry = self.core.entries.get(id(item))
        if entry is not None and entry.status == LENT and entry.item is item:
            return entry
        if self.cut_off.pop(id(item), None) is not None or any(each.item is item for each in self._foreign):
            return None
        raise self.not_out(item, "is none that it has lent" if entry is None else "was given back already")

    def not_out(self, item: Any, why: str) -> ValueError:
        """Return what tells whoever gives *item* back why that cannot be."""
        return ValueError(f"{item!r} {why}: release takes what was borrowed from {self.maker.label}, once")

    def is_discarded(self, entry: Entry, error: BaseException | None) -> bool:
        """Tell whether the user's `discard=` says that *entry* is fit for use no longer."""
        rule = self.setup.discard
        if rule is None:
            return False
        if isinstance(rule, type | tuple):
            return isinstance(error, rule)
        try:
            return bool(rule(entry.item, error))
        except Exception as failure:  # noqa: BLE001 - whoever gives the item back is ending something else
            report(failure, f"discard= of {self.maker.label} failed; the item is discarded", rule)
            return True

    def judge(self, entry: Entry, error: BaseException | None) -> Any:
        """
        Ask the user's `discard=` and `reset=` about *entry*, whose borrower's body ended with *error*.

        Returns:
            None: it is fit for use; a word: why it is not; an awaitable: its answer tells.
        """
        if (error is not None or self._discards_always) and self.is_discarded(entry, error):
            return "discard"
        reset = self._reset
        if reset is None:
            return None
        try:
            answer = reset(entry.item)
        except Exception:  # noqa: BLE001 - that is how it says no
            answer = False
        if answer is None or answer is True:
            return None
        if answer is False:
            return "reset"
        return answer if isinstance(answer, Awaitable) else None

    def is_known(self, item: Any) -> bool:
        """Tell whether *item*, just made, is one that is there."""
        entry = self.core.entries.get(id(item))
        return entry is not None and entry.item is item

    # telling

    def refusal(self) -> ContainerClosedError:
        """Return what those get who come too late."""
        return ContainerClosedError(self.maker.label, self.core.state)

    def exhausted(self, reason: str, waited_s: float = 0.0) -> PoolExhaustedError:
        """Return the error that says who has everything."""
        with self.lock:
            core = self.core
            max_size, n_waiting, n_making = core.limits.max_size, len(core.waiting), core.n_making
            out = self.borrowers()
        return PoolExhaustedError(self.maker.label, reason, max_size, waited_s, n_waiting, n_making, out)

    def borrowers(self) -> list[Borrower]:
        """Return who has an item, the longest first."""
        with self.lock:
            now = self.clock()
            return [entry.borrower(now) for entry in self.core.out]

    def items_out(self, waited_s: float) -> ItemsOutError:
        """Return the error that says who has kept the close waiting."""
        return ItemsOutError(self.maker.label, waited_s, self.borrowers())

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
                self.setup.on_late(borrower)
            elif notify is None:
                _warn_late(self.maker.label, borrower)

    def stats(self) -> PoolStats:
        """Return the account."""
        with self.lock:
            core = self.core
            tally, entries = core.tally, list(core.entries.values())
            return PoolStats(
                name=self.maker.label, state=core.state, min_size=core.limits.min_size, max_size=core.limits.max_size,
                generation=core.generation, n_idle=len(core.idle),
                n_out=len([each for each in entries if each.status in (LENT, AWAY)]),
                n_making=core.n_making, n_closing=core.n_closing, n_waiting=len(core.waiting),
                n_acquired=tally.n_uses_before + sum(each.n_uses for each in entries), n_made=tally.n_made,
                n_make_failures=tally.n_make_failures, n_timeouts=tally.n_timeouts, n_refused=tally.n_refused,
                n_cancelled=tally.n_cancelled, n_bad_checks=tally.n_bad_checks, n_bad_resets=tally.n_bad_resets,
                n_late=tally.n_late, closed=tuple(sorted(tally.closed.items())), wait_s=tally.wait_s.frozen(),
                make_s=tally.make_s.frozen(), use_s=tally.use_s.frozen(),
            )  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Whether it lends, or will again after draining."""
        return self.core.state in (OPEN, DRAINING)

    @property
    def is_closed(self) -> bool:
        """Whether a close has begun."""
        return self.core.state in (CLOSING, CLOSED)

    @property
    def is_all_back(self) -> bool:
        """Whether nothing is out or being made."""
        return len(self.core.entries) == len(self.core.idle) and not self.core.n_making

    @property
    def keeps_some(self) -> bool:
        """Whether what is closed has to be made up for."""
        return bool(self.core.limits.min_size or self.core.limits.min_idle)

    # ending

    def settle(self, closer: Closer) -> BaseException | None:
        """Take what closing one item raised; return what has to be raised at once: Ctrl-C and the like."""
        fatal: BaseException | None = None
        for error in closer.report.take_all():
            if self.core.state == CLOSING:
                self.report.failed.append(error)
            elif isinstance(error, Exception):
                report(error, f"an item of {self.maker.label} failed to close", self.maker.binding.target)
            else:
                fatal = error
        return fatal

    def cut_off_all(self, waited_s: float) -> Todo:
        """Have what is still out closed, and note who has it."""
        out = self.core.out
        if out:
            self.report.failed.insert(0, self.items_out(waited_s))
            self.cut_off.update({id(entry.item): entry for entry in out})
        return self.core.cut_off()

    def raise_failures(self, error: BaseException | None) -> None:
        """Raise what the close has to say; it travels with *error* where there is one."""
        failed, cancelled = self.report.failed, self.report.cancelled
        if error is None and cancelled is None and len(failed) == 1 and isinstance(failed[0], ItemsOutError):
            raise self.report.take_failed()[0]
        failure = self.report.settle(error)
        if failure is not None and failure is not error:
            try:
                raise failure
            finally:
                del failure  # its traceback holds this frame (L16)

    def refuse_elsewhere(self) -> None:
        """Raise what tells of a use where it cannot be used."""
        raise AssertionError("a pool for threads can be used anywhere")

    def disown(self) -> None:
        """Begin anew in a forked child: what the parent has is the parent's to use and to close."""
        self.lock = threading.RLock()  # the thread that held it does not exist here
        self._foreign += self.core.disown()  # kept, so that nothing happens to them when they are collected


def no_stats(label: str, limits: Limits) -> PoolStats:
    """Return the account of a pool that was never open."""
    none = Durations().frozen()
    counts = dict.fromkeys(
        (
            "generation", "n_idle", "n_out", "n_making", "n_closing", "n_waiting", "n_acquired", "n_made",
            "n_make_failures", "n_timeouts", "n_refused", "n_cancelled", "n_bad_checks", "n_bad_resets", "n_late",
        ),
        0,
    )  # fmt: skip
    return PoolStats(
        name=label, state=NEW, min_size=limits.min_size, max_size=limits.max_size, closed=(), wait_s=none, make_s=none,
        use_s=none, **counts,
    )  # fmt: skip


def is_no(function: Callable[[Any], Any] | None, item: Any) -> bool:
    """Tell whether *function* says no to *item*: raises, or gives False; None says nothing."""
    try:
        return function is not None and function(item) is False
    except Exception:  # noqa: BLE001 - that is how it says no
        return True


def _no_loop() -> None:
    return None


def _warn_late(label: str, borrower: Borrower) -> None:
    import logging  # noqa: PLC0415 - slow to import, and where nobody else is told

    lines = "\n  ".join(borrower.trace)
    now_at = f"\nand is now at {borrower.waits_at}" if borrower.waits_at else ""
    logging.getLogger("tenure.pool").warning(
        "%s: %s has had an item for %.3g s, borrowed at\n  %s%s", label, borrower.name, borrower.held_s, lines, now_at
    )


def _watch_forks() -> None:
    global _watches_forks  # noqa: PLW0603 - once for the process
    if not _watches_forks and hasattr(os, "register_at_fork"):
        _watches_forks = True
        os.register_at_fork(after_in_child=_disown_all)


def _disown_all() -> None:
    for life in list(_lives):
        life.disown()
