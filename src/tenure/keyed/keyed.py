"""One resource per key, as programs see it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from tenure.errors import BindingError
from tenure.keyed.core import KeyedCore
from tenure.keys import Key
from tenure.leasing.apart import Items
from tenure.leasing.binding import itself, leased
from tenure.leasing.entry import OPEN, Asked, Entry, Todo
from tenure.leasing.lease import Lease
from tenure.leasing.leased import Leased
from tenure.leasing.life import Life
from tenure.model.binding import NOTHING, Binding, Need
from tenure.model.bounds import check_count, check_seconds
from tenure.model.retry import Retry
from tenure.model.self_binding import Asked as AskedToBind
from tenure.record import record

T = TypeVar("T")


@record
class KeyedStats:
    """The account of a `Keyed` since it was opened."""

    n_open: int
    """How many items are open."""
    n_used: int
    """How many of them are leased."""
    n_making: int
    n_closing: int
    n_leased: int
    """How many leases were given in all."""
    n_made: int
    n_failed: int
    """How many makings failed."""
    n_closed: int
    n_evicted: int
    """How many were closed to make room, or because nobody used them for *max_idle_s*."""


class Keyed(Leased, Generic[T]):
    """
    Keeps one item per key: makes it when it is first leased, and closes it when it is in the way and nobody uses it.

    Used by hand it is a context manager, `with` or `async with`, as its factory is. Bound in a container
    (`container.bind(Database, Keyed(open_database))`) it opens and closes with the container, and consumers ask for
    `Keyed[Database]`; with *by* they may ask for a `Database`, which is leased for their scope.

    Args:
        factory: what makes an item, called with the key as its first argument: a generator function that yields it, a
            function that returns a context manager or the item itself, a class; asynchronous ones are for one event
            loop, others for threads. Anything that `@resource` can decorate, and every client that is recognised.
        by: the key in the container whose value says which item a scope gets: `by=Tenant`; None: consumers say it.
        max_size: how many items there may be, those being made or closed among them, >= 1; None: any number. Where
            all are used, who asks for another one waits.
        max_idle_s: seconds, > 0, after which an item that nobody uses is closed; None: never.
        name: what errors and events call it; None: what the factory makes.
        is_async: whether an event loop serves it; None: as the factory says.
        arguments: constants for the factory, by parameter name; in a container all others are resolved.
        close: name of the method that closes an item, or a function that takes it; None: the factory says it.
        retry: how often making an item is tried; None: as the factory declares.
        timeout_s: seconds that who asks waits, for room and for the making; None: for ever.
        close_timeout_s: seconds that a close waits for what is leased; it is closed then nevertheless.
        clock: gives seconds; None: `time.monotonic`.
        background: whether a task or daemon thread closes what is idle; else call `look_after`.

    Raises:
        BindingError: *factory* makes nothing or takes no key, or another argument is out of its bounds.
    """

    word = "keyed"
    n_given = 1

    def __init__(
        self,
        factory: Callable[..., Any],
        *,
        by: Any = None,
        max_size: int | None = 100,
        max_idle_s: float | None = None,
        name: str | None = None,
        is_async: bool | None = None,
        arguments: Mapping[str, Any] | None = None,
        close: str | Callable[[Any], Any] | None = None,
        retry: Retry | None = None,
        timeout_s: float | None = 30.0,
        close_timeout_s: float = 10.0,
        clock: Callable[[], float] | None = None,
        background: bool = True,
    ) -> None:
        check_count("max_size", max_size)
        check_seconds("max_idle_s", max_idle_s)
        is_needed = background and max_idle_s is not None
        super().__init__(
            factory, name=name, as_async=is_async, arguments=arguments, close=close, retry=retry, timeout_s=timeout_s,
            close_timeout_s=close_timeout_s, clock=clock, background=is_needed,
        )  # fmt: skip
        self._by: Key = by
        self._max_size = max_size
        self._max_idle_s = max_idle_s

    def lease(self, key: Hashable) -> Lease[T]:
        """
        Return the use of the item of *key*, once: `with keyed.lease(key) as item:`, or `async with`.

        Raises on entering:
            ContainerClosedError: it is not open, or closing or closed.
            LeaseTimeoutError: there was no room, or the making took too long.
            AsyncInSyncError: it takes an event loop.
            BaseException: what the factory raised; whoever waited for the same item gets it too, the next one tries
                again.
        """
        hash(key)
        return Lease(self, key)

    def drop(self, key: Hashable) -> None:
        """Lease the item of *key* no more: it is closed as soon as nobody uses it; a new one is made when asked for."""
        life = self._open_life()
        life.decide(lambda: life.core.drop_key(key))

    def clear(self) -> None:
        """Drop every item."""
        for key in self.keys():
            self.drop(key)

    def keys(self) -> list[Any]:
        """Return the keys whose items can be leased at once, the one used longest ago first."""
        life = self._open_life()
        with life.lock:
            return [key for key, entry in life.core.current.items() if entry.status == OPEN]

    def __len__(self) -> int:
        """Return the number of items that are open."""
        return self.stats().n_open

    def __contains__(self, key: Hashable) -> bool:
        """Tell whether the item of *key* is open."""
        return key in self.keys()

    def stats(self) -> KeyedStats:
        """Return the account."""
        life = self._open_life()
        with life.lock:
            core = life.core
            return KeyedStats(
                n_open=len(core.entries) - core.n_making, n_used=len(core.leased), n_making=core.n_making,
                n_closing=len(core.closing), n_leased=core.n_leased, n_made=core.n_made, n_failed=core.n_failed,
                n_closed=core.n_closed, n_evicted=core.n_evicted,
            )  # fmt: skip

    def _open_life(self) -> "KeyedLife":
        life = self.life_for(self.is_async)
        assert isinstance(life, KeyedLife), "it made it"
        return life

    def new_life(self, items: Items, clock: Callable[[], float] | None, background: bool) -> Life[Any]:
        """Return a new life over *items*."""
        return KeyedLife(KeyedCore(self._max_size, self._max_idle_s), items, self.limits, clock, background)

    def __tenure_bind__(self, asked: AskedToBind) -> Sequence[Binding]:
        """Return how it is bound; `Binder.bind` asks."""
        own, key = itself(self, asked)
        if self._by is None:
            if asked.scope is not None:
                raise BindingError(
                    f"scope= says for how long an item is leased, and nothing says which: give {self.label} by=, the "
                    f"key whose value tells"
                )
            return (own,)
        asked.refuse_kept(f"a {type(self).__name__}")
        which = Need("which", self._by, by_position=True)
        assert self._by is not NOTHING, "that is None"
        return own, leased(self, own, key, asked.usual_scope(), [which])


class KeyedLife(Life[KeyedCore]):
    """One life of a `Keyed`."""

    def ask(self, key: Any) -> Asked:
        """Ask for the item of *key*."""
        return self.core.ask(key, self.clock())

    def due(self) -> Todo:
        """Have closed what nobody has used for too long."""
        return self.core.due(self.clock())

    def next_at(self) -> float:
        """Return when that is next."""
        return self.core.next_at()

    def arguments(self, entry: Entry) -> tuple[Any, ...]:
        """Call the factory with the key."""
        return (entry.key,)
