"""diwire, without its locks: its fast numbers are these."""

from collections.abc import Callable
from typing import Any, Literal

from diwire import (
    Container,
    DependencyRegistrationPolicy,
    Injected,
    Lifetime,
    LockMode,
    MissingPolicy,
    Scope,
    resolver_context,
)

from benchmarks.adapters.by_type import (
    ACALL,
    CALL,
    SERVED,
    YIELDED,
    Bound,
    ByType,
    afunction_of,
    endpoint_of,
    function_of,
    key_of,
)
from benchmarks.case import Case


def mark(cls: Any) -> Any:
    return Injected[cls]


class Adapter(ByType):
    """Strict mode, in which it compiles most."""

    statement = "container.resolve(Key)"
    note = "no locks"
    locks: LockMode | Literal["auto"] = LockMode.NONE

    def container(self, bound: Bound) -> Any:
        container = Container(
            lock_mode=self.locks,
            missing_policy=MissingPolicy.ERROR,
            dependency_registration_policy=DependencyRegistrationPolicy.IGNORE,
            use_resolver_context=False,
        )
        self.fill(container, bound)
        return container

    def fill(self, container: Any, bound: Bound) -> None:
        """Register what *bound* says and compile."""
        kinds = (
            (bound.singletons, Lifetime.SCOPED, Scope.APP),
            (bound.scoped, Lifetime.SCOPED, Scope.REQUEST),
            (bound.transient, Lifetime.TRANSIENT, Scope.APP),
        )
        for targets, lifetime, scope in kinds:
            for target in targets:
                add = container.add_generator if target in YIELDED else container.add
                add(target, provides=key_of(target), lifetime=lifetime, scope=scope)
        container.compile()

    def close(self, container: Any) -> None:
        container.close()

    def aclose(self, container: Any) -> Any:
        return container.aclose()

    def enter(self, container: Any) -> Any:
        return container.enter_scope(Scope.REQUEST)

    def request(self, container: Any, key: Any) -> Callable[[], Any]:
        def request() -> Any:
            with container.enter_scope(Scope.REQUEST) as scope:
                return scope.resolve(key)

        return request

    def arequest(self, container: Any, key: Any) -> Callable[[], Any]:
        async def request() -> Any:
            async with container.enter_scope(Scope.REQUEST) as scope:
                return await scope.aresolve(key)

        return request

    def current(self, bound: Bound) -> Any:
        """Return a container that serves injected functions."""
        container = Container(
            lock_mode=self.locks,
            missing_policy=MissingPolicy.ERROR,
            dependency_registration_policy=DependencyRegistrationPolicy.IGNORE,
        )
        self.fill(container, bound)
        return container

    def s7(self) -> Case:
        container = self.current(CALL)
        function = resolver_context.inject(function_of(mark))
        return Case("function()", {"function": function}, container.close, self.note)

    def s8(self) -> Case:
        container = self.current(ACALL)
        function = resolver_context.inject(afunction_of(mark), scope=Scope.REQUEST)
        return Case("await function()", {"function": function}, container.aclose, self.note)

    def s13(self) -> Case:
        from benchmarks import web  # noqa: PLC0415  # needs FastAPI

        container = self.current(SERVED)
        endpoint = resolver_context.inject(endpoint_of(mark), scope=Scope.REQUEST)
        return web.case(web.application(endpoint), container.aclose, self.note)
