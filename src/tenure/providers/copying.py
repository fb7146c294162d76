"""
Copy providers: every container has its own.

First every provider that is reached gets a blank copy, then each copy is filled: no chain is too long, and a circle of
references is no trouble.
"""

import copy
import sys
from collections.abc import Iterator
from typing import Any, TypeVar

from tenure.errors import Error, NonCopyableArgumentError
from tenure.providers.bindings import is_provider
from tenure.providers.family import renew

_KEPT = (sys.stdin, sys.stdout, sys.stderr)
"""Objects that are never copied."""
_OURS = "__tenure_copies__"
C = TypeVar("C")


def deepcopy(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """
    Return a copy of *value* with every provider in it replaced by its copy.

    Args:
        value: a provider, a container, or anything that the standard library's `copy.deepcopy` takes.
        memo: copies made before, by `id` of the original; it is added to.

    Raises:
        NonCopyableArgumentError: an argument of a provider cannot be copied.
    """
    memo = {} if memo is None else memo
    for kept in (*_KEPT, sys.stdin, sys.stdout, sys.stderr):
        memo.setdefault(id(kept), kept)
    return copy.deepcopy(value, memo)


def copy_provider(provider: Any, memo: dict[int, Any]) -> Any:
    """Return the copy of *provider*, made with everything it refers to."""
    known = memo.get(id(provider))
    if known is not None:
        return known
    fresh = list(_reached(provider, memo))
    for each in fresh:
        memo[id(each)] = _blank(each)
    for each in fresh:
        _fill(each, memo[id(each)], memo)
    return memo[id(provider)]


def _reached(provider: Any, memo: dict[int, Any]) -> Iterator[Any]:
    """Go through *provider* and what it refers to, as far as the copying is ours and has not been done."""
    seen: set[int] = set()
    queue = [provider]
    for each in queue:  # it grows while it is walked
        if id(each) in seen or id(each) in memo or not _is_ours(each):
            continue
        seen.add(id(each))
        queue.extend(each.related)
        yield each


def ours(method: C) -> C:
    """Mark the method that copies a provider in the way of this module; a class with another one is copied by that."""
    setattr(method, _OURS, True)
    return method


def _is_ours(provider: Any) -> bool:
    return hasattr(type(provider).__deepcopy__, _OURS)


def _blank(provider: Any) -> Any:
    cls: Any = type(provider)
    copied = cls.__new__(cls)
    copied._begin()
    return copied


def _fill(provider: Any, copied: Any, memo: dict[int, Any]) -> None:
    provider._copy_into(copied, lambda value: _copied(value, memo))
    for name, value in getattr(provider, "__dict__", {}).items():  # what a class of one's own added
        if not hasattr(copied, "__dict__") or name not in copied.__dict__:
            setattr(copied, name, deepcopy(value, memo))
    copied._name = provider._name
    copy_overridings(provider, copied, memo)


def copy_overridings(provider: Any, copied: Any, memo: dict[int, Any]) -> None:
    """Give *copied* copies of what replaces *provider* and of what it replaces."""
    copied._overridden = tuple(deepcopy(each, memo) for each in provider.overridden)
    copied._overrides = tuple(deepcopy(each, memo) for each in provider.overrides)
    copied._last = copied._overridden[-1] if copied._overridden else None
    copied._look_again()


def take_state(copied: Any, state: Any) -> None:
    """Give *copied*, a shallow or unpickled copy, the attributes in *state*, as `object.__getstate__` has them."""
    own, slots = state if isinstance(state, tuple) else (state, None)
    if own:
        copied.__dict__.update(own)  # without `__setattr__`, which a configuration has of its own
    for name, value in (slots or {}).items():
        setattr(copied, name, value)
    copied._look_again()


def _copied(value: Any, memo: dict[int, Any]) -> Any:
    if is_provider(value):
        known = memo.get(id(value))
        return known if known is not None else copy.deepcopy(value, memo)
    return deepcopy(value, memo)


def relink(provider: Any, memo: dict[int, Any]) -> None:
    """Have *provider* refer to the copies in *memo* where it refers to their originals."""
    if _is_ours(provider):
        provider._copy_into(provider, lambda value: _copied(value, memo))
        renew((provider,))


def copy_arguments(provider: Any, args: tuple[Any, ...], kwargs: dict[Any, Any], copy_: Any) -> tuple[Any, Any]:
    """
    Return copies of *args* and *kwargs* of *provider*.

    Raises:
        NonCopyableArgumentError: one of them cannot be copied; it says which.
    """
    copied_args = tuple(_argument(provider, value, copy_, index=number) for number, value in enumerate(args))
    copied_kwargs = {name: _argument(provider, value, copy_, keyword=name) for name, value in kwargs.items()}
    return copied_args, copied_kwargs


def _argument(provider: Any, value: Any, copy_: Any, index: int = -1, keyword: Any = "") -> Any:
    try:
        return copy_(value)
    except Error:
        raise
    except Exception as error:
        raise NonCopyableArgumentError(provider, index, keyword) from error
