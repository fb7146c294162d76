"""A value that is renewed before it ends, as programs see it."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from tenure.errors import BindingError
from tenure.leasing.apart import Items
from tenure.leasing.binding import itself, leased
from tenure.leasing.entry import Asked, Entry, Todo
from tenure.leasing.lease import Lease
from tenure.leasing.leased import Leased
from tenure.leasing.life import Life, Limits
from tenure.lifecycle.unraisable import report
from tenure.model.binding import Binding
from tenure.model.bounds import check_seconds
from tenure.model.retry import Retry
from tenure.model.self_binding import Asked as AskedToBind
from tenure.refreshing.core import RefreshingCore

T = TypeVar("T")

_BETWEEN = Retry(backoff=1.0, max_delay=60.0)
"""The usual delays between renewals that fail."""


class Refreshing(Leased, Generic[T]):
    """
    Keeps one value that is good for a while only: a token, a certificate; makes the next one before it ends.

    Nobody is ever given a value that has expired. Who has leased the old one keeps it until he leaves; it is closed
    then. A renewal that fails leaves the old one in place as long as it is valid, and is tried again after a delay;
    once it has expired, who asks waits for a new one, and gets the error if there is none.

    Used by hand it is a context manager, `with` or `async with`, as its factory is. Bound in a container
    (`container.bind(Token, Refreshing(fetch_token, lifetime_s=3600))`) it opens and closes with the container, and
    consumers ask for a `Token`, which is leased for their scope, or for `Refreshing[Token]`.

    Args:
        factory: what makes the value, as for `Keyed`; it is called without a key.
        lifetime_s: how long a value is good for, seconds > 0, counted from when its making began; or a function of the
            value that gives them, None for ever.
        renew_before_s: how long before that the next one is made, seconds > 0; None: a tenth of the lifetime.
        between: the delays between renewals that fail; its bound on attempts does not count.
        on_failure: called with the error of a renewal that failed while the old value was valid; None: that goes to
            `sys.unraisablehook`.
        name: what errors and events call it; None: what the factory makes.
        is_async: whether an event loop serves it; None: as the factory says.
        arguments: constants for the factory, by parameter name; in a container all others are resolved.
        close: name of the method that closes a value, or a function that takes it; None: the factory says it.
        retry: how often one making is tried; None: as the factory declares.
        timeout_s: seconds that who asks waits for the first value, or after the last one has expired; None: for ever.
        close_timeout_s: seconds that a close waits for what is leased; it is closed then nevertheless.
        clock: gives seconds; None: `time.monotonic`.
        background: whether a task or daemon thread renews in time; else the one who asks does, or call `look_after`.

    Raises:
        BindingError: *factory* makes nothing, or another argument is out of its bounds.
    """

    word = "refreshing"

    def __init__(
        self,
        factory: Callable[..., Any],
        *,
        lifetime_s: float | Callable[[Any], float | None],
        renew_before_s: float | None = None,
        between: Retry | None = None,
        on_failure: Callable[[Exception], Any] | None = None,
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
        if not callable(lifetime_s):
            given: Any = lifetime_s
            if given is None:
                raise BindingError("lifetime_s must be a number of seconds > 0, or a function of the value, not None")
            check_seconds("lifetime_s", lifetime_s)
        check_seconds("renew_before_s", renew_before_s)
        super().__init__(
            factory, name=name, as_async=is_async, arguments=arguments, close=close, retry=retry, timeout_s=timeout_s,
            close_timeout_s=close_timeout_s, clock=clock, background=background,
        )  # fmt: skip
        self._lifetime_s = lifetime_s
        self._renew_before_s = renew_before_s
        self._between = between or _BETWEEN
        self._on_failure = on_failure

    def lease(self) -> Lease[T]:
        """
        Return the use of the value that is valid now, once: `with refreshing.lease() as token:`, or `async with`.

        Raises on entering:
            ContainerClosedError: it is not open, or closing or closed.
            LeaseTimeoutError: the making took too long.
            AsyncInSyncError: it takes an event loop.
            BaseException: what the factory raised, where no value is valid; the next one tries again.
        """
        return Lease(self, None)

    def get(self) -> T:
        """
        Return the value that is valid now, without a lease: for values that owe nothing, such as a token.

        It may be closed as soon as the next one is there. Raises as `lease` does.
        """
        with self.lease() as value:
            return value

    async def aget(self) -> T:
        """Return the value that is valid now, without a lease, on an event loop; see `get`."""
        async with self.lease() as value:
            return value

    def renew(self) -> None:
        """
        Make the next value now, before it is time: the old one was found not to be accepted any more.

        On an event loop it is only begun. Who has leased the old one keeps it; others get it until the next is there.
        """
        life = self.life_for(self.is_async)
        assert isinstance(life, RefreshingLife), "it made it"
        life.decide(lambda: life.core.renew(life.clock()))

    def new_life(self, items: Items, clock: Callable[[], float] | None, background: bool) -> Life[Any]:
        """Return a new life over *items*."""
        life = RefreshingLife(RefreshingCore(self._between), items, self.limits, clock, background)
        life.lifetime_s, life.renew_before_s, life.on_failure = self._lifetime_s, self._renew_before_s, self._on_failure
        return life

    def __tenure_bind__(self, asked: AskedToBind) -> Sequence[Binding]:
        """Return how it is bound; `Binder.bind` asks."""
        asked.refuse_kept(f"a {type(self).__name__}")
        own, key = itself(self, asked)
        return own, leased(self, own, key, asked.usual_scope())


class RefreshingLife(Life[RefreshingCore]):
    """
    One life of a `Refreshing`.

    Attributes:
        lifetime_s: as given to that; so are the others.
    """

    lifetime_s: float | Callable[[Any], float | None] = 0.0
    renew_before_s: float | None = None
    on_failure: Callable[[Exception], Any] | None = None

    def __init__(
        self, core: RefreshingCore, items: Items, limits: Limits, clock: Callable[[], float] | None, background: bool
    ) -> None:
        super().__init__(core, items, limits, clock, background)
        self._lifetimes: dict[Entry, float | None] = {}

    def ask(self, key: Any) -> Asked:
        """Ask for what is valid; there is no key."""
        return self.core.ask(self.clock())

    def due(self) -> Todo:
        """Have the next value made where it is time, and what has expired closed."""
        return self.core.due(self.clock())

    def next_at(self) -> float:
        """Return when that is next."""
        return self.core.next_at()

    def arguments(self, entry: Entry) -> tuple[Any, ...]:
        """Call the factory without a key."""
        return ()

    def look_at(self, entry: Entry, value: Any) -> None:
        """Find out how long *value* is good for."""
        lifetime_s = self.lifetime_s(value) if callable(self.lifetime_s) else self.lifetime_s
        if lifetime_s is not None and not lifetime_s > 0:
            raise ValueError(f"{self.items.label} was given a value with a lifetime of {lifetime_s!r} s, which is over")
        self._lifetimes[entry] = lifetime_s

    def arrived(self, entry: Entry) -> Todo:
        """Let *entry* take the place of the one before."""
        return self.core.arrived(entry, self.clock(), self._lifetimes.pop(entry), self.renew_before_s)

    def missed(self, entry: Entry, error: BaseException) -> None:
        """Wait a while before the next renewal."""
        self._lifetimes.pop(entry, None)
        self.core.missed(entry, self.clock(), error, random.random())  # noqa: S311 - jitter needs no secrecy

    def tell_unheard(self, error: Exception) -> None:
        """Tell of a renewal that failed."""
        if self.on_failure is None:
            report(error, f"{self.items.label} could not be renewed", self.items.binding.target)
            return
        try:
            self.on_failure(error)
        except Exception as failure:  # noqa: BLE001 - it has no caller
            report(failure, f"on_failure= of {self.items.label} failed", self.on_failure)
