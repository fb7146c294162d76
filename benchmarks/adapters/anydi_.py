"""anydi."""

from collections.abc import Callable
from typing import Any

import anydi

from benchmarks import graphs as g
from benchmarks.adapters.by_type import CALL, SERVED, Bound, ByType, endpoint_of, function_of, key_of
from benchmarks.case import Case
from benchmarks.starts import Start


def mark(cls: Any) -> Any:
    return anydi.Provide[cls]


class Adapter(ByType):
    """Request contexts are current, not passed."""

    statement = "container.resolve(Key)"
    note = "its own locks"

    def container(self, bound: Bound) -> Any:
        container = anydi.Container()
        lifetimes = (("singleton", bound.singletons), ("request", bound.scoped), ("transient", bound.transient))
        for lifetime, targets in lifetimes:
            for target in targets:
                container.register(key_of(target), target, scope=lifetime)
        container.build()
        return container

    def close(self, container: Any) -> None:
        container.close()

    def aclose(self, container: Any) -> Any:
        return container.aclose()

    def enter(self, container: Any) -> Any:
        return container.request_context()

    def opened(self, container: Any) -> Any:
        manager = self.enter(container)
        manager.__enter__()
        return manager, container.resolve(g.Page)

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.request_context():
                return container.resolve(key)

        return request

    def arequest(self, container: Any, key: Any) -> Callable[[], Any]:
        async def request() -> Any:
            async with container.arequest_context():
                return await container.aresolve(key)

        return request

    def aprepare(self, start: Start) -> Any:
        container = anydi.Container()
        for target, cls in zip(start.opened, start.classes, strict=True):
            container.register(cls, target, scope="singleton")
        container.build()
        return container

    async def astart(self, container: Any) -> Any:
        await container.astart()
        return container

    async def avalue(self, container: Any, start: Start, number: int) -> Any:
        return await container.aresolve(start.classes[number])

    def astop(self, container: Any) -> Any:
        return container.aclose()

    def s7(self) -> Case:
        container = self.container(CALL)
        function = container.inject(function_of(mark))
        return Case("function()", {"function": function}, container.close, self.note)

    def s13(self) -> Case:
        from anydi.ext.fastapi import RequestScopedMiddleware, install  # noqa: PLC0415  # needs FastAPI

        from benchmarks import web  # noqa: PLC0415  # same

        container = self.container(SERVED)
        app = web.application(endpoint_of(mark))
        app.add_middleware(RequestScopedMiddleware, container=container)
        install(app, container)
        return web.case(app, container.aclose, self.note)
