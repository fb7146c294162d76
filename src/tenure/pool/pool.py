"""The pool as programs see it: what it is told, what it lends, and what is done with it as a whole."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload

from tenure.errors import AsyncInSyncError, BindingError
from tenure.events import Observer
from tenure.model.binding import Binding
from tenure.model.retry import Retry
from tenure.model.self_binding import Asked
from tenure.pool.borrower import Borrower
from tenure.pool.decisions.account import account_of_new
from tenure.pool.factory import binding_of_factory, is_async_factory
from tenure.pool.limits import Limits
from tenure.pool.living import Living
from tenure.pool.loan import Loan
from tenure.pool.loop.life import LoopLife
from tenure.pool.setup import Setup
from tenure.pool.stats import PoolStats
from tenure.pool.threads.life import ThreadLife

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator
    from contextlib import AbstractAsyncContextManager, AbstractContextManager
    from typing import Unpack

    from tenure.pool.options import PoolOptions

T = TypeVar("T")

USUAL: Any = type("Usual", (), {"__repr__": lambda _: "the pool's timeout_s", "__slots__": ()})()
"""Stands for "what the pool was told" where None means something else."""
_frame = sys._getframe  # noqa: SLF001 - what `inspect.currentframe` calls


class Pool(Living, Generic[T]):
    """
    Lends items of one kind, at most so many at a time; makes them when they are needed, closes each exactly once.

    Used by hand it is a context manager, `with` or `async with`, as its factory is; bound in a container
    (`container.bind(Connection, Pool(open_connection))`) it opens and closes with the container, and consumers ask for
    a `Connection`, which is borrowed for their scope.

    Args:
        factory: what makes an item: a generator function that yields it, a function that returns a context manager or
            the item itself, a class with a lifecycle; asynchronous ones make a pool for one event loop, others a pool
            for threads. Anything that `@resource` can decorate.
        name: what errors, statistics and events call it; None: what the factory makes.
        is_async: whether an event loop serves it; None: as the factory says.
        arguments: constants for the factory, by parameter name; in a container all others are resolved.
        close: name of the method that closes an item, or a function that takes it; None: the factory says it.
        check: function of an item, called before one is lent that was not used for *check_after_s*; raises or returns
            False where it is good no longer. It is closed then, and the borrower gets another one.
        reset: function of an item, called whenever one is given back; raises or returns False where it cannot be used
            again. May be asynchronous, as *check*, where an event loop serves the pool.
        discard: classes of errors that, raised by a borrower's body, make its item unfit; or a function of an item and
            an error, or None, that tells it.
        on_late: function of a `Borrower` that has had its item for longer than *late_after_s*; None: the logger
            "tenure.pool" is told, unless there are observers. What it raises goes to `sys.unraisablehook`.
        clock: gives seconds; None: that of the event loop, or `time.monotonic`.
        background: whether a task or daemon thread does what is due because time passed; else call `look_after`.
        min_size: how many items there are always, once it is open; >= 0.
        max_size: how many there may be at most, those being made or closed among them; >= 1.
        min_idle: how many idle ones are kept ready as long as *max_size* allows; >= 0.
        max_idle_s: seconds after which an idle item is closed, down to *min_size* and *min_idle*; None: never.
        max_lifetime_s: seconds after which an item is replaced; None: never.
        jitter: share of both, from 0 to 1, that is taken off at random, so that not all end at once.
        max_uses: how often an item is lent before it is replaced, >= 1; None: any number.
        check_after_s: seconds for which an item that was given back is not checked, >= 0.
        max_waiting: how many may wait at a time, >= 0; None: any number.
        timeout_s: seconds that a borrower waits where it does not say itself; None: for ever.
        close_timeout_s: seconds that a close waits for what is out; it is closed then nevertheless.
        late_after_s: seconds after which a borrower is reported, with its stack; None: none is.
        lifo: whether the item used last is lent first, which lets the others grow old; else the one idle longest.
        retry: how often making an item is tried, where the factory does not say; its delays are also those after which
            filling up to *min_size* and *min_idle* is tried again, for ever.

    Raises:
        BindingError: *factory* makes nothing, or another argument is out of its bounds.

    Attributes:
        setup: what it was told.
        life: its state since it was opened last, None before; both are no part of the promise to users.
    """

    @overload
    def __init__(self, factory: "type[T]", **options: "Unpack[PoolOptions]") -> None: ...

    @overload
    def __init__(self, factory: "Callable[..., Iterator[T]]", **options: "Unpack[PoolOptions]") -> None: ...

    @overload
    def __init__(self, factory: "Callable[..., AsyncIterator[T]]", **options: "Unpack[PoolOptions]") -> None: ...

    @overload
    def __init__(
        self, factory: "Callable[..., AbstractContextManager[T]]", **options: "Unpack[PoolOptions]"
    ) -> None: ...

    @overload
    def __init__(
        self, factory: "Callable[..., AbstractAsyncContextManager[T]]", **options: "Unpack[PoolOptions]"
    ) -> None: ...

    @overload
    def __init__(self, factory: "Callable[..., Awaitable[T]]", **options: "Unpack[PoolOptions]") -> None: ...

    @overload
    def __init__(self, factory: "Callable[..., T]", **options: "Unpack[PoolOptions]") -> None: ...

    def __init__(
        self,
        factory: Callable[..., Any],
        *,
        name: str | None = None,
        is_async: bool | None = None,
        arguments: Mapping[str, Any] | None = None,
        close: str | Callable[[T], Any] | None = None,
        check: Callable[[T], Any] | None = None,
        reset: Callable[[T], Any] | None = None,
        discard: Any = None,
        on_late: Callable[[Borrower], Any] | None = None,
        clock: Callable[[], float] | None = None,
        background: bool = True,
        min_size: int = 0,
        max_size: int = 10,
        min_idle: int = 0,
        max_idle_s: float | None = 600.0,
        max_lifetime_s: float | None = 3600.0,
        jitter: float = 0.05,
        max_uses: int | None = None,
        check_after_s: float = 0.5,
        max_waiting: int | None = None,
        timeout_s: float | None = 30.0,
        close_timeout_s: float = 10.0,
        late_after_s: float | None = None,
        lifo: bool = True,
        retry: Retry | None = None,
    ) -> None:
        given_retry: dict[str, Any] = {} if retry is None else {"retry": retry}
        limits = Limits(
            min_size=min_size, max_size=max_size, min_idle=min_idle, max_idle_s=max_idle_s, jitter=jitter,
            max_lifetime_s=max_lifetime_s, max_uses=max_uses, check_after_s=check_after_s, max_waiting=max_waiting,
            timeout_s=timeout_s, close_timeout_s=close_timeout_s, late_after_s=late_after_s, lifo=lifo, **given_retry,
        )  # fmt: skip
        binding = binding_of_factory(factory, close, limits.retry, arguments or {})
        is_loops = is_async_factory(binding)
        if is_loops and is_async is False:
            raise BindingError(
                f"{binding.label} is asynchronous, so no pool for threads can make it: leave is_async out"
            )
        super().__init__(Setup(
            binding=binding, name=name, is_async=is_loops if is_async is None else bool(is_async), limits=limits,
            arguments=arguments or {}, check=check, reset=reset, discard=discard, on_late=on_late, clock=clock,
            background=background,
        ))  # fmt: skip
        self._usual_timeout_s = timeout_s

    def __repr__(self) -> str:
        state = "new" if self.life is None else self.life.core.state
        return f"<Pool of {self.setup.binding.label}, {state}>"

    # lending

    def acquire(self, timeout_s: float | None = USUAL) -> Loan[T]:
        """
        Return a loan: `with` or `async with` gives an item and takes it back; `await` gives one to be released by hand.

        Args:
            timeout_s: seconds to wait for one, >= 0; None: for ever.

        Raises when it is entered or awaited:
            PoolExhaustedError: there was none in time, or too many wait; it says who has them.
            ContainerClosedError: the pool is not open.
            WrongLoopError: another event loop runs than the one it was opened on.
            ValueError: *timeout_s* is no number of seconds.
            BaseException: what the factory raised.
        """
        return Loan(self, self._usual_timeout_s if timeout_s is USUAL else timeout_s)

    def take(self, timeout_s: float | None = USUAL) -> T:
        """Lend an item until `release`, on a thread; the rest is as for `acquire`."""
        life = self.life_for_threads()
        return cast(T, life.take(self._usual_timeout_s if timeout_s is USUAL else timeout_s, _frame(1)).item)

    async def atake(self, timeout_s: float | None = USUAL) -> T:
        """Lend an item until `release`, on the pool's event loop; the rest is as for `acquire`."""
        life = self.life
        if life is None or life.running() is not life.token:  # as `life_here`, without a call
            raise self._misused("acquire", is_async=True)
        entry = life.quick(_frame(1))
        if entry is None:
            entry = await life.take(self._usual_timeout_s if timeout_s is USUAL else timeout_s, _frame(1))
        return cast(T, entry.item)

    def release(self, item: T, error: BaseException | None = None) -> None:
        """
        Take *item* back; never waits for the event loop, and may be called while a task is cancelled, from any thread.

        Args:
            item: what `take` or `await acquire()` gave.
            error: what ended the use of it, if anything: `discard` looks at it.

        Raises:
            ValueError: it was not borrowed from this pool, or was given back already.
        """
        life = self.life
        if life is None:
            raise self._closed()
        life.give_back(item, error)

    # the whole

    def resize(self, *, min_size: int | None = None, max_size: int | None = None) -> None:
        """
        Keep to other sizes from now on; what is too much is closed when it is idle, or comes back.

        Raises:
            BindingError: a size is out of its bounds.
            ContainerClosedError: the pool is not open.
        """
        life = self._open_life()
        least = life.core.limits.min_size if min_size is None else min_size
        most = life.core.limits.max_size if max_size is None else max_size
        Limits(min_size=least, max_size=most)  # it checks
        life.change(lambda core: core.resize(least, most))

    def invalidate(self) -> None:
        """Have every item that there is now replaced: idle ones are closed at once, those that are out afterwards."""
        self._open_life().change(lambda core: core.invalidate())

    def drain(self, deadline_s: float | None = None) -> bool:
        """
        Lend no more, and wait until everything is back, at most *deadline_s* seconds; return whether it is.

        Who waits is refused. `resume` has it lend again.
        """
        if self.setup.is_async:
            raise AsyncInSyncError([self._label], "drain", "`await pool.adrain()`")
        return cast(ThreadLife, self._open_life()).drain(deadline_s)

    async def adrain(self, deadline_s: float | None = None) -> bool:
        """Lend no more, and wait until everything is back; as `drain`."""
        if not self.setup.is_async:
            raise self._misused("adrain", is_async=True)
        return await cast(LoopLife, self._open_life()).drain(deadline_s)

    def resume(self) -> None:
        """Lend again after draining."""
        self._open_life().change(lambda core: core.resume())

    def look_after(self) -> float:
        """Do what is due because time passed, as its keeper does; return for how many seconds nothing will be."""
        return self._open_life().look_after()

    def stats(self) -> PoolStats:
        """Return its account; of the last time that it was open, where it is closed."""
        life = self.life
        return account_of_new(self.setup.limits, self._label) if life is None else cast(PoolStats, life.stats())

    def borrowers(self) -> Sequence[Borrower]:
        """Return who has an item, the longest first."""
        return () if self.life is None else tuple(self.life.borrowers())

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Show what happens to it and to its items to *observer*; return the function that ends it."""
        return self._watched.add(observer)

    def __tenure_bind__(self, asked: Asked) -> Sequence[Binding]:
        """Return how a container has it: itself as a singleton, what is borrowed from it for a scope."""
        from tenure.pool.binding import bindings_of  # noqa: PLC0415 - for pools in containers

        return bindings_of(self, asked)
