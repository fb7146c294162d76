"""anydi."""

from collections.abc import Callable
from typing import Any

import anydi

from benchmarks.adapters.by_type import CALL, Bound, ByType, function_of, key_of
from benchmarks.case import Case


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

    def s7(self) -> Case:
        container = self.container(CALL)
        function = container.inject(function_of(mark))
        return Case("function()", {"function": function}, container.close, self.note)
