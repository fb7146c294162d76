"""What the adapters of the two libraries whose providers name each other have in common; they have the same names."""

import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Annotated, Any

from benchmarks import graphs as g
from benchmarks.adapters.by_type import YIELDED
from benchmarks.case import Case
from benchmarks.starts import Start

Plan = dict[Any, tuple[Any, ...]]
"""A target, then the targets that are its arguments, in their order; dependencies come first."""

DEEP: Plan = {
    g.Settings: (),
    g.Clock: (),
    g.Driver: (g.Settings, g.Clock),
    g.Session: (g.Driver, g.Settings),
    g.Codec: (),
    g.Repository: (g.Session, g.Codec),
    g.Mailer: (g.Settings,),
    g.Service: (g.Repository, g.Mailer),
    g.Signer: (g.Clock,),
    g.Audit: (g.Signer, g.Clock),
    g.Api: (g.Service, g.Audit),
}
WIDE: Plan = {**dict.fromkeys(g.PARTS, ()), g.Wide: g.PARTS}
REQUEST: Plan = {
    g.open_connection: (),
    g.open_transaction: (g.open_connection,),
    g.Orders: (g.open_transaction,),
    g.Users: (g.open_transaction,),
    g.Handler: (g.Orders, g.Users),
}
AREQUEST: Plan = {
    g.aopen_connection: (),
    g.aopen_transaction: (g.aopen_connection,),
    g.Orders: (g.aopen_transaction,),
    g.Users: (g.aopen_transaction,),
    g.Handler: (g.Orders, g.Users),
}
SERVED: Plan = {
    g.aopen_connection: (),
    g.Ledger: (g.aopen_connection,),
    g.Accounts: (g.Ledger,),
    g.Billing: (g.Accounts,),
}
SINGLETONS = (g.Settings, g.Clock)
RESOURCES = (g.open_connection, g.open_transaction, g.aopen_connection, g.aopen_transaction)


def attribute(target: Any) -> str:
    """Return the name that the provider of *target* has in a container."""
    return target.__name__.lower()


class Declared:
    """Containers of providers; a subclass says where `containers`, `providers` and the parts of `wiring` come from."""

    containers: Any
    providers: Any
    inject: Callable[[Any], Any]
    provide: Any
    closing: Any

    def container(self, plan: Plan) -> Any:
        """Return a container that holds a provider for each target of *plan*, by its name."""
        made: dict[Any, Any] = {}
        for target, needs in plan.items():
            kind = self.providers.Factory
            if target in SINGLETONS:
                kind = self.providers.Singleton
            elif target in RESOURCES:
                kind = self.providers.Resource
            made[target] = kind(target, *[made[need] for need in needs])
        body = {attribute(target): provider for target, provider in made.items()}
        return type("All", (self.containers.DeclarativeContainer,), body)()

    def many(self, targets: Sequence[Any], needs: Sequence[Sequence[int]]) -> Any:
        """Return a container with a singleton, or a resource, for each of *targets*, and what each needs."""
        kind = self.providers.Resource if targets[0] in YIELDED else self.providers.Singleton
        made: list[Any] = []
        for target, numbers in zip(targets, needs, strict=True):
            made.append(kind(target, *[made[number] for number in numbers]))
        body = {attribute(target): provider for target, provider in zip(targets, made, strict=True)}
        return self.checked(type("Many", (self.containers.DeclarativeContainer,), body)())

    def checked(self, container: Any) -> Any:
        """Return *container*, checked if the library can."""
        return container

    def getter(self, container: Any) -> Callable[[Any], Any]:
        """Return the function that gets the value of a target."""
        return lambda target: getattr(container, attribute(target))()

    def close(self, container: Any) -> None:
        """Close what *container* opened."""
        container.shutdown_resources()

    def aprepare(self, start: Start) -> Any:
        """Return a container that holds the resources of *start*."""
        made: list[Any] = []
        for target, numbers in zip(start.opened, start.needs, strict=True):
            made.append(self.providers.Resource(target, *[made[number] for number in numbers]))
        body = {attribute(target): provider for target, provider in zip(start.opened, made, strict=True)}
        return type("Start", (self.containers.DeclarativeContainer,), body)()

    async def astart(self, container: Any) -> Any:
        """Open them all."""
        await container.init_resources()
        return container

    async def avalue(self, container: Any, start: Start, number: int) -> Any:
        """Return the value of one of them."""
        return await getattr(container, attribute(start.opened[number]))()

    async def astop(self, container: Any) -> None:
        """Close them all."""
        await container.shutdown_resources()

    def called(self, plan: Plan, target: Any) -> Case:
        """Return the case of calling the provider of *target*."""
        container = self.container(plan)
        return Case("provider()", {"provider": getattr(container, attribute(target)), "container": container})

    def s1(self) -> Case:
        return self.called({g.Settings: ()}, g.Settings)

    def s2(self) -> Case:
        return self.called({g.Leaf: ()}, g.Leaf)

    def s3(self) -> Case:
        return self.called(DEEP, g.Api)

    def s4(self) -> Case:
        return self.called(WIDE, g.Wide)

    def s7(self) -> Case:
        container = self.container({g.Settings: (), g.Leaf: ()})
        provide = self.provide

        @self.inject
        def function(settings: Any = provide["settings"], leaf: Any = provide["leaf"]) -> Any:
            return settings, leaf

        wired = self.wired(container, function)
        return Case("function()", {"function": wired.function, "container": container}, container.unwire)

    def s8(self) -> Case:
        container = self.container({g.aopen_connection: ()})
        closing, provide = self.closing, self.provide

        @self.inject
        async def function(connection: Any = closing[provide["aopen_connection"]]) -> Any:
            return connection, connection.is_open

        wired = self.wired(container, function)
        return Case("await function()", {"function": wired.function, "container": container}, container.unwire)

    def s13(self) -> Case:
        from fastapi import Depends  # noqa: PLC0415  # needs FastAPI

        from benchmarks import web  # noqa: PLC0415  # same

        container = self.container(SERVED)
        closing, provide = self.closing, self.provide

        @self.inject
        async def endpoint(billing: Annotated[Any, Depends(closing[provide["billing"]])]) -> Any:
            return web.answer(billing)

        wired = self.wired(container, endpoint)
        return web.case(web.application(wired.function), container.unwire)

    def d_pair(self) -> Case:
        container = self.container({})
        leaf = self.providers.Factory(g.Leaf)
        pair = self.providers.Factory(g.Pair, leaf, leaf)
        return Case("provider()", {"provider": pair, "container": container})

    def d_resource(self) -> Case:
        connection = self.providers.Resource(g.open_connection)
        reader = self.providers.Factory(g.Reader, connection)
        desk = self.providers.Factory(g.Desk, reader, reader)
        connection.init()
        return Case("provider()", {"provider": desk}, connection.shutdown)

    def d_await(self) -> Case:
        connection = self.providers.Resource(g.aopen_connection)
        reader = self.providers.Factory(g.Reader, connection)
        return Case("await provider()", {"provider": reader}, connection.shutdown)

    def wired(self, container: Any, function: Any) -> Any:
        """Return a module that holds *function*, wired to *container*."""
        module = self.module()
        function.__module__ = module.__name__
        module.function = function
        container.wire(modules=[module])
        return module

    def module(self) -> Any:
        """Return a new module that is known to the interpreter."""
        module = ModuleType(f"benchmarks_wired_{id(self)}")
        sys.modules[module.__name__] = module
        return module
