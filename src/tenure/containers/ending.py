"""The end of a life of a declarative container: what its root owes is closed, and the root stays open for the next."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from tenure.events import ScopeLeaving, ScopeLeft
from tenure.runtime.life import life_of, lives, note_shut_down
from tenure.runtime.scope import Scope
from tenure.runtime.shutting_down import empties


@contextmanager
def life_ended(
    container: Any, scopes: Collection[Scope], keys: Collection[Any], outcome: BaseException | None
) -> Iterator[None]:
    """
    Have the body, which shuts down all that *container* has, end a life: observers are told that the root is left.

    They are told nothing where that is not so: nothing was begun; the root is being left already; something stays open
    in it, such as what a container around this one has; it is that of a type-driven container, whose close tells it.

    Args:
        container: the container.
        scopes: where to look.
        keys: those of its resources.
        outcome: the error that ends what they served, None for an ordinary end.
    """
    engine = container.__tenure_engine__
    notify = engine.notify
    is_told = notify is not None and _begin(container, engine, scopes, keys)
    if not container.__tenure_is_part__ and not _goes_on(container, engine, keys):
        note_shut_down(engine)
    if notify is None or not is_told:
        yield
        return
    of = engine.root.name, engine.root.number, outcome
    try:
        notify(ScopeLeaving(time.perf_counter(), *of))
        yield
    finally:
        life_of(engine).is_leaving = False
        if (notify := engine.notify) is not None:  # somebody still looks
            notify(ScopeLeft(time.perf_counter(), *of))


def _goes_on(container: Any, engine: Any, keys: Collection[Any]) -> bool:
    """Tell whether something stays open that is not *container*'s: a container around it goes on serving."""
    own = {*keys, *container.traverse()}
    return any(not exit_.done and exit_.binding.key not in own for exit_ in list(engine.root.exits.values()))


def _begin(container: Any, engine: Any, scopes: Collection[Scope], keys: Collection[Any]) -> bool:
    """Tell whether the root is left now, and note that it is."""
    with engine.lock:
        if life_of(engine).is_leaving or container.__tenure_is_part__:
            return False
        has_started = any(life.started is not None for life, _ in lives(engine))
        if not empties(engine, scopes, keys, or_nothing=has_started):
            return False
        life_of(engine).is_leaving = True
    return True
