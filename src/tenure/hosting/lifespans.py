"""The life of a container around the lifespan of an application, where that is an asynchronous context manager."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

from tenure.container import Container
from tenure.hosting.life import hosting
from tenure.runner.around import inside

Lifespan: TypeAlias = Callable[[Any], AbstractAsyncContextManager[Any]]
"""A function of what runs: its context lasts as long."""


def with_life(own: Lifespan, container: Container, handlers: Callable[[], Iterable[Any]]) -> Lifespan:
    """
    Return *own* with the life of *container* around it.

    Args:
        own: the lifespan that the application has.
        container: started before *own*, shown the error that leaves it, closed behind it.
        handlers: gives, when it begins, the functions that are called; `Hosting.begin` looks at them.
    """
    host = hosting(container)
    host.know(handlers)

    @asynccontextmanager
    async def lifespan(running: Any) -> AsyncIterator[Any]:
        await host.begin(handlers())
        try:
            with inside(container):
                async with own(running) as state:
                    yield state
        except BaseException as error:
            await host.end(error)
            raise
        await host.end(None)

    return lifespan
