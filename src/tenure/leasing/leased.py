"""What a `Keyed` and a `Refreshing` have in common as programs see them: opening, closing, being bound."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from tenure.errors import AsyncInSyncError, BindingError, ContainerClosedError
from tenure.leasing import keeper
from tenure.leasing.apart import Items
from tenure.leasing.life import Life, Limits
from tenure.leasing.making import Given, binding_of_factory, is_async, label_of, refuse_missing
from tenure.lifecycle.backends import running
from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.exits import next_number
from tenure.live import Live
from tenure.model.binding import NOTHING, Binding
from tenure.model.bounds import check_seconds
from tenure.model.retry import Retry
from tenure.model.self_binding import Asked
from tenure.runtime.forgotten import owes_nothing, warn_of


class Leased(Live):
    """Base of what leases items; its subclasses say what the arguments are."""

    word = "leased"
    n_given = 0
    """How many parameters of the factory are given at each call."""

    def __init__(
        self,
        factory: Callable[..., Any],
        *,
        name: str | None,
        as_async: bool | None,
        arguments: Mapping[str, Any] | None,
        close: Any,
        retry: Retry | None,
        timeout_s: float | None,
        close_timeout_s: float,
        clock: Callable[[], float] | None,
        background: bool,
    ) -> None:
        check_seconds("timeout_s", timeout_s)
        check_seconds("close_timeout_s", close_timeout_s)
        cls = type(self).__name__
        self.arguments: Mapping[str, Any] = dict(arguments or {})
        self.binding: Binding = binding_of_factory(cls, factory, close, retry, self.arguments, self.n_given)
        if is_async(self.binding) and as_async is False:
            raise BindingError(f"{self.binding.label} is asynchronous, so threads cannot make it: leave is_async out")
        self.is_async: bool = is_async(self.binding) if as_async is None else bool(as_async)
        self.label: str = label_of(cls, name, self.binding.key)
        self.limits: Limits = Limits(timeout_s, close_timeout_s)
        self._clock = clock
        self._background = background
        self.life: Life[Any] | None = None

    def __repr__(self) -> str:
        life = self.life
        state = "new" if life is None else "closed" if life.is_over else f"{len(life.core.entries)} items"
        return f"<{type(self).__name__} of {self.binding.label}, {state}>"

    def __del__(self) -> None:
        """Warn of items that nobody closed."""
        life = self._own_life() if hasattr(self, "life") else None
        exits = [entry.exit for entry in life.core.entries] if life is not None and not life.is_over else []
        owed = [exit_ for exit_ in exits if exit_ is not None and not (exit_.is_foreign or owes_nothing(exit_.binding))]
        if owed:
            way_out = "close it: `async with`, or await aclose()" if self.is_async else "close it: `with`, or close()"
            warn_of(owed, f"{self.label} was dropped with items still open", self, way_out)

    # its life

    def _own_life(self) -> Life[Any] | None:
        """Return its life, None where there is none, or where it is that of a process that this one was forked from."""
        life = self.life
        if life is not None and life.process != os.getpid():
            # never let go of: what the parent has is the parent's to close, and generators close when collected
            sys.__dict__.setdefault("_tenure_foreign", []).append(life)
            self.life = life = None
        return life

    def new_life(self, items: Items, clock: Callable[[], float] | None, background: bool) -> Life[Any]:
        """Return a new life over *items*."""
        raise NotImplementedError

    def begin(self, given: Given | None = None, notify: Callable[[], Any] = lambda: None) -> Life[Any]:
        """
        Begin a life; nothing is made yet.

        Args:
            given: arguments of the factory behind those of each call; None: what its own arguments say.
            notify: gives what shows events to the observers, None where there are none.

        Raises:
            BindingError: the factory needs something that nobody gives.
            AsyncInSyncError: its items are asynchronous, and no event loop runs.
            ContainerClosedError: it is open already.
        """
        open_life = self._own_life()
        if open_life is not None and not open_life.is_over:
            raise ContainerClosedError(self.label, "open already")
        if given is None:
            refuse_missing(self.label, self.binding, self.arguments)
            given = _own(self.binding)
        if self.is_async and running() is None:
            raise AsyncInSyncError([self.label], "open", "`async with`, on an event loop")
        items = Items(self.binding, self.is_async, self.word, next_number(), self.label, notify, given)
        self.life = life = self.new_life(items, self._clock, self._background)
        if self._background:
            keeper.start(life)
        return life

    def life_for(self, is_async: bool) -> Life[Any]:
        """Return its life, for who uses it with or without a loop."""
        life = self._own_life()
        if life is None:
            way = "async with" if self.is_async else "with"
            raise ContainerClosedError(self.label, f"not open yet: enter it with `{way}`, or bind it in a container")
        if is_async != self.is_async:
            if self.is_async:
                raise AsyncInSyncError([self.label], "use", "`async with ...lease(...)`")
        else:
            life.refuse_elsewhere()
        return life

    def close(self) -> None:
        """
        Close every item; what is leased is waited for, and closed at the limit nevertheless. Again it is a no-op.

        Raises:
            AsyncInSyncError: it takes an event loop: use `aclose`.
            CloseError: what the closing raised, a LeasesOutError among it where something was still leased.
        """
        life = self._own_life()
        if life is None or life.is_over:
            return
        if self.is_async:
            raise AsyncInSyncError([self.label], "close", "`await aclose()`")
        drive(life.close())

    async def aclose(self) -> None:
        """Close every item, on an event loop; see `close`."""
        life = self._own_life()
        if life is not None and not life.is_over:
            life.refuse_elsewhere()
            await adrive(life.close())

    def look_after(self) -> float:
        """Do what is due because time passed, for `background=False`; return for how many seconds nothing will be."""
        return self.life_for(self.is_async).look_after()

    def __enter__(self) -> Self:
        if self.is_async:
            raise AsyncInSyncError([self.label], "open", "`async with`")
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self.begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.is_async:
            await self.aclose()
        else:
            self.close()

    # in a container

    def __tenure_bind__(self, asked: Asked) -> Sequence[Binding]:
        """Return how it is bound; `Binder.bind` asks."""
        raise NotImplementedError


def _own(binding: Binding) -> Given:
    """Return the arguments that the needs of *binding* say themselves."""
    said = [(need, need.default if need.default is not NOTHING else None) for need in binding.needs]
    args = tuple(value for need, value in said if need.by_position)
    return args, {need.name: value for need, value in said if not need.by_position}
