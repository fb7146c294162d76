"""A scope around each message of a broker of FastStream, by two middlewares: one around all others, one within."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from importlib import import_module
from types import TracebackType
from typing import Annotated, Any, get_args, get_origin

from tenure.container import Container
from tenure.hosting.scoped import note, scoped
from tenure.hosting.under_way import UnderWay

_ANY_MESSAGE = "RedisMessage"
"""A class that stands for the message classes of Redis, and has no instances; FastStream gives them for it as well."""


def keys_of(broker: Any) -> tuple[Any, ...]:
    """Return what the messages of *broker* are asked for by: classes, and FastStream's annotations with them."""
    from faststream.message import StreamMessage  # noqa: PLC0415 - loads the framework only with it

    names = [each.__module__.split(".") for each in type(broker).__mro__]
    package = next(".".join(each[:2]) for each in names if each[0] == "faststream" and each[1] != "_internal")
    found: list[Any] = [StreamMessage]
    for annotation in vars(import_module(f"{package}.annotations")).values():
        if get_origin(annotation) is Annotated and _is_message(get_args(annotation)[0]):
            found += [annotation, get_args(annotation)[0]]
    return tuple(dict.fromkeys(found))


def _is_message(found: Any) -> bool:
    from faststream.message import StreamMessage  # noqa: PLC0415 - loads the framework only with it

    return isinstance(found, type) and issubclass(found, StreamMessage)


def _values(keys: tuple[Any, ...], message: Any) -> Mapping[Any, Any]:
    given: dict[Any, Any] = {}
    for key in keys:
        kind = get_args(key)[0] if get_origin(key) is Annotated else key
        if isinstance(message, kind) or kind.__name__ == _ANY_MESSAGE:
            given[key] = message
    return given


class Around:
    """
    Makes the middleware that opens the scope, and closes it when the answer was published.

    Args:
        container: where the values come from.
        scope: name of the scopes.
        keys: what a message is asked for by.
        under_way: counts the messages.
    """

    def __init__(self, container: Container, scope: str, keys: tuple[Any, ...], under_way: UnderWay) -> None:
        self._container = container
        self._scope = scope
        self._keys = keys
        self._under_way = under_way

    def __call__(self, message: Any, /, *, context: Any) -> Any:
        """Return the middleware of one message, which has not been parsed yet."""
        return _around_class()(message, context=context, scoped=self.scoped)

    @asynccontextmanager
    async def scoped(self, message: Any) -> AsyncIterator[None]:
        """Hold the scope of *message*, and count it."""
        with self._under_way:
            async with scoped(self._container, self._scope, _values(self._keys, message)):
                yield


@cache
def _around_class() -> Any:
    from faststream import BaseMiddleware  # noqa: PLC0415 - loads the framework only with it
    from faststream.exceptions import AckMessage  # noqa: PLC0415 - as above
    from faststream.message import SourceType  # noqa: PLC0415 - as above

    class ScopeMiddleware(BaseMiddleware[Any, Any]):
        """Opens the scope when the message is known; what is entered later is left before."""

        def __init__(self, message: Any, /, *, context: Any, scoped: Any) -> None:
            super().__init__(message, context=context)
            self._scoped = scoped
            self._scope: AbstractAsyncContextManager[None] | None = None

        async def consume_scope(self, call_next: Any, msg: Any) -> Any:
            if msg.source_type is not SourceType.RESPONSE:  # an answer to what a handler asks belongs to its scope
                scope = self._scoped(msg)
                await scope.__aenter__()
                self._scope = scope
            return await call_next(msg)

        async def __aexit__(
            self,
            exc_type: type[BaseException] | None = None,
            exc_val: BaseException | None = None,
            exc_tb: TracebackType | None = None,
        ) -> bool | None:
            if self._scope is None:
                return False
            scope, self._scope = self._scope, None
            if isinstance(exc_val, AckMessage):
                await scope.__aexit__(None, None, None)
                return False
            return await scope.__aexit__(exc_type, exc_val, exc_tb)

    return ScopeMiddleware


@cache
def within() -> Any:
    """Return the middleware next to the handlers, which notes what they raise before others have an answer for it."""
    from faststream import BaseMiddleware  # noqa: PLC0415 - loads the framework only with it
    from faststream.exceptions import AckMessage  # noqa: PLC0415 - as above

    class NotingMiddleware(BaseMiddleware[Any, Any]):
        """Notes an error."""

        async def consume_scope(self, call_next: Any, msg: Any) -> Any:
            try:
                return await call_next(msg)
            except AckMessage:
                raise
            except BaseException as error:
                note(error)
                raise

    return NotingMiddleware
