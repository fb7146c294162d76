"""The life of a pool as programs begin and end it; what they are told where it has none, or another than they think."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeAlias, cast

from tenure.errors import AsyncInSyncError, BindingError, ContainerClosedError
from tenure.lifecycle.backends import is_dead
from tenure.lifecycle.exits import next_number
from tenure.live import Live
from tenure.pool.factory import label_of, missing_arguments
from tenure.pool.lives.forgotten import watch
from tenure.pool.loop.life import LoopLife
from tenure.pool.making import Maker
from tenure.pool.setup import Setup
from tenure.pool.threads.life import ThreadLife
from tenure.pool.watching import Watched

Given: TypeAlias = tuple[tuple[Any, ...], Mapping[str, Any]]
"""Arguments by position and by name."""


class Living(Live):
    """
    What can be opened and closed, again and again: in the colour of its factory, by hand or by a container.

    Args:
        setup: what it was told.

    Attributes:
        setup: the same.
        life: its state since it was opened last, None before.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup: Setup = setup
        self.life: Any = None
        self._label = label_of(setup.name, setup.binding.key)
        self._watched = Watched()
        self._forgotten: Any = None

    @property
    def is_async(self) -> bool:
        """Whether an event loop serves it."""
        return self.setup.is_async

    # opening

    def open(self) -> None:
        """Open it for threads, making `min_size` items; `with` does so."""
        self.begin(is_async=False).open()

    async def aopen(self) -> None:
        """Open it on the running event loop, making `min_size` items; `async with` does so."""
        await self.begin(is_async=True).open()

    def __enter__(self) -> Self:
        self.open()
        return self

    async def __aenter__(self) -> Self:
        await self.aopen()
        return self

    def begin(self, *, is_async: bool, given: Given | None = None, outer: Any = None) -> Any:
        """
        Begin a life of it, which is opened next.

        Args:
            is_async: the colour of what opens it.
            given: the arguments of the factory, where a container opens it.
            outer: gives what shows events to the observers of that container.
        """
        setup, before = self.setup, self.life
        if setup.is_async is not is_async:
            raise self._misused("open", is_async=is_async)
        was_left_open = before is not None and before.is_open
        if was_left_open and not (is_async and is_dead(self.life.token)):
            raise BindingError(f"{self._label} is open already; a pool serves one container, or one `with`, at a time")
        args, kwargs = self._given_by_hand() if given is None else given
        self._watched.outer = outer
        maker = Maker(setup.binding, is_async, self._label, next_number(), self._watched.notify, args, kwargs)
        self.life = (LoopLife if is_async else ThreadLife)(setup, maker, before)
        if self._forgotten is not None and not was_left_open:
            self._forgotten.detach()
        self._forgotten = watch(self, self.life) if given is None else None  # a container looks after its own
        return self.life

    def _given_by_hand(self) -> Given:
        missing = missing_arguments(self.setup.binding)
        if missing:
            raise BindingError(
                f"{self._label} is used without a container, and nothing says what {', '.join(missing)} is for its "
                f"factory; give it with arguments={{{missing[0]!r}: ...}}, or bind the pool in a container"
            )
        return (), self.setup.arguments

    # closing

    def close(self) -> None:
        """
        Close every item; who waits is refused, what is out is waited for, `close_timeout_s` seconds, and closed then.

        Raises:
            ItemsOutError: something did not come back; it says who has it.
            CloseError: what closing code raised.
        """
        self._leave(None)

    async def aclose(self) -> None:
        """Close every item, on the pool's event loop; as `close`."""
        await self._aleave(None)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(error)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._aleave(error)

    def _leave(self, error: BaseException | None) -> None:
        if self.setup.is_async:
            raise AsyncInSyncError([self._label], "close", "`async with`, or `await pool.aclose()`")
        if self.life is not None:
            self.life.close(error)

    async def _aleave(self, error: BaseException | None) -> None:
        if not self.setup.is_async:
            raise self._misused("aclose", is_async=True)
        if self.life is not None:
            await self.life.close(error)

    # the present life

    def life_for_threads(self) -> ThreadLife:
        """Return the present life; raises where it is none for threads."""
        life = self.life
        if type(life) is not ThreadLife:
            raise self._misused("take", is_async=False)
        return life

    def life_here(self) -> LoopLife:
        """Return the present life; raises where it is none on the running event loop."""
        life = self.life
        if life is None or life.running() is not life.token:
            raise self._misused("acquire", is_async=True)
        return cast(LoopLife, life)

    def _open_life(self) -> ThreadLife | LoopLife:
        """Return the present life; raises where it has ended, or never began."""
        life = self.life
        if life is None or life.is_closed:
            raise self._closed()
        return cast(ThreadLife | LoopLife, life)

    def _closed(self) -> ContainerClosedError:
        return ContainerClosedError(self._label, "not open yet" if self.life is None else self.life.core.state)

    def _misused(self, act: str, *, is_async: bool) -> BaseException:
        """Return what tells of a pool that is not open, of the other colour, or of another loop."""
        if self.setup.is_async is not is_async:
            if self.setup.is_async:
                return AsyncInSyncError([self._label], "use" if act == "take" else act, "`await` and `async with`")
            return TypeError(
                f"{self._label} is for threads and cannot be awaited: use `with`, or make it with is_async=True"
            )
        try:
            self._open_life().refuse_elsewhere()
        except Exception as error:  # noqa: BLE001 - returned, to be raised where it happened
            return error
        raise AssertionError("nothing is wrong")
