"""How one item is made and closed: as any resource is, by the steps of `lifecycle`. Knows no other item."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tenure.errors import ResourceProtocolError, UnforeseenAwaitError
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps, waited
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.handles import as_found
from tenure.lifecycle.opening import Notify, Place, open_resource
from tenure.model.binding import Binding, Make, Style
from tenure.model.detect import lifecycle_of_made

CLOSE_LIMIT_S = 10.0
"""Seconds that closing an asynchronous item may take, where its factory says nothing else."""


class Maker:
    """
    Makes and closes the items of one pool.

    Args:
        binding: how; see `factory`.
        is_async: whether an event loop runs where they are made.
        label: the pool as shown.
        number: of the pool, as `scope_id` of the events.
        notify: gives what shows events to the observers, None where there are none.
        args: arguments of the factory by position.
        kwargs: arguments of the factory by name.
    """

    __slots__ = ("args", "binding", "is_async", "kwargs", "label", "notify", "number")

    def __init__(
        self,
        binding: Binding,
        is_async: bool,
        label: str,
        number: int,
        notify: Callable[[], Notify | None],
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
    ) -> None:
        self.binding: Binding = binding
        self.is_async: bool = is_async
        self.label: str = label
        self.number: int = number
        self.notify: Callable[[], Notify | None] = notify
        self.args: tuple[Any, ...] = args
        self.kwargs: Mapping[str, Any] = kwargs

    def place(self) -> Place:
        """Return where its items live, as their events tell it."""
        return Place("pool", self.number, self.notify())

    def open(self) -> Steps[Exit]:
        """Make and open one item; raises what the factory raises in its last attempt."""
        return (yield from open_resource(self.binding, self._make, self.place(), tuple))

    def _make(self) -> Steps[Any]:
        made = self.binding.target(*self.args, **self.kwargs)
        if self.binding.make is Make.AWAIT:
            return (yield from waited(made))
        if isinstance(made, Awaitable) and self._is_plain():
            self._refuse_awaiting(made)
            made = yield from waited(made)
        if not self.is_async and as_found(self.binding, made).lifecycle != self.binding.lifecycle:
            lifecycle = lifecycle_of_made(made)
            if lifecycle.is_async:
                self._refuse_awaiting(made)
        return made

    def _is_plain(self) -> bool:
        lifecycle = self.binding.lifecycle
        return lifecycle is None or lifecycle.style in (Style.METHODS, Style.FOUND)

    def _refuse_awaiting(self, made: Any) -> None:
        if not self.is_async:
            close = getattr(made, "close", None)
            if callable(close) and hasattr(made, "cr_frame"):
                close()  # a coroutine that will never run says so otherwise
            raise UnforeseenAwaitError(self.label, "Pool(..., is_async=True)", self.binding.key, made)

    def made_twice(self, item: Any) -> ResourceProtocolError:
        """Return what tells of a factory that gave *item*, which is there already."""
        binding = self.binding
        problem = f"gave the same {type(item).__name__} twice"
        return ResourceProtocolError(binding.label, binding.where, problem, "make a new one for a pool each time")

    def closer(self) -> Closer:
        """Return what closes items and keeps the account of what they raise."""
        return Closer(None, self.place(), CLOSE_LIMIT_S)


def stopwatch() -> Callable[[], float]:
    """Return a function that tells how many seconds ago it was made."""
    began, now = time.perf_counter(), time.perf_counter
    return lambda: now() - began
