"""
What counts as a resource, and how it is opened and closed: the one place that says so (design section 9).

Looks at types and functions only, never at attributes of an instance: a client that answers to every name would
otherwise be taken for anything.
"""

import contextlib
from collections.abc import Callable
from typing import Any

from tenure.errors import BindingError
from tenure.keys import origin_of, show
from tenure.model.binding import Lifecycle, Style
from tenure.model.functions import (
    is_abstract_class,
    is_async_generator_function,
    is_coroutine_function,
    is_generator_function,
    static_attribute,
    unwrap,
)
from tenure.model.introspect import annotations_of, returns_context

METHOD_MARK = "__tenure_method__"
"""Attribute of a method that opens its own object; its `__wrapped__` is the user's function."""
_OPENERS = ("initialize",)
_CLOSERS = ("dispose", "cleanup")
_CLOSE_BY_METHOD = {"sqlite3.Connection": "close"}
"""Classes whose context manager does something else than open and close."""
NEVER_BY_THEMSELVES = frozenset({"builtins", "typing", "types", "collections.abc", "enum", "_thread", "threading"})
"""Modules whose classes carry data or protect it: making one out of nothing is never what is meant."""
_NEVER_ENTERED = ("threading", "_thread", "asyncio.locks", "multiprocessing.synchronize", "unittest.mock")
"""Modules whose context managers are locks, or answer to anything."""


def is_async_function(function: Any) -> bool:
    """Tell whether calling *function* gives a coroutine; wrappers made by Tenure count as what they wrap."""
    return is_coroutine_function(unwrap(function)) if callable(function) else False


def lifecycle_of_function(function: Callable[..., Any], declared: bool) -> Lifecycle | None:
    """
    Return how what *function* makes is opened and closed, None for a plain factory.

    Args:
        function: any callable that is not a class.
        declared: whether the user said that it is a resource; a plain factory is then a resource that owes nothing,
            unless its return annotation is a class with a lifecycle of its own.
    """
    inner = unwrap(function)
    if is_generator_function(function):
        return Lifecycle(Style.GENERATOR)
    if is_async_generator_function(function):
        return Lifecycle(Style.ASYNC_GENERATOR, opens_async=True, closes_async=True)
    if inner is not function and is_generator_function(inner):
        return Lifecycle(Style.CONTEXT)  # @contextmanager
    if inner is not function and is_async_generator_function(inner):
        return Lifecycle(Style.ASYNC_CONTEXT, opens_async=True, closes_async=True)  # @asynccontextmanager
    context = returns_context(function)
    if context is contextlib.AbstractAsyncContextManager:
        return Lifecycle(Style.ASYNC_CONTEXT, opens_async=True, closes_async=True)
    if context is contextlib.AbstractContextManager:
        return Lifecycle(Style.CONTEXT)
    return _lifecycle_of_result(function) if declared else None


def _lifecycle_of_result(function: Callable[..., Any]) -> Lifecycle:
    made = annotations_of(function).get("return")
    made = origin_of(made) or made
    return lifecycle_of_class(made) if isinstance(made, type) else Lifecycle(Style.METHODS)


def lifecycle_of_initializer(function: Callable[..., Any]) -> Lifecycle:
    """
    Return how what the initializer of a declared resource gives is opened and closed.

    A context manager comes before methods called `initialize` and the like: who names a class as an initializer means
    its `with`. What a plain function gives tells itself (`lifecycle_of_made`).
    """
    if isinstance(function, type):
        return _context_of_class(function) or lifecycle_of_class(function)
    found = lifecycle_of_function(function, declared=False)
    if found is not None:
        return found
    return Lifecycle(Style.METHODS) if is_async_function(function) else Lifecycle(Style.FOUND)


def lifecycle_of_made(made: Any) -> Lifecycle:
    """Return how *made*, which a plain function gave as a resource, is opened and closed; judged by its type alone."""
    cls = type(made)
    if made is None or isinstance(made, type) or cls.__module__ == "builtins":
        return Lifecycle(Style.METHODS)
    return _context_of_class(cls) or Lifecycle(Style.METHODS)


def _context_of_class(cls: type) -> Lifecycle | None:
    """Return the lifecycle of a class that `async with` or `with` opens and closes, None for any other."""
    known = _CLOSE_BY_METHOD.get(f"{cls.__module__}.{cls.__qualname__}")
    if known:
        return methods(None, own_function(cls, known), cls=cls)
    if _enters(cls, "__aenter__", "__aexit__"):
        return Lifecycle(Style.ASYNC_CONTEXT, opens_async=True, closes_async=True)
    return Lifecycle(Style.CONTEXT) if _enters(cls, "__enter__", "__exit__") else None


def _enters(cls: type, enter: str, leave: str) -> bool:
    """Tell whether entering an object of *cls* opens it: that of a lock acquires it, a mock answers to anything."""
    if not (_method(cls, (enter,)) and _method(cls, (leave,))):
        return False
    definer = next((base for base in cls.__mro__ if enter in vars(base)), cls)
    return definer.__module__ not in _NEVER_ENTERED


def lifecycle_of_class(cls: type) -> Lifecycle:
    """Return how objects of the declared resource class *cls* are opened and closed."""
    opener = _method(cls, _OPENERS)
    closer = _method(cls, _CLOSERS)
    if opener or closer:
        names = frozenset(name for name in (opener, closer) if name)
        return methods(
            own_function(cls, opener) if opener else None,
            own_function(cls, closer) if closer else None,
            names=names,
            cls=cls,
        )
    return _context_of_class(cls) or Lifecycle(Style.METHODS)


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
        return methods(None, close)
    if not isinstance(close, str):
        raise BindingError(f"close= takes the name of a method or a function, not {close!r}")
    if cls is not None and not callable(getattr(cls, close, None)):
        raise BindingError(f"{show(cls)} has no method {close!r} to close it with")
    if cls is None:
        return methods(lambda obj: _require_method(obj, close), lambda obj: getattr(obj, close)())
    return methods(None, own_function(cls, close), cls=cls)


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


def _method(cls: type, names: tuple[str, ...]) -> str | None:
    """Return the first of *names* that is a function of *cls*, None if there is none."""
    for name in names:
        if callable(static_attribute(cls, name)):
            return name
    return None


def is_abstract(cls: type) -> bool:
    """Tell whether *cls* cannot be instantiated: an abstract base class with open methods, or a Protocol."""
    return is_abstract_class(cls) or bool(getattr(cls, "_is_protocol", False))
