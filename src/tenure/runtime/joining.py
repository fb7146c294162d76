"""
Make one engine of two that are in use: the second goes on as another name of the first.

What both have open is owed by both roots from then on, which share their tables; a claim in flight on either is seen
by both. Nothing is closed, opened or moved.
"""

from typing import Any

_TABLES = ("exits", "inflight", "records", "children", "values", "asked")


def join_engines(into: Any, other: Any) -> None:
    """
    Let *into* serve what *other* served.

    Args:
        into: the engine that stays.
        other: the engine that nobody asks any more; scopes opened in it stay open, inside the root of *into*.
    """
    first, second = sorted((into, other), key=id)  # a fixed order, so that two joins never wait for each other
    with first.lock, second.lock:
        for name in _TABLES:
            getattr(into.root, name).update(getattr(other.root, name))
            setattr(other.root, name, getattr(into.root, name))
        into.root.cache.update(other.root.cache)
        other.use_cache(into.root_cache())
        into.root.unordered = other.root.unordered = True
        into.instances.update(other.instances)
        for scope in list(into.root.children):
            _hand_over(scope, into)
        other.lock = into.lock
    into.renew()
    other.renew()


def _hand_over(scope: Any, engine: Any) -> None:
    scope.engine = engine
    if scope.parent is not None and scope.parent.parent is None:
        scope.parent = engine.root
    for child in list(scope.children):
        _hand_over(child, engine)
