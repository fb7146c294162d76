"""Tenure's declarative face."""

from typing import Any

from benchmarks import graphs as g
from benchmarks.adapters.declared import AREQUEST, REQUEST, Declared
from benchmarks.case import Case
from tenure import containers, providers
from tenure.wiring import Closing, Provide, inject


class Adapter(Declared):
    """Providers asked directly; every guarantee on."""

    containers = containers
    providers = providers
    inject = staticmethod(inject)
    provide = Provide
    closing = Closing

    def checked(self, container: Any) -> Any:
        container.check()
        return container

    def s5(self) -> Case:
        container = self.container(REQUEST)

        def request() -> g.Handler:
            with container.resource_scope():
                return container.handler()

        return Case("request()", {"request": request}, container.shutdown_resources, NOT_SCOPED)

    def s6(self) -> Case:
        container = self.container(AREQUEST)

        async def request() -> Any:
            async with container.resource_scope():
                return await container.handler()

        return Case("await request()", {"request": request}, container.shutdown_resources, NOT_SCOPED)


NOT_SCOPED = "3 of the 5 objects are transient"
