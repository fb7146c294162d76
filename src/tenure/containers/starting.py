"""Open and close the resources of a container, at once where nothing has to be awaited."""

from collections.abc import Awaitable
from typing import Any

from tenure.errors import UnforeseenAwaitError
from tenure.providers.choosing import Selector
from tenure.providers.pending import Done, Pending
from tenure.providers.resource import BaseResource
from tenure.providers.shutting import shut_down
from tenure.runtime import starting
from tenure.runtime.refusing import to_await
from tenure.runtime.scope import current_of, every_scope, live_chain


def _check(resource_type: Any) -> None:
    if not (isinstance(resource_type, type) and issubclass(resource_type, BaseResource)):
        raise TypeError(f"resource_type takes a subclass of providers.BaseResource, not {resource_type!r}")


def init_resources(container: Any, resource_type: type[BaseResource[Any]]) -> Awaitable[None]:
    """Open every resource of *container* that is a *resource_type*; see `Container.init_resources`."""
    _check(resource_type)
    engine = container.__tenure_engine__
    wanted = _in_order(container, resource_type)
    special = [provider for provider in wanted if provider.opens_by_itself]
    keys = [provider for provider in wanted if not provider.opens_by_itself]
    bindings = [engine.graph.require(provider) for provider in keys]
    if not special and not any(to_await(engine, binding, engine.root) for binding in bindings):
        try:
            starting.start(engine, engine.root, keys)
            return Done(None)
        except UnforeseenAwaitError as error:
            keep = getattr(type(error.key), "_keep", None)
            if keep is None:
                raise
            keep(error.key, error.made)

    async def begin() -> None:
        await starting.astart(engine, engine.root, keys, None)
        for provider in special:
            await provider.async_()

    return Pending("init_resources()", begin)


def _in_order(container: Any, resource_type: type[BaseResource[Any]]) -> list[Any]:
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
    keys: dict[Any, None] = {}
    for provider in container.traverse(types=[resource_type]):
        keys.update(dict.fromkeys(provider.opened_keys))
    scopes = live_chain(current_of(engine))
    if resource_type is BaseResource and container.__dict__.get("parent") is None:
        for scope in (engine.root,):  # an override that was undone may have left something
            keys.update(dict.fromkeys(exit_.binding.key for exit_ in list(scope.exits.values())))
    scopes += [scope for scope in every_scope(engine.root) if scope.name == "context" and scope not in scopes]
    return shut_down(engine, scopes, keys, outcome)
