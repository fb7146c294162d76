"""How one item is made and closed: as any resource is, by the steps of `lifecycle`. Knows no other item."""

import functools
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tenure.declare import lifecycle_on, options_of
from tenure.errors import BindingError, ResourceProtocolError, UnforeseenAwaitError
from tenure.keys import Key, show
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps, waited
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.handles import as_found
from tenure.lifecycle.opening import Notify, Place, open_resource
from tenure.model.binding import NOTHING, Binding, Lifecycle, Make, Style
from tenure.model.build import Declared, binding_of
from tenure.model.detect import lifecycle_of_initializer, lifecycle_of_made
from tenure.model.functions import is_routine
from tenure.model.introspect import product_of
from tenure.model.retry import Retry
from tenure.record import replace

_DECLARED = Declared(options_of, lifecycle_on)
CLOSE_LIMIT_S = 10.0
"""Seconds that closing an asynchronous item may take, where its factory says nothing else."""


def binding_of_factory(factory: Any, close: Any, retry: Retry, arguments: Mapping[str, Any]) -> Binding:
    """
    Return how the items of *factory* are made and closed.

    Args:
        factory: a class or function.
        close: name of the method that closes an item, or a function that takes it; None: *factory* says it.
        retry: how often making is tried, where the factory declares nothing itself.
        arguments: constants by parameter name.

    Raises:
        BindingError: *factory* makes nothing.
    """
    if not callable(factory):
        raise BindingError(
            f"a pool takes what makes its items, a class or a function, not {factory!r}; "
            f"did you mean Pool(lambda: {type(factory).__name__}(...))?"
        )
    if not isinstance(factory, type) and not is_routine(factory):
        factory = factory if isinstance(factory, functools.partial) else _method(factory)
    key = _key_of(factory)
    binding = binding_of(key, factory, _DECLARED, arguments=arguments, close=close, is_resource=True)
    if close is None and _says_nothing(factory, binding.lifecycle):
        binding = replace(binding, lifecycle=lifecycle_of_initializer(factory))
    options = binding.options
    if options.retry is None and retry.attempts > 1:
        binding = replace(binding, options=replace(options, retry=retry))
    return binding


def _method(obj: Any) -> Any:
    """Return what calling *obj* calls: a method shows whether it is a generator, or asynchronous."""
    return obj.__call__


def _key_of(factory: Any) -> Key:
    if isinstance(factory, type):
        return factory
    try:
        return product_of(factory)
    except BindingError:
        return getattr(factory, "__qualname__", repr(factory))


def _says_nothing(factory: Any, lifecycle: Lifecycle | None) -> bool:
    """Tell whether *factory* is a plain function whose annotation does not tell how an item is closed either."""
    if isinstance(factory, type) or lifecycle is None or lifecycle.style is not Style.METHODS:
        return False
    return lifecycle.open is None and lifecycle.close is None


def is_async_factory(binding: Binding) -> bool:
    """Tell whether items of *binding* need an event loop, as far as the factory itself says."""
    lifecycle = binding.lifecycle
    return binding.make is Make.AWAIT or (lifecycle is not None and lifecycle.is_async)


class Maker:
    """
    Makes and closes the items of one pool.

    Args:
        binding: how; see `binding_of_factory`.
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

    def closer(self, error: BaseException | None = None) -> Closer:
        """Return what closes items and keeps the account of what they raise; they are shown *error*."""
        return Closer(error, self.place(), CLOSE_LIMIT_S)


def missing_arguments(binding: Binding) -> list[str]:
    """Return the parameters of the factory that nothing is given for outside a container."""
    return [need.name for need in binding.needs if need.default is NOTHING and not need.optional]


def label_of(name: str | None, key: Key) -> str:
    """Return the pool as errors name it."""
    return f"the pool {name!r}" if name is not None else f"the pool of {key if isinstance(key, str) else show(key)}"


def stopwatch() -> Callable[[], float]:
    """Return a function that tells how many seconds ago it was made."""
    began, now = time.perf_counter(), time.perf_counter
    return lambda: now() - began
