"""aioinject."""

from collections.abc import Callable
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import aioinject

from benchmarks.adapters.by_type import SERVED, YIELDED, Bound, ByType, endpoint_of, key_of
from benchmarks.case import Case


class Adapter(ByType):
    """The root of a container is a context of its own."""

    statement = "container.root.resolve(Key)"
    note = "its own locks"

    def container(self, bound: Bound) -> Any:
        container = aioinject.Container() if bound.is_async else aioinject.SyncContainer()
        kinds = (
            (bound.singletons, aioinject.Singleton),
            (bound.scoped, aioinject.Scoped),
            (bound.transient, aioinject.Transient),
        )
        for targets, kind in kinds:
            for target in targets:
                container.register(kind(self.factory(target, bound)))
        if not bound.is_async:
            container.__enter__()
        return container

    def got(self, bound: Bound, key: Any) -> Case:
        if not bound.transient:
            return super().got(bound, key)
        container = self.container(bound)  # it makes transient objects in a request alone
        context = container.context()
        names = {"container": context.__enter__(), "Key": key}

        def close() -> None:
            context.__exit__(None, None, None)
            self.close(container)

        return Case("container.resolve(Key)", names, close, "in a request that stays open")

    def factory(self, target: Any, bound: Bound) -> Any:
        """Return *target* as it takes it: generators decorated."""
        if target not in YIELDED:
            return target
        return (asynccontextmanager if bound.is_async else contextmanager)(target)

    def close(self, container: Any) -> None:
        container.__exit__(None, None, None)

    def getter(self, container: Any) -> Callable[[Any], Any]:
        resolve = getattr(container, "root", container).resolve
        return lambda target: resolve(key_of(target))

    def enter(self, container: Any) -> Any:
        return container.context()

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.context() as scope:
                return scope.resolve(key)

        return request

    def arequest(self, container: Any, key: Any) -> Callable[[], Any]:
        async def request() -> Any:
            async with container.context() as scope:
                return await scope.resolve(key)

        return request

    def s13(self) -> Case:
        from aioinject.ext.fastapi import AioInjectMiddleware, inject  # noqa: PLC0415  # needs FastAPI

        from benchmarks import web  # noqa: PLC0415  # same

        container = self.container(SERVED)
        app = web.application(inject(endpoint_of(mark)))
        app.add_middleware(AioInjectMiddleware, container=container)
        return web.case(app, lambda: container.__aexit__(None, None, None), self.note)


def mark(cls: Any) -> Any:
    return aioinject.Injected[cls]
