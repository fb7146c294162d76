"""punq."""

from typing import Any

import punq

from benchmarks.adapters.by_type import Bound, ByType


class Adapter(ByType):
    """No request scopes, and nothing is closed."""

    has_generators = False
    statement = "container.resolve(Key)"
    note = "no locks"
    s5n = s5 = s6 = None

    def container(self, bound: Bound) -> Any:
        container = punq.Container()
        for target in bound.singletons:
            container.register(target, scope=punq.Scope.singleton)
        for target in bound.transient:
            container.register(target)
        return container
