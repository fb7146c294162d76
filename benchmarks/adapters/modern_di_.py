"""modern-di: synchronous alone; what is to be closed has a finalizer."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from modern_di import Container, Group, Scope, providers

from benchmarks import graphs as g
from benchmarks.adapters.by_type import Bound, ByType
from benchmarks.case import Case


def disconnect(connection: g.Connection) -> None:
    connection.is_open = False


def finish(transaction: g.Transaction) -> None:
    transaction.was_connected = transaction.connection.is_open


FINALIZED = {g.open_connection: (g.Connection, disconnect), g.open_transaction: (g.Transaction, finish)}


class Adapter(ByType):
    """Factories; generators are not offered, so a resource is a class and its finalizer."""

    has_generators = False
    statement = "container.resolve(Key)"
    note = "its own locks"
    s6 = None

    def container(self, bound: Bound) -> Any:
        made: dict[str, Any] = {}
        for target in bound.singletons:
            made[target.__name__] = providers.Factory(target, scope=Scope.APP, cache=True)
        for target in bound.scoped:
            cls, finalizer = FINALIZED.get(target, (target, None))
            cache = providers.CacheSettings(finalizer=finalizer) if finalizer else True
            made[cls.__name__] = providers.Factory(cls, scope=Scope.REQUEST, cache=cache)
        for target in bound.transient:
            made[target.__name__] = providers.Factory(target, scope=Scope.APP)
        container = Container(groups=[type("All", (Group,), made)])
        container.validate()
        return container

    def close(self, container: Any) -> None:
        container.close_sync()

    def enter(self, container: Any) -> Any:
        return container.build_child_container(scope=Scope.REQUEST)

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.build_child_container(scope=Scope.REQUEST) as scope:
                return scope.resolve(key)

        return request

    def s5(self) -> Case:
        return replace(super().s5(), note="finalizers instead of generators")
