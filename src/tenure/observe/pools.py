"""
What metrics say of a pool: its account, at the moment when somebody collects it.

Knows what the account of a pool is called; imports no pool. The same for every system that takes metrics.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from tenure.errors import BindingError
from tenure.observe.attributes import CONTAINER
from tenure.observe.measures import POOL, Instrument, Measurement

if TYPE_CHECKING:
    from tenure.pool.stats import PoolStats

STATE = "state"


class Counting(Protocol):
    """A pool."""

    def stats(self) -> "PoolStats":
        """Return its account."""
        ...


COUNT = Instrument("tenure.pool.count", "value", "{item}", "Items of the pool", (POOL, STATE))
MIN = Instrument("tenure.pool.min", "value", "{item}", "How many items it keeps at least", (POOL,))
MAX = Instrument("tenure.pool.max", "value", "{item}", "How many items it has at most", (POOL,))
PENDING = Instrument("tenure.pool.pending_requests", "value", "{request}", "Borrowers that wait", (POOL,))
ACQUIRED = Instrument("tenure.pool.acquired", "counter", "{item}", "Items lent", (POOL,))
MADE = Instrument("tenure.pool.made", "counter", "{item}", "Items made", (POOL,))
CLOSED = Instrument("tenure.pool.closed", "counter", "{item}", "Items closed", (POOL,))
TIMEOUTS = Instrument("tenure.pool.timeouts", "counter", "{timeout}", "Borrowers that waited too long", (POOL,))
REFUSED = Instrument("tenure.pool.refused", "counter", "{request}", "Borrowers that were not let wait", (POOL,))
USE = Instrument("tenure.pool.use_time", "counter", "s", "How long items were lent, all together", (POOL,))

POOL_INSTRUMENTS = (COUNT, MIN, MAX, PENDING, ACQUIRED, MADE, CLOSED, TIMEOUTS, REFUSED, USE)


class Accounts:
    """
    The accounts of the pools of one container.

    Args:
        name: what the container is called.
        pools: whose accounts, each with `stats()`.

    Raises:
        BindingError: one of *pools* is none.
    """

    def __init__(self, name: str, pools: Sequence[Counting]) -> None:
        for pool in pools:
            if not callable(getattr(pool, "stats", None)):
                raise BindingError(f"pools takes what has `stats()`, as tenure.Pool has, not {pool!r}")
        self._name = name
        self._pools = tuple(pools)

    def __len__(self) -> int:
        """Return the number of pools."""
        return len(self._pools)

    def of(self, instrument: Instrument) -> Iterator[Measurement]:
        """Return what each pool has for *instrument* now; a counter's value is the whole since the pool was opened."""
        for pool in self._pools:
            account = pool.stats()
            if instrument is COUNT:
                yield self._measurement(instrument, account.n_idle, account, "idle")
                yield self._measurement(instrument, account.n_out, account, "used")
            else:
                yield self._measurement(instrument, _value(instrument, account), account)

    def _measurement(self, instrument: Instrument, value: float, account: "PoolStats", *state: str) -> Measurement:
        said = dict(zip(instrument.attributes, (account.name, *state), strict=True))
        return Measurement(instrument, value, {CONTAINER: self._name, **said})


def _value(instrument: Instrument, account: "PoolStats") -> float:
    values: dict[str, float] = {
        MIN.name: account.min_size,
        MAX.name: account.max_size,
        PENDING.name: account.n_waiting,
        ACQUIRED.name: account.n_acquired,
        MADE.name: account.n_made,
        CLOSED.name: account.n_closed,
        TIMEOUTS.name: account.n_timeouts,
        REFUSED.name: account.n_refused,
        USE.name: account.use_s.total_s,
    }
    return values[instrument.name]
