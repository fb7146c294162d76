"""injector."""

from typing import Any

from injector import Binder, Injector, NoScope, inject, singleton

from benchmarks import graphs as g
from benchmarks.adapters.by_type import CALL, Bound, ByType
from benchmarks.case import Case


class Adapter(ByType):
    """No request scopes of its own, and nothing is closed."""

    has_generators = False
    note = "its own locks"
    s5n = s5 = s6 = None

    def container(self, bound: Bound) -> Any:
        def configure(binder: Binder) -> None:
            for target in bound.singletons:
                binder.bind(target, to=inject(target) if takes(target) else target, scope=singleton)
            for target in bound.transient:
                binder.bind(target, to=inject(target) if takes(target) else target, scope=NoScope)

        return Injector(configure, auto_bind=False)

    def s7(self) -> Case:
        def function(settings: g.Settings, leaf: g.Leaf) -> Any:
            return settings, leaf

        container = self.container(CALL)
        names = {"container": container, "function": inject(function)}
        return Case("container.call_with_injection(function)", names, note=self.note)


def takes(target: Any) -> bool:
    """Return whether the constructor of *target* takes anything."""
    return "__init__" in vars(target)
