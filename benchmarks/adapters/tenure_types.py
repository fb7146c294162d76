"""Tenure's type-driven face."""

from collections.abc import Callable
from typing import Annotated, Any

from benchmarks.adapters.by_type import ACALL, CALL, SERVED, Bound, ByType, afunction_of, endpoint_of, function_of
from benchmarks.case import Case
from benchmarks.starts import Start
from tenure import Container, Inject, inject


def mark(cls: Any) -> Any:
    return Annotated[cls, Inject()]


class Adapter(ByType):
    """Classes and functions bound as they are; every guarantee on."""

    def container(self, bound: Bound) -> Container:
        container = Container()
        lifetimes = (("singleton", bound.singletons), ("request", bound.scoped), ("transient", bound.transient))
        for lifetime, targets in lifetimes:
            for target in targets:
                container.bind(target, scope=lifetime)
        container.check()
        return container

    def close(self, container: Container) -> None:
        container.close()

    def aclose(self, container: Container) -> Any:
        return container.aclose()

    def enter(self, container: Any) -> Any:
        return container.resource_scope()

    def request(self, container: Container, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.resource_scope() as scope:
                return scope.get(key)

        return request

    def arequest(self, container: Container, key: Any) -> Callable[[], Any]:
        async def request() -> Any:
            async with container.resource_scope() as scope:
                return await scope.aget(key)

        return request

    def s7(self) -> Case:
        container = self.container(CALL)
        function = inject(function_of(mark), container=container)
        return Case("function()", {"function": function}, container.close)

    def s8(self) -> Case:
        container = self.container(Bound(transient=ACALL.scoped))
        function = inject(afunction_of(mark), container=container, scope="call")
        return Case("await function()", {"function": function}, container.aclose)

    def s13(self) -> Case:
        from benchmarks import web  # noqa: PLC0415  # needs FastAPI

        container = self.container(SERVED)
        endpoint = inject(endpoint_of(mark), container=container, scope="request")
        return web.case(web.application(endpoint), container.aclose)

    def aprepare(self, start: Start) -> Container:
        return self.container(Bound(singletons=start.opened))

    async def astart(self, container: Container) -> Container:
        return await container.__aenter__()

    async def avalue(self, container: Container, start: Start, number: int) -> Any:
        return await container.aget(start.classes[number])

    async def astop(self, container: Container) -> None:
        await container.__aexit__(None, None, None)
