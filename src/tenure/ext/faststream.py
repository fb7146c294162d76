"""FastStream: a container that starts and stops with the application, a scope per message."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any

from tenure.container import Container
from tenure.errors import BindingError
from tenure.ext.faststream_messages import Around, keys_of, within
from tenure.hosting.life import Hosting, declare, hosting
from tenure.hosting.under_way import UnderWay
from tenure.injection import Inject, inject
from tenure.runner.around import inside

if TYPE_CHECKING:
    from faststream import FastStream
    from faststream.asgi import AsgiFastStream

__all__ = ["Inject", "inject", "setup"]


def setup(
    app: "FastStream | AsgiFastStream", container: Container, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let *app* run on *container*: call it when its brokers and their middlewares are there.

    It is started before the brokers, and closed behind the last message. Each message that a subscriber takes has a
    scope, around its handler and the publishers of that, in which `StreamMessage` is given, and the message class of
    the broker. Then the message is acknowledged, or not. What a handler raises is shown to the resources, also where
    an `ExceptionMiddleware` has an answer for it, save `AckMessage`, which says that all is well.

    Args:
        app: an application that has not started yet.
        container: left alone if somebody else has started it.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides those of the subscribers, to be checked at the
            start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *app* before; or it has no
            broker.
        ScopeError: it knows no scope of that name.

    Raises at the start of *app*:
        GraphError: a handler asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        BindingError: a handler is marked with `Inject`, and is not under `@inject`.
    """
    host, told, under_way = hosting(container), tuple(handlers), UnderWay()
    brokers = list(app.brokers)
    if not brokers:
        raise BindingError("this application has no broker yet: call setup(app, container) when it is there")
    if "__tenure_container__" in vars(app):
        raise BindingError("this application has a container already: call setup(app, container) once for each")
    for broker in brokers:
        keys = keys_of(broker)
        declare(container, keys, scope)
        broker.insert_middleware(Around(container, scope, keys, under_way))
        broker.add_middleware(within())
    vars(app)["__tenure_container__"] = container
    _live_with(app, container, host, under_way, lambda: [*_functions(brokers), *told])


def _functions(brokers: Iterable[Any]) -> Iterator[Any]:
    """Give the handlers of *brokers*, those of their routers included."""
    for broker in brokers:
        for subscriber in broker.subscribers:
            for call in subscriber.calls:
                yield call.handler._original_call  # noqa: SLF001 - the function itself is not to be had otherwise


@contextmanager
def _inside(container: Container) -> Iterator[None]:
    """Do as `inside`, also where start and stop run in contexts of their own, as in fixtures of some test runners."""
    around = inside(container)
    around.__enter__()
    try:
        yield
    finally:
        with suppress(ValueError):  # from resetting a variable of another context, which ends by itself
            around.__exit__(None, None, None)


def _live_with(
    app: Any, container: Container, host: Hosting, under_way: UnderWay, handlers: Callable[[], Iterable[Any]]
) -> None:
    """Put the life of the container around the lifespan of *app*, and around `start` and `stop` without one."""
    own_lifespan, own_start, own_stop = app.lifespan_context, app.start, app.stop
    n_starts = 0
    host.know(handlers)

    async def end(error: BaseException | None) -> None:
        await under_way.wait()
        await host.end(error)

    @asynccontextmanager
    async def lifespan(*args: Any, **options: Any) -> AsyncIterator[Any]:
        await host.begin(handlers())
        try:
            with _inside(container):
                async with own_lifespan(*args, **options) as given:
                    yield given
        except BaseException as error:
            await end(error)
            raise
        await end(None)

    async def start(**options: Any) -> None:
        nonlocal n_starts
        await host.begin(handlers())
        try:
            with inside(container):
                await own_start(**options)
        except BaseException as error:
            await end(error)
            raise
        n_starts += 1

    async def stop() -> None:
        nonlocal n_starts
        n_runs, n_starts = n_starts, 0
        try:
            with inside(container):
                await own_stop()
        finally:
            for _ in range(n_runs):
                await end(None)

    app.lifespan_context, app.start, app.stop = lifespan, start, stop
