"""`inject`: the decorator."""

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from tenure.errors import BindingError
from tenure.wiring.injected import MARK, show_function
from tenure.wiring.slots import has_open_annotations, slots_of
from tenure.wiring.warned import DIWiringWarning, caller_level
from tenure.wiring.wrappers import wrap

F = TypeVar("F", bound=Callable[..., Any])


def inject(fn: F) -> F:
    """
    Fill in the parameters of *fn* that carry a marker, at each call, once a container is wired to its module.

    Args:
        fn: a function of any kind, a method, a static or class method, or a class, whose initialiser is meant.

    Returns:
        A function of the same kind with the same signature; a class itself. What the caller gives is left alone.
        Where nothing is marked, *fn* as it is.

    Warns:
        DIWiringWarning: nothing is marked.

    Raises:
        BindingError: *fn* cannot be called.
    """
    decorated: Any = fn
    if isinstance(fn, type):
        _inject_class(fn)
    elif isinstance(fn, staticmethod | classmethod):
        decorated = type(fn)(inject(fn.__func__))
    elif not callable(fn):
        raise BindingError(f"inject decorates a function or a class, not {fn!r}")
    elif not is_wrapper(fn):
        decorated = _wrapped(fn)
    result: F = decorated
    return result


def _wrapped(function: Any) -> Any:
    if slots_of(function) or has_open_annotations(function):
        return wrap(function)
    warnings.warn(
        f"@inject has nothing to fill in for {show_function(function)}: no parameter is marked, it is left as it is",
        DIWiringWarning,
        stacklevel=caller_level(),
    )
    return function


def _inject_class(cls: Any) -> None:
    """Replace the initialiser of *cls*; one that it has from a base stays as it is there."""
    initialiser = cls.__init__
    if not is_wrapper(initialiser):
        wrapped = _wrapped(initialiser)
        if wrapped is not initialiser:
            cls.__init__ = wrapped


def is_wrapper(function: Any) -> bool:
    """Return whether *function* is what `inject` made, not something around it."""
    injected = getattr(function, "__dict__", {}).get(MARK)
    return injected is not None and getattr(function, "__wrapped__", None) is injected.function
