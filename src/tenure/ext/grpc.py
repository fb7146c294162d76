"""
gRPC, `grpc.aio` and the server on threads: a container that starts and stops with the server, a scope per call.

`setup` comes before the services are added: a server shows nobody what was added to it before.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.ext.grpc_life import AsyncLife, ThreadLife
from tenure.ext.grpc_methods import Around
from tenure.hosting.life import declare, hosting
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    import grpc  # type: ignore[import-untyped]  # has no types of its own

__all__ = ["Inject", "inject", "setup"]

_NO_SERVICES = (
    "no service was added to the server after setup(server, container), which does not see those added before: "
    "call it first, then the add_…_to_server functions"
)


def setup(
    server: "grpc.aio.Server | grpc.Server",
    container: Container,
    *,
    scope: str = "request",
    handlers: Iterable[Any] = (),
) -> None:
    """
    Let *server* run on *container*: call it before services are added.

    It is started by `server.start()`, and closed by `server.stop()` when the last call has ended. Each call, of any of
    the four kinds, has a scope, in which `grpc.ServicerContext` is given, for `grpc.aio` also under its name there.
    Interceptors stand around it. What ends a call is shown to its resources: what the method raises or aborts
    with, a cancellation by the client, a deadline.

    Args:
        server: of `grpc.aio` or of `grpc`, not started.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the methods of services, to be checked at the start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *server* before.
        ScopeError: it knows no scope of that name.

    Raises by `server.start()`:
        GraphError: a method asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a method is marked with `Inject`, and is not under `@inject`; or there are no services.
    """
    import grpc  # noqa: PLC0415 - loads the framework only with it
    from grpc import aio  # noqa: PLC0415 - as above

    host = hosting(container)
    if hasattr(vars(server).get("stop"), "__self__"):
        raise BindingError("this server has a container already: call setup(server, container) once for each")
    is_async = isinstance(server, aio.Server)
    keys = (aio.ServicerContext, grpc.ServicerContext) if is_async else (grpc.ServicerContext,)
    declare(container, keys, scope)
    around = Around(lambda context: container.resource_scope(scope, values=dict.fromkeys(keys, context)))
    _wrap_services(server, around)
    told = tuple(handlers)
    (AsyncLife if is_async else ThreadLife)(server, host, around.under_way, lambda: [*_seen(around), *told])


def _wrap_services(server: Any, around: "Around") -> None:
    """Have *around* put a scope around the methods of each service that is added from now on."""
    generic: Callable[[Any], None] = server.add_generic_rpc_handlers
    registered: Callable[[str, Any], None] | None = getattr(server, "add_registered_method_handlers", None)

    def add_generic(found: Iterable[Any]) -> None:
        generic(tuple(map(around.service, found)))

    def add_registered(name: str, methods: Any) -> None:
        assert registered is not None
        registered(name, {method: around.method(handler) for method, handler in methods.items()})

    server.add_generic_rpc_handlers = add_generic
    if registered is not None:  # since 1.66
        server.add_registered_method_handlers = add_registered


def _seen(around: "Around") -> list[Any]:
    if not around.has_services:
        raise BindingError(_NO_SERVICES)
    return around.functions
