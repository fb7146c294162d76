"""Functions that give one value, whatever they are given, without a frame of ours."""

import functools
import inspect
from collections.abc import Callable
from typing import Any


def constant(value: Any, told: Callable[[], None]) -> Callable[..., Any]:
    """
    Return a function that gives *value*.

    It is the cache of `functools.lru_cache`, the one function of C that takes any arguments, after its first call
    without any. Arguments that cannot be hashed are refused by it.

    Args:
        value: any.
        told: called when arguments are given, the same ones once.
    """

    def give(*args: Any, **kwargs: Any) -> Any:
        if args or kwargs:
            told()
        return value

    cached = functools.lru_cache(maxsize=None)(give)
    cached()
    return cached


def _any_call(*args, **kwargs):  # type: ignore[no-untyped-def]  # frameworks see its signature
    pass


class CallSignature:
    """The signature of a provider whose class has no method `__call__` that `inspect` could look at."""

    def __get__(self, provider: Any, cls: Any = None) -> inspect.Signature:
        if provider is None:
            raise AttributeError("__signature__")
        return inspect.signature(_any_call)
