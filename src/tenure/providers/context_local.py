"""`ContextLocalResource`: opened once for each context (`contextvars`), such as each asyncio task."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Never, Self, TypeVar, overload

from tenure import resources
from tenure.model.binding import TRANSIENT, Binding, Make
from tenure.providers.base import T_co
from tenure.providers.family import engine_of, family_of
from tenure.providers.resource import BaseResource, Resource
from tenure.providers.shutting import shut_down
from tenure.runtime.scope import Scope

T = TypeVar("T")
CONTEXT = "context"
"""Name of the scope that holds what one context has."""


class ContextLocalResource(BaseResource[T_co]):
    """
    Opens a resource once for each context, such as each asyncio task, and closes it.

    Each context's own belongs to a scope of its own inside the container; what it needs belongs to the container. A
    task sees what the task that started it had opened before.
    """

    __slots__ = ("_here", "_inner", "_opened")

    _here: ContextVar[Scope | None]
    _inner: Resource[T_co] | None
    _opened: list[Scope]

    if TYPE_CHECKING:

        @overload  # what may return anything, such as a function with overloads that returns what it is asked for
        def __new__(cls, provides: Callable[..., Never], *args: Any, **kwargs: Any) -> Any: ...
        @overload
        def __new__(
            cls, provides: Callable[..., resources.AsyncResource[T]], *args: Any, **kwargs: Any
        ) -> "_Awaited[T]": ...
        @overload
        def __new__(cls, provides: Callable[..., resources.Resource[T_co]], *args: Any, **kwargs: Any) -> Self: ...
        @overload
        def __new__(
            cls, provides: Callable[..., AbstractAsyncContextManager[T]], *args: Any, **kwargs: Any
        ) -> "_Awaited[T]": ...
        @overload
        def __new__(cls, provides: Callable[..., AbstractContextManager[T_co]], *args: Any, **kwargs: Any) -> Self: ...
        @overload
        def __new__(cls, provides: Callable[..., AsyncIterator[T]], *args: Any, **kwargs: Any) -> "_Awaited[T]": ...
        @overload
        def __new__(cls, provides: Callable[..., Iterator[T_co]], *args: Any, **kwargs: Any) -> Self: ...
        @overload
        def __new__(
            cls, provides: Callable[..., Coroutine[Any, Any, T]], *args: Any, **kwargs: Any
        ) -> "_Awaited[T]": ...
        @overload
        def __new__(
            cls, provides: type[T_co] | Callable[..., T_co] | str | None = None, *args: Any, **kwargs: Any
        ) -> Self: ...

        def __new__(cls, provides: Any = None, *args: Any, **kwargs: Any) -> Any:
            """Take an initializer of any kind: see `BaseResource`."""
            ...
    else:

        def __init__(self, provides=None, *args, **kwargs):
            self._here = ContextVar("tenure.context_local", default=None)
            self._inner = None
            self._opened = []
            super().__init__(provides, *args, **kwargs)

    @property
    def initialized(self) -> bool:
        """Whether it is open in this context."""
        here = self._here.get()
        inner = self._inner
        return here is not None and inner in here.exits and not here.exits[inner].done

    def shutdown(self) -> Awaitable[None]:
        """Close what this context has; where it has nothing, what all others have. See `BaseResource.shutdown`."""
        here = self._here.get()
        scopes = [here] if here is not None and here.exits else list(self._opened)
        return shut_down(engine_of(self), scopes, self.opened_keys, single=True)

    @property
    def opened_keys(self) -> list[Any]:
        """The keys of what it opens."""
        return [self._resource]

    @property
    def opens_by_itself(self) -> bool:
        """Whether starting it is more than starting its key."""
        return True

    @property
    def _resource(self) -> Resource[T_co]:
        if self._inner is None:
            inner: Resource[T_co] = Resource(self._provides, *self._args, **self._kwargs)
            inner._family = family_of(self)
            inner._name = self._name
            self._inner = inner
        return self._inner

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._here = ContextVar("tenure.context_local", default=None)
        copied._opened = []
        copied._inner = None
        super()._copy_into(copied, copy)

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        engine = family_of(self).engine
        inner = engine.graph.require(self._resource)
        if inner.make is Make.AWAIT or (inner.lifecycle is not None and inner.lifecycle.is_async):
            return Binding(self, Make.AWAIT, self._avalue, TRANSIENT, later=(self._resource,))
        return Binding(self, Make.CALL, self._value, TRANSIENT, later=(self._resource,))

    def _scope(self, engine: Any) -> Scope:
        """Return the scope of this context, made when first needed."""
        here = self._here.get()
        if here is None or here.parent is not engine.root:
            here = Scope.begun(engine, engine.root, CONTEXT)
            with engine.lock:
                engine.root.children[here] = None
            self._opened.append(here)
            self._here.set(here)
        return here

    def _value(self) -> Any:
        engine = engine_of(self)
        for below in engine.plans.facts(engine.graph.require(self._resource)).resources:
            engine.value(below.key, engine.root)
        return engine.value(self._resource, self._scope(engine))

    async def _avalue(self) -> Any:
        engine = engine_of(self)
        for below in engine.plans.facts(engine.graph.require(self._resource)).resources:
            await engine.avalue(below.key, engine.root)
        return await engine.avalue(self._resource, self._scope(engine))


if TYPE_CHECKING:

    class _Awaited(ContextLocalResource[T_co]):
        """How checkers see a `ContextLocalResource` whose initializer is asynchronous: a call gives an awaitable."""

        def __call__(self, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, T_co]:  # type: ignore[override]
            """Return an awaitable of the value."""
            ...

        def init(self) -> Coroutine[Any, Any, T_co]:  # type: ignore[override]
            """Open it unless it is open; return an awaitable of the value."""
            ...
