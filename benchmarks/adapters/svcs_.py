"""svcs: factories ask the container for what they need; what lives longer than a request is a value."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import svcs

from benchmarks import graphs as g
from benchmarks.adapters.by_type import YIELDED, Bound, ByType, key_of
from benchmarks.case import Case, NotOfferedError

NEEDS: dict[Any, Callable[..., Any]] = {
    g.Permissions: lambda svcs_container: g.Permissions(svcs_container.get(g.Identity)),
    g.Basket: lambda svcs_container: g.Basket(svcs_container.get(g.Identity)),
    g.Checkout: lambda svcs_container: g.Checkout(svcs_container.get(g.Basket), svcs_container.get(g.Permissions)),
    g.Page: lambda svcs_container: g.Page(svcs_container.get(g.Checkout), svcs_container.get(g.Identity)),
    g.Orders: lambda svcs_container: g.Orders(svcs_container.get(g.Transaction)),
    g.Users: lambda svcs_container: g.Users(svcs_container.get(g.Transaction)),
    g.Handler: lambda svcs_container: g.Handler(svcs_container.get(g.Orders), svcs_container.get(g.Users)),
}


def open_transaction(svcs_container: svcs.Container) -> Any:
    yield from g.open_transaction(svcs_container.get(g.Connection))


async def aopen_transaction(svcs_container: svcs.Container) -> Any:
    connection = await svcs_container.aget(g.Connection)
    transaction = g.Transaction(connection)
    try:
        yield transaction
    finally:
        transaction.was_connected = connection.is_open


async def aorders(svcs_container: svcs.Container) -> g.Orders:
    return g.Orders(await svcs_container.aget(g.Transaction))


async def ausers(svcs_container: svcs.Container) -> g.Users:
    return g.Users(await svcs_container.aget(g.Transaction))


async def ahandler(svcs_container: svcs.Container) -> g.Handler:
    return g.Handler(await svcs_container.aget(g.Orders), await svcs_container.aget(g.Users))


RESOURCES = {g.open_transaction: open_transaction, g.aopen_transaction: aopen_transaction}
ASYNC = {g.Orders: aorders, g.Users: ausers, g.Handler: ahandler}


class Adapter(ByType):
    """Factories written by hand, which are faster than its own wiring."""

    has_generators = False
    s2 = s3 = s4 = None  # it has no transient objects

    def container(self, bound: Bound) -> Any:
        if bound.transient:
            raise NotOfferedError("no transient objects")
        registry = svcs.Registry()
        for target in bound.singletons:
            registry.register_value(target, target())
        for target in bound.scoped:
            factory = ASYNC.get(target) if bound.is_async and target not in YIELDED else None
            factory = factory or NEEDS.get(target) or RESOURCES.get(target) or target
            registry.register_factory(key_of(target), factory)
        return svcs.Container(registry) if bound.singletons else registry

    def close(self, container: Any) -> None:
        container.close()

    def aclose(self, container: Any) -> Any:
        return container.aclose()

    def many(self, targets: Any, needs: Any) -> Any:
        raise NotOfferedError("what is a singleton is registered as a value")

    def enter(self, container: Any) -> Any:
        return svcs.Container(container)

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with svcs.Container(container) as scope:
                return scope.get(key)

        def in_order() -> Any:
            with svcs.Container(container) as scope:
                scope.get(g.Connection)
                return scope.get(key)

        return in_order if key is g.Handler else request

    def arequest(self, container: Any, key: Any) -> Callable[[], Any]:
        async def in_order() -> Any:
            async with svcs.Container(container) as scope:
                await scope.aget(g.Connection)
                return await scope.aget(key)

        return in_order

    def s5(self) -> Case:
        return replace(super().s5(), note=IN_ORDER)

    def s6(self) -> Case:
        return replace(super().s6(), note=IN_ORDER)


IN_ORDER = "the connection is asked for first: else it is closed too early"
