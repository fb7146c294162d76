"""The account of a pool, read off its state."""

from tenure.pool.decisions.entry import AWAY, LENT
from tenure.pool.decisions.state import NEW, State
from tenure.pool.limits import Limits
from tenure.pool.stats import PoolStats


def account_of(state: State, label: str) -> PoolStats:
    """Return the account of the pool that errors call *label*."""
    tally, entries = state.tally, [*state.entries.values()]
    return PoolStats(
        name=label, state=state.state, min_size=state.limits.min_size, max_size=state.limits.max_size,
        generation=state.generation, n_idle=len(state.idle),
        n_out=len([each for each in entries if each.status in (LENT, AWAY)]),
        n_making=state.n_making, n_closing=state.n_closing, n_waiting=len(state.waiting),
        n_acquired=tally.n_uses_before + sum(each.n_uses for each in entries), n_made=tally.n_made,
        n_make_failures=tally.n_make_failures, n_timeouts=tally.n_timeouts, n_refused=tally.n_refused,
        n_cancelled=tally.n_cancelled, n_bad_checks=tally.n_bad_checks, n_bad_resets=tally.n_bad_resets,
        n_late=tally.n_late, closed=tuple(sorted(tally.closed.items())), wait_s=tally.wait_s.frozen(),
        make_s=tally.make_s.frozen(), use_s=tally.use_s.frozen(),
    )  # fmt: skip


def account_of_new(limits: Limits, label: str) -> PoolStats:
    """Return the account of a pool that was never open."""
    state = State(limits, makes_aside=False, has_check=False)
    state.state = NEW
    return account_of(state, label)
