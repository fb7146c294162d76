"""The server of the Model Context Protocol's SDK: a container that starts and stops with it, a scope per request."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.hosting.life import declare, hosting
from tenure.hosting.lifespans import with_life
from tenure.hosting.scoped import called, note
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

__all__ = ["Inject", "inject", "setup"]

_SERVED = ("call_tool", "read_resource", "get_prompt")
"""The methods of a server that make answers, or other errors, of what functions raise."""

_WRAPPERS = (
    "Error executing tool ",
    "Error reading resource ",
    "Error creating resource from template ",
    "Error rendering prompt ",
)
"""How the texts of such errors begin."""


def setup(
    server: "MCPServer[Any]", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let *server* run on *container*: call it when tools, resources and prompts are there.

    It is started before the lifespan of the server, and closed after it, whatever the transport. Each request has a
    scope, around the middleware that was there before; in it `Context` is given, and `ServerRequestContext`. What a
    function raises is shown to the resources, also where the client is told of it by a result.

    Args:
        server: a server that has not started yet.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides tools, resources and prompts, to be checked at the
            start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *server* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of *server*:
        GraphError: a function asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a function is marked with `Inject`, and is not under `@inject`.
    """
    from mcp.server.context import ServerRequestContext  # noqa: PLC0415 - loads the framework only with it
    from mcp.server.mcpserver import Context  # noqa: PLC0415 - as above

    hosting(container)  # which says what is no container
    told = tuple(handlers)
    if "call_tool" in vars(server):
        raise BindingError("this server has a container already: call setup(server, container) once for each")
    declare(container, (Context, ServerRequestContext), scope)

    def values(message: Any) -> Mapping[Any, Any]:
        return {ServerRequestContext: message, Context: _context(server, message)}

    async def scope_of_request(message: Any, call_next: Any) -> Any:
        if message.request_id is None:  # a notification, which nobody answers
            return await call_next(message)
        return await called(container, scope, values(message), lambda: call_next(message))

    middleware: list[Any] = server.middleware
    middleware.insert(_n_own(middleware), scope_of_request)
    for name in _SERVED:
        setattr(server, name, _noting(getattr(server, name)))
    below: Any = server._lowlevel_server  # noqa: SLF001 - all transports run it; the lifespan is not to be had otherwise
    below.lifespan = with_life(below.lifespan, container, lambda: [*_functions(server), *told])


def _n_own(middleware: list[Any]) -> int:
    """Return how many of *middleware* are the SDK's own, which come first: they make of a message what was sent."""
    owned = [type(each).__module__.startswith("mcp.") for each in middleware]
    return owned.index(False) if False in owned else len(owned)


def _context(server: Any, message: Any) -> Any:
    from mcp.server.mcpserver import Context  # noqa: PLC0415 - loads the framework only with it
    from mcp_types import InputResponseRequestParams  # noqa: PLC0415 - as above

    params = message.params or {}
    is_retry = "inputResponses" in params or "requestState" in params
    return Context(
        request_context=message,
        mcp_server=server,
        input_params=InputResponseRequestParams.model_validate(params) if is_retry else None,
        subscriptions=server._subscriptions,  # noqa: SLF001 - what the server's own contexts are made of
    )


def _noting(serve: Any) -> Any:
    """Return *serve*, which makes an error of its own of what a function raises, noting that."""

    async def noting(*args: Any, **kwargs: Any) -> Any:
        try:
            return await serve(*args, **kwargs)
        except BaseException as error:
            note(_original(error))
            raise

    return noting


def _original(error: BaseException) -> BaseException:
    """Return what a function raised: the SDK says in front of it what it was about."""
    while True:
        inner = error.__cause__ or error.__context__
        is_wrapped = inner is not None and (str(error).startswith(_WRAPPERS) or str(error) == str(inner))
        if inner is None or not is_wrapped:
            return error
        error = inner


def _functions(server: Any) -> Iterator[Any]:
    """Give the functions that *server* calls."""
    resources = server._resource_manager  # noqa: SLF001 - what the server itself lists shows no functions
    found = [*server._tool_manager.list_tools(), *server._prompt_manager.list_prompts()]  # noqa: SLF001 - as above
    for each in (*found, *resources.list_resources(), *resources.list_templates()):
        if hasattr(each, "fn"):
            yield each.fn
