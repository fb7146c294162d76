"""dioxide: a core in Rust; what is bound is said by decorators on the classes."""

from typing import Any

from dioxide import Container, Profile, Scope, service

from benchmarks.adapters.by_type import Bound, ByType

SCOPES = {"singletons": Scope.SINGLETON, "transient": Scope.FACTORY}


class Adapter(ByType):
    """Its scopes are asynchronous alone, and generators are not offered."""

    has_generators = False
    statement = "container.resolve(Key)"
    note = "its own locks"
    s5n = s5 = s6 = None

    def container(self, bound: Bound) -> Any:
        for kind, scope in SCOPES.items():
            for target in getattr(bound, kind):
                service(scope=scope)(target)
        container = Container()
        container.scan(profile=Profile.PRODUCTION)
        return container
