"""Open and close the resources of a container, at once where nothing has to be awaited."""

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from inspect import isawaitable, iscoroutinefunction
from typing import Any

from tenure.containers.ending import life_ended
from tenure.errors import AsyncInSyncError, CloseError, UnforeseenAwaitError
from tenure.providers.choosing import Selector
from tenure.providers.context_local import CONTEXT, ContextLocalResource
from tenure.providers.pending import Done, Pending
from tenure.providers.resource import BaseResource
from tenure.runtime import starting
from tenure.runtime.refusing import to_await
from tenure.runtime.scope import current_of, every_scope, live_chain
from tenure.runtime.shutting_down import needs_await, shut_down_async, shut_down_sync


def _check(resource_type: Any) -> None:
    if not (isinstance(resource_type, type) and issubclass(resource_type, BaseResource)):
        raise TypeError(f"resource_type takes a subclass of providers.BaseResource, not {resource_type!r}")


def init_resources(container: Any, resource_type: type[BaseResource[Any]]) -> Awaitable[None]:
    """Open every resource of *container* that is a *resource_type*; see `Container.init_resources`."""
    _check(resource_type)
    engine = container.__tenure_engine__
    wanted = resources_of(container, resource_type)
    own = [provider for provider in wanted if _has_own_way(provider, "init")]
    keys = [provider for provider in wanted if provider not in own]
    if not _must_wait(engine, keys):
        try:
            starting.start(engine, engine.root, keys)
        except UnforeseenAwaitError as error:
            keep = getattr(type(error.key), "_keep", None)
            if keep is None:
                raise
            keep(error.key, error.made)
        else:
            return _all_of([provider.init() for provider in own])

    async def begin() -> None:
        await starting.astart(engine, engine.root, keys, None)
        await _all_of([provider.init() for provider in own])

    return Pending("init_resources()", begin)


def init_resources_sync(container: Any) -> None:
    """Open every resource of *container* without a loop; AsyncInSyncError where that cannot be, nothing was opened."""
    result = init_resources(container, BaseResource)
    if not isinstance(result, Done):
        _refuse(result, "open", "`async with container:`, or `await container.init_resources()`")


def shutdown_resources_sync(container: Any, outcome: BaseException | None) -> None:
    """Close every open resource of *container* without a loop; AsyncInSyncError where that cannot be."""
    result = shutdown_resources(container, BaseResource, outcome)
    if not isinstance(result, Done):
        _refuse(result, "close", "`async with container:`, or `await container.shutdown_resources()`")


def _refuse(result: Any, act: str, way_out: str) -> None:
    result.close()
    raise AsyncInSyncError(["the container"], act, way_out)


def _must_wait(engine: Any, keys: list[Any]) -> bool:
    return any(to_await(engine, engine.graph.require(provider), engine.root) for provider in keys)


def _has_own_way(provider: Any, act: str) -> bool:
    """Tell whether the class of *provider* says itself how it is started or shut down."""
    return getattr(type(provider), act) is not getattr(BaseResource, act) or provider.opens_by_itself


def _all_of(results: list[Any]) -> Awaitable[None]:
    """Return an awaitable of those of *results* that are; nothing is left to do where none is."""
    pending = [result for result in results if isawaitable(result) and not isinstance(result, Done)]
    if not pending:
        return Done(None)

    async def wait() -> None:
        for result in pending:
            await result

    return Pending("resources with a way of their own", wait)


def resources_of(container: Any, resource_type: type[BaseResource[Any]]) -> list[Any]:
    """
    Return the resources of *container* as they were declared; those of containers inside after them.

    Of what only a selector refers to, it is the branch that it selects now.
    """
    seen: dict[Any, None] = {}
    queue = list(container.providers.values())
    for provider in queue:  # it grows while it is walked
        if provider not in seen:
            seen[provider] = None
            queue.extend(provider.selected if isinstance(provider, Selector) else provider.related)
    return [provider for provider in seen if isinstance(provider, resource_type)]


def shutdown_resources(
    container: Any, resource_type: type[BaseResource[Any]], outcome: BaseException | None = None
) -> Awaitable[None]:
    """
    Close every open resource of *container* that is a *resource_type*; see `Container.shutdown_resources`.

    Args:
        container: the container.
        resource_type: which resources.
        outcome: the error that ends what they served, shown to their closing code; None: none.
    """
    _check(resource_type)
    engine = container.__tenure_engine__
    providers = list(container.traverse(types=[resource_type]))
    own = [p for p in providers if type(p).shutdown not in _USUAL_SHUTDOWNS]
    keys = {key: None for provider in providers for key in provider.opened_keys}
    for provider in container.traverse():  # an override that was undone may have left something
        keys.update((each, None) for each in provider._former if isinstance(each, resource_type))
        provider._former = ()
    scopes = live_chain(current_of(engine))
    scopes += [scope for scope in every_scope(engine.root) if scope.name == CONTEXT and scope not in scopes]
    ended = partial(life_ended, container, scopes, keys, outcome) if resource_type is BaseResource else nullcontext
    failed: list[Exception] = []
    first: Awaitable[None] | None = None
    if not (needs_await(engine, scopes, keys) or any(iscoroutinefunction(each.shutdown) for each in own)):
        with ended():
            first = _in_their_own_way(own, failed)
            if isinstance(first, Done):
                with _added(failed):
                    shut_down_sync(engine, scopes, keys, outcome)
                return first

    async def begin() -> None:
        with ended(), _added(failed):
            await (first or _in_their_own_way(own, failed))
            await shut_down_async(engine, scopes, keys, outcome)

    return Pending("shutdown_resources()", begin)


def _in_their_own_way(providers: list[Any], failed: list[Exception]) -> Awaitable[None]:
    """Shut down *providers* whose class says how; what they raise goes to *failed*, for the others are closed too."""
    results = []
    for provider in [each for each in providers if each.initialized][::-1]:
        try:
            results.append(provider.shutdown())
        except Exception as error:  # noqa: BLE001 - raised together with the others' (L24)
            failed.append(error)
    return _all_of(results)


@contextmanager
def _added(failed: list[Exception]) -> Iterator[None]:
    """Raise *failed* together with what the body raises on closing."""
    try:
        yield
    except CloseError as group:
        failed.extend(group.exceptions)
    if failed:
        raise CloseError("errors while closing resources", failed)


_USUAL_SHUTDOWNS = (BaseResource.shutdown, ContextLocalResource.shutdown)
