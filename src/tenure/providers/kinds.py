"""
Kinds of providers that every provider can make of itself.

They are derived from `Provider`, so that it cannot import them; each enters itself here.
"""

from typing import Any, TypeVar

C = TypeVar("C", bound=type)
_known: dict[str, Any] = {}


def known_to_all(cls: C) -> C:
    """Let every provider make a *cls* by its name."""
    _known[cls.__name__] = cls
    return cls


def make(name: str, provided: Any) -> Any:
    """Return a provider of the kind *name* of *provided*."""
    return _known[name](provided)
