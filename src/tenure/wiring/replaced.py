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
_replaced: "weakref.WeakKeyDictionary[Any, dict[str, Replacement]]" = weakref.WeakKeyDictionary()


def replace(owner: Any, name: str, placed: Any, why: "Marker | Injected", container: Any = None) -> None:
    """Put *placed* into the namespace of *owner*."""
    with _lock:
        members = _replaced.setdefault(owner, {})
        known = members.get(name)
        original = known.original if known is not None else vars(owner).get(name, _NOTHING)
        setattr(owner, name, placed)
        members[name] = Replacement(original, vars(owner)[name], why, container)


def replaced_marker(owner: Any, name: str) -> Marker | None:
    """Return the marker in whose place the attribute *name* of *owner* stands, None if it stands in none's."""
    known = _replaced.get(owner, {}).get(name)
    if known is None or not isinstance(known.why, Marker) or vars(owner).get(name) is not known.placed:
        return None
    return known.why


def put_back(owner: Any, container: Any = None) -> None:
    """
    Put back what *container* replaced in *owner*, what any did if None.

    A function is put back when no container serves it any more. What the program has replaced since stays.
    """
    with _lock:
        members = _replaced.get(owner, {})
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
