"""wireup."""

from collections.abc import Callable
from typing import Any

import wireup

from benchmarks.adapters.by_type import ACALL, CALL, SERVED, Bound, ByType, afunction_of, endpoint_of, function_of
from benchmarks.case import Case


def mark(cls: Any) -> Any:
    return wireup.Injected[cls]


class Adapter(ByType):
    """Request scopes without locks, as it has them by default; singletons are locked."""

    scope_note = "scopes without locks"

    def container(self, bound: Bound) -> Any:
        lifetimes = (("singleton", bound.singletons), ("scoped", bound.scoped), ("transient", bound.transient))
        injectables = [
            wireup.injectable(lifetime=lifetime)(target) for lifetime, targets in lifetimes for target in targets
        ]
        make = wireup.create_async_container if bound.is_async else wireup.create_sync_container
        return make(injectables=injectables, concurrent_scoped_access=False)

    def got(self, bound: Bound, key: Any) -> Case:
        if not bound.transient:
            return super().got(bound, key)
        container = self.container(bound)  # it makes transient objects in a scope alone
        scope = container.enter_scope()
        entered = scope.__enter__()

        def close() -> None:
            scope.__exit__(None, None, None)
            container.close()

        return Case("container.get(Key)", {"container": entered, "Key": key}, close, "in a scope that stays open")

    def close(self, container: Any) -> None:
        container.close()

    def aclose(self, container: Any) -> Any:
        return container.close()

    def enter(self, container: Any) -> Any:
        return container.enter_scope()

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.enter_scope() as scope:
                return scope.get(key)

        return request

    def arequest(self, container: Any, key: Any) -> Callable[[], Any]:
        async def request() -> Any:
            async with container.enter_scope() as scope:
                return await scope.get(key)

        return request

    def s7(self) -> Case:
        container = self.container(CALL)
        function = wireup.inject_from_container(container)(function_of(mark))
        return Case("function()", {"function": function}, container.close, self.note)

    def s8(self) -> Case:
        container = self.container(ACALL)
        function = wireup.inject_from_container(container)(afunction_of(mark))
        return Case("await function()", {"function": function}, container.close, self.scope_note)

    def s13(self) -> Case:
        from benchmarks import web  # noqa: PLC0415  # needs FastAPI

        container = self.container(SERVED)
        endpoint = wireup.inject_from_container(container, hide_annotated_names=True)(endpoint_of(mark))
        return web.case(web.application(endpoint), container.close, self.scope_note)
