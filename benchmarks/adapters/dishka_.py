"""dishka."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from dishka import FromDishka, Provider, Scope, make_async_container, make_container
from dishka.integrations.base import wrap_injection

from benchmarks.adapters.by_type import ACALL, CALL, SERVED, Bound, ByType, afunction_of, endpoint_of, function_of
from benchmarks.case import Case


def mark(cls: Any) -> Any:
    return FromDishka[cls]


class Adapter(ByType):
    """Without locks where one thread or task asks, which its documents allow."""

    note = "no locks"
    locks_for_threads = True

    def container(self, bound: Bound) -> Any:
        provider = Provider()
        for target in bound.singletons:
            provider.provide(target, scope=Scope.APP)
        for target in bound.scoped:
            provider.provide(target, scope=Scope.REQUEST)
        for target in bound.transient:
            provider.provide(target, scope=Scope.APP, cache=False)
        if bound.is_async:
            return make_async_container(provider, lock_factory=asyncio.Lock if bound.threads > 1 else None)
        return make_container(provider, lock_factory=threading.Lock if bound.threads > 1 else None)

    def close(self, container: Any) -> None:
        container.close()

    def aclose(self, container: Any) -> Any:
        return container.close()

    def enter(self, container: Any) -> Any:
        return container()

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container() as scope:
                return scope.get(key)

        return request

    def arequest(self, container: Any, key: Any) -> Callable[[], Any]:
        async def request() -> Any:
            async with container() as scope:
                return await scope.get(key)

        return request

    def s7(self) -> Case:
        container = self.container(CALL)
        function = wrap_injection(func=function_of(mark), container_getter=lambda args, kwargs: container)
        return Case("function()", {"function": function}, container.close, self.note)

    def s8(self) -> Case:
        container = self.container(ACALL)
        function = wrap_injection(
            func=afunction_of(mark),
            container_getter=lambda args, kwargs: container,
            is_async=True,
            manage_scope=True,
        )
        return Case("await function()", {"function": function}, container.close, self.note)

    def s13(self) -> Case:
        from dishka.integrations.fastapi import inject, setup_dishka  # noqa: PLC0415  # needs FastAPI

        from benchmarks import web  # noqa: PLC0415  # same

        container = self.container(SERVED)
        app = web.application(inject(endpoint_of(mark)))
        setup_dishka(container, app)
        return web.case(app, container.close, self.note)
