"""The short way: an idle item that is lent, and given back, with no need to ask anybody: few instructions, no step."""

import threading
from bisect import bisect_left
from collections.abc import Callable
from types import FrameType
from typing import Any

from tenure.pool.borrower import callers_of
from tenure.pool.decisions.entry import IDLE, LENT, Entry
from tenure.pool.decisions.state import OPEN
from tenure.pool.decisions.tally import BOUNDS_S, Durations
from tenure.pool.lives.telling import Telling
from tenure.pool.making import Maker
from tenure.pool.setup import Setup


class ShortWay(Telling):
    """
    What `Core.ask`, `Core.take_back` and `Core.offer` decide where nothing speaks against it, written out.

    Callers of both ways hold the lock, or are on the one thread that there is.

    Attributes:
        who: gives the task or thread that runs.
    """

    def __init__(self, setup: Setup, maker: Maker) -> None:
        super().__init__(setup, maker)
        self.who: Callable[[], Any] = threading.get_ident
        self._use_s: Durations = self.core.tally.use_s
        self._records_callers: bool = setup.limits.late_after_s is not None

    def quick(self, frame: FrameType) -> Entry | None:
        """Lend an idle item that needs no look at it, None where that takes more; *frame* is that of the borrower."""
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
        if self._records_callers:
            entry.callers = callers_of(frame)
        return entry

    def quick_return(self, entry: Entry) -> bool:
        """Have *entry*, fit for use, wait for somebody else; False where that takes more."""
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
        if self._records_callers:
            entry.callers = ()
            entry.is_late = False
        good_until = now + core.good_for_s
        entry.good_until = good_until if good_until < entry.expires_at else entry.expires_at  # noqa: FURB136 - min() is slow
        core.idle.append(entry)
        return True

    def lent(self, entry: Entry, frame: FrameType) -> Entry:
        """Note who has got *entry* by another way."""
        entry.code, entry.at, entry.who = frame.f_code, frame.f_lasti, self.who()
        if self._records_callers:
            entry.callers = callers_of(frame)
        return entry
