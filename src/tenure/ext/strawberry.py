"""
Strawberry: a scope per operation; of a subscription, from its first to its last event.

Whoever serves the schema starts and closes the container: `tenure.ext.asgi`, `fastapi`, `django`, `litestar` …
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.hosting.handlers import expect_handlers
from tenure.hosting.life import declare, hosting
from tenure.hosting.outcome import Outcome
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from strawberry import Schema

__all__ = ["Inject", "inject", "setup"]


def setup(schema: "Schema", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()) -> None:
    """
    Let the operations of *schema* run on *container*.

    Each query, mutation and subscription has a scope, around all its resolvers and extensions; operations of one
    websocket have one each. In it Strawberry's `ExecutionContext` is given, whose `context` holds the request. What
    resolvers raise is shown to the resources, before another extension masks it; of a subscription, what ended it.

    Args:
        schema: one that is executed by `execute`, `subscribe`, or, where nothing has to be awaited, `execute_sync`.
        container: started and closed by whoever serves the schema.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the resolvers.

    Raises:
        BindingError: *container* is no type-driven container; or a resolver is marked with `Inject`, and is not under
            `@inject`; or `setup` was called for *schema* before.
        ScopeError: the container knows no scope of that name.

    Raises at the start of what serves the schema, or by `container.check()`:
        GraphError: a resolver asks for something that is not bound.
    """
    from strawberry.types import ExecutionContext  # noqa: PLC0415 - loads the framework only with it

    from tenure.ext.strawberry_extensions import Awaited, Blocking, Noting  # noqa: PLC0415 - as above

    hosting(container)  # looks whether it is a container
    if "get_extensions" in vars(schema):
        raise BindingError("this schema has a container already: call setup(schema, container) once for each")
    declare(container, (ExecutionContext,), scope)
    expect_handlers(container, [*_resolvers_of(schema), *handlers])
    own = schema.get_extensions

    def scoped(operation: ExecutionContext) -> Any:
        return container.resource_scope(scope, values={ExecutionContext: operation})

    def get_extensions(sync: bool = False) -> list[Any]:
        outcome = Outcome()
        around = Blocking if sync else Awaited
        return [around(scoped, outcome), *own(sync), Noting(outcome)]

    vars(schema)["get_extensions"] = get_extensions


def _resolvers_of(schema: Any) -> Iterator[Any]:
    """Give the functions that *schema* calls for its fields."""
    for kind in schema.schema_converter.type_map.values():
        for field in getattr(kind.definition, "fields", ()):
            resolver = getattr(field, "base_resolver", None)
            if resolver is not None:
                function = resolver.wrapped_func
                yield getattr(function, "__func__", function)
