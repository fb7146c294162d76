"""rodi: scopes without cleanup."""

from collections.abc import Callable
from typing import Any

from rodi import Container, inject

from benchmarks import graphs as g
from benchmarks.adapters.by_type import CALL, Bound, ByType
from benchmarks.case import Case


class Adapter(ByType):
    """It closes nothing."""

    has_generators = False
    note = "no locks"
    s5 = s6 = None

    def container(self, bound: Bound) -> Any:
        container = Container()
        for target in bound.singletons:
            container.add_singleton(target)
        for target in bound.scoped:
            container.add_scoped(target)
        for target in bound.transient:
            container.add_transient(target)
        return container.build_provider()

    def enter(self, container: Any) -> Any:
        return container.create_scope()

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.create_scope() as scope:
                return scope.get(key)

        return request

    def s7(self) -> Case:
        @inject()
        def function(settings: g.Settings, leaf: g.Leaf) -> Any:
            return settings, leaf

        container = self.container(CALL)
        return Case("function()", {"function": container.get_executor(function)}, note=self.note)
