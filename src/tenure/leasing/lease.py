"""A lease: an item for as long as a `with` or `async with` lasts, or until it is given back by hand."""

from types import TracebackType
from typing import Any, Generic, TypeVar, cast

from tenure.errors import ScopeError
from tenure.lifecycle.effects import adrive, drive
from tenure.live import Live

T = TypeVar("T")


class Lease(Live, Generic[T]):
    """
    The use of one item, once: entered with `with` or `async with`, or opened by `open` or `aopen` until `release`.

    Args:
        leased: a `Keyed` or a `Refreshing`.
        key: which item.
    """

    __slots__ = ("_entry", "_key", "_leased", "_life")

    def __init__(self, leased: Any, key: Any) -> None:
        self._leased = leased
        self._key = key
        self._life: Any = None
        self._entry: Any = None

    def __repr__(self) -> str:
        state = "new" if self._life is None else "open" if self._entry is not None else "given back"
        return f"<Lease of {self._leased!r}, {state}>"

    def open(self) -> T:
        """
        Return the item; it is not closed before `release`.

        Raises:
            ScopeError: the lease was opened before.
            AsyncInSyncError: it takes an event loop: use `aopen`.
            ContainerClosedError: what leases it is closing or closed.
            LeaseTimeoutError: there was none in time.
            BaseException: what making it raised.
        """
        life = self._begin(is_async=False)
        self._entry = drive(life.take(self._key))
        return cast(T, self._entry.value)

    async def aopen(self) -> T:
        """Return the item, on an event loop; see `open`."""
        life = self._begin(is_async=True)
        self._entry = await adrive(life.take(self._key))
        return cast(T, self._entry.value)

    def _begin(self, is_async: bool) -> Any:
        if self._life is not None:
            raise ScopeError("a lease is opened once; call lease(...) again for another one")
        life = self._leased.life_for(is_async)
        self._life = life
        return life

    def release(self) -> None:
        """
        Give the item back; never waits on an event loop, and may be called from any thread. Again it is a no-op.

        Raises:
            BaseException: without an event loop, Ctrl-C while an item is closed that nobody uses any more.
        """
        entry, self._entry = self._entry, None
        if entry is not None:
            self._life.give_back(entry)

    def __enter__(self) -> T:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    async def __aenter__(self) -> T:
        return await self.aopen()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
