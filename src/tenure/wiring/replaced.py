"""What wiring has put into modules and classes in the place of what stood there, so that it can be put back."""

import threading
import weakref
from dataclasses import dataclass
from typing import Any

from tenure.wiring.injected import Injected
from tenure.wiring.markers import Marker

_NOTHING = object()


@dataclass(frozen=True, slots=True)
class Replacement:
    """One member that was replaced."""

    original: Any
    """What stood in the namespace itself, `_NOTHING` where nothing did."""
    placed: Any
    why: "Marker | Injected"
    """The marker of an attribute, or what is known of a function."""
    container: Any
    """The container that gave the value of an attribute; None for a function."""


_lock = threading.RLock()
_replaced: dict[int, tuple["weakref.ref[Any]", dict[str, Replacement]]] = {}
"""By `id` of the module or class, which need not be hashable."""


def _members(owner: Any) -> dict[str, Replacement]:
    """Return what was replaced in *owner*, to be added to; call with the lock."""
    number = id(owner)
    if number not in _replaced:
        _replaced[number] = (weakref.ref(owner, lambda _: _replaced.pop(number, None)), {})
    return _replaced[number][1]


def replace(owner: Any, name: str, placed: Any, why: "Marker | Injected", container: Any = None) -> None:
    """Put *placed* into the namespace of *owner*."""
    with _lock:
        members = _members(owner)
        known = members.get(name)
        original = known.original if known is not None else vars(owner).get(name, _NOTHING)
        setattr(owner, name, placed)
        members[name] = Replacement(original, vars(owner)[name], why, container)


def replaced_markers(owner: Any) -> dict[str, Marker]:
    """Return the markers in whose place attributes of *owner* have values, by name."""
    with _lock:
        members = _members(owner) if id(owner) in _replaced else {}
        return {
            name: each.why
            for name, each in members.items()
            if isinstance(each.why, Marker) and vars(owner).get(name) is each.placed
        }


def put_back(owner: Any, container: Any = None) -> None:
    """
    Put back what *container* replaced in *owner*, what any did if None.

    A function is put back when no container serves it any more. What the program has replaced since stays.
    """
    with _lock:
        members = _members(owner) if id(owner) in _replaced else {}
        for name, each in list(members.items()):
            if isinstance(each.why, Injected):
                stays = each.why.is_bound
            else:
                stays = container is not None and each.container is not container
            if not stays:
                del members[name]
                _restore(owner, name, each)


def _restore(owner: Any, name: str, each: Replacement) -> None:
    if vars(owner).get(name, _NOTHING) is not each.placed:
        return
    if each.original is _NOTHING:
        delattr(owner, name)
    else:
        setattr(owner, name, each.original)
