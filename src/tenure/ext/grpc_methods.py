"""A scope around each call of a method of gRPC, whatever its arity and colour."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from tenure.hosting.under_way import UnderWay
from tenure.runtime.forwarding import forwarding, plain_forwarding


class Around:
    """
    Puts scopes around methods.

    Args:
        entered: called with the context of a call; returns its scope, to be entered.

    Attributes:
        functions: those that it has seen.
        has_services: whether there were any.
        under_way: the calls that run.
    """

    def __init__(self, entered: Callable[[Any], Any]) -> None:
        self._entered = entered
        self.functions: list[Any] = []
        self.has_services: bool = False
        self.under_way: UnderWay = UnderWay()

    def service(self, handler: Any) -> Any:
        """Return what stands for *handler*, a `GenericRpcHandler`."""
        self.has_services = True
        methods = getattr(handler, "_method_handlers", {})  # of what `method_handlers_generic_handler` makes
        self.functions += [_behavior(each) for each in methods.values()]
        return _service_class()(handler, self._scoped)

    def method(self, handler: Any) -> Any:
        """Return what stands for *handler*, a `RpcMethodHandler`."""
        self.has_services = True
        self.functions.append(_behavior(handler))
        return self._scoped(handler)

    def _scoped(self, handler: Any) -> Any:
        import grpc  # type: ignore[import-untyped]  # noqa: PLC0415 - loads the framework only with it; untyped

        make = getattr(grpc, f"{_arity(handler)}_rpc_method_handler")
        function = self._around(_behavior(handler), handler.response_streaming)
        return make(function, handler.request_deserializer, handler.response_serializer)

    def _around(self, function: Any, is_stream: bool) -> Any:
        """Return a function of the same kind, by which gRPC and interceptors tell what to do with it."""
        if isasyncgenfunction(function):
            return forwarding(self._behind_async(function))
        if iscoroutinefunction(function):
            return self._coroutine(function)
        return plain_forwarding(self._behind(function)) if is_stream else self._plain(function)

    def _behind_async(self, function: Any) -> Any:
        @asynccontextmanager
        async def behind(request: Any, context: Any) -> AsyncIterator[Any]:
            with self.under_way:
                async with self._entered(context) as scope:
                    yield function(request, context), scope.detach()

        return behind

    def _behind(self, function: Any) -> Any:
        @contextmanager
        def behind(request: Any, context: Any) -> Iterator[Any]:
            def items() -> Iterator[Any]:
                yield from function(request, context)

            with self.under_way, self._entered(context) as scope:
                yield items(), scope.detach()

        return behind

    def _coroutine(self, function: Any) -> Any:
        async def method(request: Any, context: Any) -> Any:
            with self.under_way:
                async with self._entered(context):
                    return await function(request, context)

        return method

    def _plain(self, function: Any) -> Any:
        def method(request: Any, context: Any) -> Any:
            with self.under_way, self._entered(context):
                return function(request, context)

        return method


def _arity(handler: Any) -> str:
    sides = (handler.request_streaming, handler.response_streaming)
    return "_".join("stream" if side else "unary" for side in sides)


def _behavior(handler: Any) -> Any:
    return getattr(handler, _arity(handler))


@cache
def _service_class() -> Any:
    import grpc  # noqa: PLC0415 - loads the framework only with it

    class Service(grpc.GenericRpcHandler):  # type: ignore[misc]  # has no types of its own
        """Gives the methods of another one, each with a scope."""

        def __init__(self, handler: Any, scoped: Callable[[Any], Any]) -> None:
            self._handler = handler
            self._scoped = scoped

        def service(self, handler_call_details: Any) -> Any:
            found = self._handler.service(handler_call_details)
            return None if found is None else self._scoped(found)

    return Service
