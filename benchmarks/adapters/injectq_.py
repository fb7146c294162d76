"""injectq."""

from collections.abc import Callable
from typing import Any

from injectq import InjectQ, ScopeType, inject

from benchmarks import graphs as g
from benchmarks.adapters.by_type import CALL, Bound, ByType
from benchmarks.case import Case


class Adapter(ByType):
    """Without locks where one thread asks; scopes close nothing."""

    has_generators = False
    note = "no locks"
    locks_for_threads = True
    s5 = s6 = None

    def container(self, bound: Bound) -> Any:
        container = InjectQ(thread_safe=bound.threads > 1, use_async_scopes=False)
        for target in bound.singletons:
            container.bind(target, target, scope=ScopeType.SINGLETON)
        for target in bound.scoped:
            container.bind(target, target, scope=ScopeType.REQUEST)
        for target in bound.transient:
            container.bind(target, target, scope=ScopeType.TRANSIENT)
        container.compile()
        return container

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.scope("request"):
                return container.get(key)

        return request

    def s7(self) -> Case:
        def function(settings: g.Settings, leaf: g.Leaf) -> Any:
            return settings, leaf

        container = self.container(CALL)
        return Case("function()", {"function": inject(function, container=container)}, note=self.note)
