"""Resources that are opened and closed by calls: methods of the object, or functions that take it."""

from collections.abc import Callable
from typing import Any

from tenure.errors import BindingError
from tenure.keys import show
from tenure.model.binding import Lifecycle, Rule, Style
from tenure.model.functions import is_coroutine_function, static_attribute, unwrap
from tenure.record import replace

METHOD_MARK = "__tenure_method__"
"""Attribute of a method that opens its own object; its `__wrapped__` is the user's function."""


def is_async_function(function: Any) -> bool:
    """Tell whether calling *function* gives a coroutine; wrappers made by Tenure count as what they wrap."""
    return is_coroutine_function(unwrap(function)) if callable(function) else False


def lifecycle_with_close(cls: type | None, close: str | Callable[[Any], Any]) -> Lifecycle:
    """
    Return the lifecycle of something whose closing the user named.

    Args:
        cls: the class of the object, None if it is not known.
        close: name of a method of the object, or a function that takes it; either may be asynchronous.

    Raises:
        BindingError: *cls* is known and has no such method, or *close* is neither a name nor callable.
    """
    if callable(close):
        return replace(methods(None, close), rule=Rule.SAID)
    if not isinstance(close, str):
        raise BindingError(f"close= takes the name of a method or a function, not {close!r}")
    if cls is not None and not callable(getattr(cls, close, None)):
        raise BindingError(f"{show(cls)} has no method {close!r} to close it with")
    if cls is None:
        return replace(_by_name(close), rule=Rule.SAID)
    return replace(methods(None, own_function(cls, close), cls=cls), rule=Rule.SAID)


def _by_name(name: str) -> Lifecycle:
    """Return a lifecycle that ends with the method *name* of an object whose class is not known yet."""

    def close(obj: Any) -> Any:
        return getattr(obj, name)()

    close.__name__, close.__qualname__ = name, f"object.{name}"
    return methods(lambda obj: _require_method(obj, name), close)


def _require_method(obj: Any, name: str) -> None:
    """Find out before anything is owed."""
    if not callable(getattr(type(obj), name, None)):
        raise BindingError(f"{type(obj).__qualname__} has no method {name!r} to close it with")


def methods(
    opener: Callable[[Any], Any] | None,
    closer: Callable[[Any], Any] | None,
    *,
    names: frozenset[str] = frozenset(),
    cls: type | None = None,
) -> Lifecycle:
    """Return a lifecycle of two functions that take the object; either may be None or asynchronous."""
    return Lifecycle(
        Style.METHODS,
        open=opener,
        close=closer,
        opens_async=opener is not None and _gives_awaitable(opener, cls),
        closes_async=closer is not None and _gives_awaitable(closer, cls),
        method_names=names,
        made_class=cls,
    )


def own_function(cls: type, name: str) -> Any:
    """Return the user's function *name* of *cls*, not what `@resource` put in its place."""
    function = getattr(cls, name)
    return function.__wrapped__ if hasattr(function, METHOD_MARK) else function


def _gives_awaitable(function: Callable[..., Any], cls: type | None) -> bool:
    """
    Tell whether *function* gives something to await.

    A `lambda self: self.connect()` does not say so itself; it does if it names a coroutine method of *cls*.
    """
    if is_async_function(function):
        return True
    code = getattr(function, "__code__", None)
    if cls is None or code is None or code.co_name != "<lambda>":
        return False
    return any(is_async_function(getattr(cls, name, None)) for name in code.co_names)


def method_of(cls: type, names: tuple[str, ...]) -> str | None:
    """Return the first of *names* that is a function of *cls*, None if there is none."""
    for name in names:
        if callable(static_attribute(cls, name)):
            return name
    return None
