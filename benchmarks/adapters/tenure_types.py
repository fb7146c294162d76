"""Tenure's type-driven face."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

from benchmarks import graphs as g
from benchmarks.case import Case
from tenure import Container, Inject, inject

SINGLETONS = (g.Settings, g.Clock)


def container_of(
    singletons: Iterable[Any] = (), scoped: Iterable[Any] = (), transient: Iterable[Any] = ()
) -> Container:
    """Return a container that was checked, with these bound."""
    container = Container()
    for lifetime, targets in (("singleton", singletons), ("request", scoped), ("transient", transient)):
        for target in targets:
            container.bind(target, scope=lifetime)
    container.check()
    return container


def function(settings: Annotated[g.Settings, Inject()], leaf: Annotated[g.Leaf, Inject()]) -> tuple[g.Settings, g.Leaf]:
    return settings, leaf


async def afunction(connection: Annotated[g.Connection, Inject()]) -> tuple[g.Connection, bool]:
    return connection, connection.is_open


def request_of(container: Container, key: Any) -> Callable[[], Any]:
    """Return a function that gets *key* in a request scope of its own."""

    def request() -> Any:
        with container.resource_scope() as scope:
            return scope.get(key)

    return request


def arequest_of(container: Container, key: Any) -> Callable[[], Any]:
    """Return a coroutine function that gets *key* in a request scope of its own."""

    async def request() -> Any:
        async with container.resource_scope() as scope:
            return await scope.aget(key)

    return request


class Adapter:
    """Classes and functions bound as they are."""

    def s1(self) -> Case:
        container = container_of(SINGLETONS)
        return Case("container.get(Settings)", {"container": container, "Settings": g.Settings}, container.close)

    def s2(self) -> Case:
        container = container_of(transient=[g.Leaf])
        return Case("container.get(Leaf)", {"container": container, "Leaf": g.Leaf}, container.close)

    def s3(self) -> Case:
        container = container_of(SINGLETONS, transient=g.DEEP)
        return Case("container.get(Api)", {"container": container, "Api": g.Api}, container.close)

    def s4(self) -> Case:
        container = container_of(transient=[*g.PARTS, g.Wide])
        return Case("container.get(Wide)", {"container": container, "Wide": g.Wide}, container.close)

    def s5n(self) -> Case:
        container = container_of(scoped=g.REQUEST)
        return Case("request()", {"request": request_of(container, g.Page)}, container.close)

    def s5(self) -> Case:
        container = container_of(scoped=[g.open_connection, g.open_transaction, g.Orders, g.Users, g.Handler])
        return Case("request()", {"request": request_of(container, g.Handler)}, container.close)

    def s6(self) -> Case:
        container = container_of(scoped=[g.aopen_connection, g.aopen_transaction, g.Orders, g.Users, g.Handler])
        return Case("await request()", {"request": arequest_of(container, g.Handler)}, container.aclose)

    def s7(self) -> Case:
        container = container_of(SINGLETONS, transient=[g.Leaf])
        return Case("function()", {"function": inject(function, container=container)}, container.close)

    def s8(self) -> Case:
        container = container_of(transient=[g.aopen_connection])
        return Case(
            "await function()", {"function": inject(afunction, container=container, scope="call")}, container.aclose
        )
