"""that-depends: a class of providers."""

from collections.abc import Callable, Sequence
from typing import Any

from that_depends import BaseContainer, Provide, container_context, inject, providers

from benchmarks import graphs as g
from benchmarks.adapters.by_type import YIELDED
from benchmarks.adapters.declared import AREQUEST, DEEP, REQUEST, RESOURCES, WIDE
from benchmarks.case import Case
from benchmarks.starts import Start

SINGLETON = {g.Settings: providers.Singleton, g.Clock: providers.Singleton}
IN_ORDER = "a context per resource: one context closes them in any order; 3 of the 5 objects are transient"


def context_resource(target: Any) -> Any:
    """Return the kind of a resource of a request, None for anything else."""
    return providers.ContextResource if target in RESOURCES else None


def nodes(kind: Any, plan: dict[Any, tuple[Any, ...]], more: Any = lambda target: None) -> dict[Any, Any]:
    """Return a provider for each target of *plan*, of *kind*, save what *more* says of another kind."""
    made: dict[Any, Any] = {}
    for target, needs in plan.items():
        made[target] = (more(target) or kind)(target, *[made[need].cast for need in needs])
    return made


def contained(made: dict[Any, Any]) -> Any:
    """Return a new container class with the providers *made*."""
    return type("All", (BaseContainer,), {"alias": f"container {id(made)}"} | {t.__name__: p for t, p in made.items()})


class Adapter:
    """Providers asked directly."""

    def many(self, targets: Sequence[Any], needs: Sequence[Sequence[int]]) -> Any:
        kind = providers.Resource if targets[0] in YIELDED else providers.Singleton
        made: dict[Any, Any] = {}
        for target, numbers in zip(targets, needs, strict=True):
            made[target] = kind(target, *[made[targets[number]].cast for number in numbers])
        return contained(made)

    def getter(self, container: Any) -> Callable[[Any], Any]:
        return lambda target: getattr(container, target.__name__).resolve_sync()

    def close(self, container: Any) -> None:
        container.tear_down_sync()

    def aprepare(self, start: Start) -> Any:
        made: list[Any] = []
        for target, numbers in zip(start.opened, start.needs, strict=True):
            made.append(providers.Resource(target, *[made[number].cast for number in numbers]))
        return contained(dict(zip(start.opened, made, strict=True)))

    async def astart(self, container: Any) -> Any:
        await container.init_resources()
        return container

    async def avalue(self, container: Any, start: Start, number: int) -> Any:
        return await getattr(container, start.opened[number].__name__).resolve()

    async def astop(self, container: Any) -> None:
        await container.tear_down()

    def s1(self) -> Case:
        made = nodes(providers.Singleton, {g.Settings: ()})
        contained(made)
        return Case("settings.resolve_sync()", {"settings": made[g.Settings]})

    def s2(self) -> Case:
        made = nodes(providers.Factory, {g.Leaf: ()})
        contained(made)
        return Case("leaf.resolve_sync()", {"leaf": made[g.Leaf]})

    def s3(self) -> Case:
        made = nodes(providers.Factory, DEEP, SINGLETON.get)
        contained(made)
        return Case("api.resolve_sync()", {"api": made[g.Api]})

    def s4(self) -> Case:
        made = nodes(providers.Factory, WIDE)
        contained(made)
        return Case("wide.resolve_sync()", {"wide": made[g.Wide]})

    def s5(self) -> Case:
        def request() -> Any:
            with container_context(connection), container_context(transaction):
                return handler.resolve_sync()

        made = nodes(providers.Factory, REQUEST, context_resource)
        contained(made)
        connection, transaction, handler = made[g.open_connection], made[g.open_transaction], made[g.Handler]
        return Case("request()", {"request": request}, note=IN_ORDER)

    def s6(self) -> Case:
        async def request() -> Any:
            async with container_context(connection), container_context(transaction):
                return await handler.resolve()

        made = nodes(providers.Factory, AREQUEST, context_resource)
        contained(made)
        connection, transaction, handler = made[g.aopen_connection], made[g.aopen_transaction], made[g.Handler]
        return Case("await request()", {"request": request}, note=IN_ORDER)

    def s7(self) -> Case:
        made = nodes(providers.Factory, {g.Settings: (), g.Leaf: ()}, SINGLETON.get)
        container = contained(made)

        @inject
        def function(settings: g.Settings = Provide[container.Settings], leaf: g.Leaf = Provide[container.Leaf]) -> Any:
            return settings, leaf

        return Case("function()", {"function": function})

    def s8(self) -> Case:
        made = nodes(providers.ContextResource, {g.aopen_connection: ()})
        container = contained(made)

        @container_context(container)
        @inject
        async def function(connection: g.Connection = Provide[container.aopen_connection]) -> Any:
            return connection, connection.is_open

        return Case("await function()", {"function": function})
