"""
Make one engine of two that are in use: the second goes on as another name of the first.

What both have open is owed by both roots from then on, which share their tables; a claim in flight on either is seen
by both. Nothing is closed, opened or moved.
"""

from collections.abc import Callable
from typing import Any

_TABLES = ("exits", "inflight", "records", "children", "values", "asked")


def join_engines(into: Any, other: Any, linked: Callable[[], None]) -> None:
    """
    Let *into* serve what *other* served.

    Args:
        into: the engine that stays.
        other: the engine that nobody asks any more; scopes opened in it stay open, inside the root of *into*.
        linked: called under the lock, once what both have is seen by both: has everybody ask *into* from then on.
    """
    gone = [other, *other.joined]
    with into.lock:  # it is that of all engines
        for name in _TABLES:
            getattr(into.root, name).update(getattr(other.root, name))
        into.root.cache.update(other.root.cache)
        into.root.unordered = True
        into.instances.update(other.instances)
        into.stash.update(other.stash)
        into.keepers |= other.keepers
        into.graph.learned.update(other.graph.learned)
        for observer in other.observers:
            into.observe(observer)
        for each in gone:
            _follow(each, into)
        for scope in list(into.root.children):
            _hand_over(scope, into)
        into.joined += gone
        linked()
    for each in (into, *gone):
        each.renew()


def _follow(engine: Any, into: Any) -> None:
    """Have *engine*, which something under way may still ask, mean *into* in everything."""
    for name in _TABLES:
        setattr(engine.root, name, getattr(into.root, name))
    engine.use_cache(into.root_cache())
    engine.root.unordered = True
    engine.instances, engine.stash = into.instances, into.stash
    engine.follows = into
    if into.notify is not None:
        engine.notify = into.notify


def _hand_over(scope: Any, engine: Any) -> None:
    scope.engine = engine
    if scope.parent is not None and scope.parent.parent is None:
        scope.parent = engine.root
    for child in list(scope.children):
        _hand_over(child, engine)
