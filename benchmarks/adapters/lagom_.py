"""lagom."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ContextManager  # noqa: UP035  # its keys are made of this one

from lagom import Container, ContextContainer, Singleton

from benchmarks import graphs as g
from benchmarks.adapters.by_type import CALL, YIELDED, Bound, ByType, key_of
from benchmarks.case import Case


def connection() -> Any:
    return contextmanager(g.open_connection)()


def transaction(container: Any) -> Any:
    return contextmanager(g.open_transaction)(container[g.Connection])


OPENED = {g.open_connection: connection, g.open_transaction: transaction}


class Adapter(ByType):
    """Its containers of a request are clones that keep what they made."""

    has_generators = False
    statement = "container[Key]"
    note = "its own locks"
    s5n = None  # what its temporary singletons need is not shared
    s6 = None  # it has no asynchronous resources

    def container(self, bound: Bound) -> Any:
        container = Container()
        for target in bound.singletons:
            container[target] = Singleton(target)
        for target in bound.transient:
            container[target] = target
        for target in bound.scoped:
            if target in YIELDED:
                container[ContextManager[key_of(target)]] = OPENED[target]
        opened = [key_of(target) for target in bound.scoped if target in YIELDED]
        return ContextContainer(container, context_types=[], context_singletons=opened) if opened else container

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container as scope:
                return scope[key]

        return request

    def s5(self) -> Case:
        return replace(super().s5(), note="3 of the 5 objects are transient")

    def s7(self) -> Case:
        def function(settings: g.Settings, leaf: g.Leaf) -> Any:
            return settings, leaf

        container = self.container(CALL)
        return Case("function()", {"function": container.magic_partial(function)}, note=self.note)
