"""
Reset keys: close what was made of them and what depends on it, so that the next request makes exactly that anew (L58).

A reset is a shutdown of part of the graph, over all open scopes, that also drops plain values.
"""

from collections.abc import Collection
from typing import Any

from tenure.errors import AsyncInSyncError
from tenure.keys import Key
from tenure.lifecycle.backends import running
from tenure.lifecycle.effects import Steps
from tenure.runtime import shutting_down
from tenure.runtime.emptying import forget_elsewhere, forget_unopened
from tenure.runtime.scope import every_scope


def reset(engine: Any, keys: Collection[Key], is_async: bool) -> Steps[None]:
    """
    Close and forget *keys* and everything that depends on them, in every open scope.

    Args:
        engine: the engine of the keys.
        keys: bound ones.
        is_async: whether something can be awaited here.

    Raises:
        ContainerClosedError: the container is closing or closed.
        MissingBindingError: one of them is not bound.
        AsyncInSyncError: something would have to be awaited, and nothing can be; nothing was closed.
        BaseException: what `shutting_down.shut_down` raises.
    """
    engine.root.refuse_unless_open()
    bound = [engine.graph.require(key).key for key in keys]
    affected: set[Key] = engine.graph.dependents(*bound)
    scopes = every_scope(engine.root)
    if not is_async:
        _refuse_async(engine, affected)
    try:
        yield from shutting_down.shut_down(engine, scopes, affected, None, is_for_good=True)
    finally:
        with engine.lock:
            for scope in every_scope(engine.root):
                forget_unopened(scope, affected)
        forget_elsewhere(affected)


def _refuse_async(engine: Any, affected: set[Key]) -> None:
    owed = shutting_down.owed_for(engine, every_scope(engine.root), affected)
    labels = [exit_.binding.label for _, _, exit_ in owed if shutting_down.must_wait(exit_)]
    backend = running()
    if backend is not None:
        under_way = shutting_down.under_way(every_scope(engine.root), affected)
        labels += [claim.binding.label for claim in under_way if claim.loop is backend.token()]
    if labels:
        raise AsyncInSyncError(labels, "close", "`await container.areset(...)`")
