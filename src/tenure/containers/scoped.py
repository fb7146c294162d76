"""What a declarative container shares with the type-driven face: scopes, checks, events, getting by name or type."""

from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Any, Self

from tenure.containers import lookup, starting
from tenure.errors import BindingError, Finding
from tenure.event import Observer
from tenure.model.bounds import check_count
from tenure.model.check import findings_of, refuse_fatal
from tenure.providers.resource import BaseResource
from tenure.resource_scope import ResourceScope
from tenure.runtime.entering import prepared
from tenure.runtime.scope import current_of
from tenure.runtime.snapshot import Snapshot, open_exits, snapshot


class Scoped:
    """Scopes, checks and events of a container; a key is a provider, its name, or the class of what it makes."""

    __tenure_engine__: Any

    def __tenure_find__(self, key: Any) -> Any:
        """Return the provider that *key* stands for; see `get`."""
        return lookup.provider_of(self, key)

    def get(self, key: Any) -> Any:
        """
        Return the value of *key* as seen from the current scope.

        Args:
            key: a provider of the container, its name (dotted for one in a container inside), or the class of what a
                provider makes.

        Raises:
            NoSuchProviderError: there is no such provider.
            AsyncInSyncError: something has to be awaited; nothing was touched. Use `aget`.
        """
        engine = self.__tenure_engine__
        return engine.value(lookup.provider_of(self, key), current_of(engine))

    async def aget(self, key: Any) -> Any:
        """Return the value of *key* as seen from the current scope, open; see `get`."""
        engine = self.__tenure_engine__
        return await engine.avalue(lookup.provider_of(self, key), current_of(engine))

    def get_all_resources(self) -> dict[Any, Any]:
        """Return every open resource that the current scope sees, by class, or by provider where two are of a class."""
        found: dict[Any, Any] = {}
        for exit_ in open_exits(current_of(self.__tenure_engine__)):
            cls = type(exit_.value)
            found[exit_.binding.key if cls in found and found[cls] is not exit_.value else cls] = exit_.value
        return found

    # `with` and `async with`: open everything, close everything

    def __enter__(self) -> Self:
        """
        Open every resource.

        Raises:
            AsyncInSyncError: one of them is asynchronous; nothing was opened. Use `async with`.
            BaseException: the first failure; what was opened is closed again.
        """
        starting.init_resources_sync(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every open resource, showing it *error*."""
        starting.shutdown_resources_sync(self, error)

    async def __aenter__(self) -> Self:
        """Open every resource, independent ones at the same time."""
        await starting.init_resources(self, BaseResource)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every open resource, showing it *error*."""
        await starting.shutdown_resources(self, BaseResource, error)

    def resource_scope(
        self, name: str | None = None, *, values: Mapping[Any, Any] | None = None, max_parallel: int | None = None
    ) -> ResourceScope:
        """
        Return a scope to enter once, with `with` or `async with`: resources first needed inside it are closed with it.

        Args:
            name: "request" or "call"; None: "request" where none is open around it, else an anonymous scope.
            values: what is given to the scope, by key; never closed.
            max_parallel: how many resources the scope opens (`scope.start`) or closes at the same time; None: any
                number.

        Raises:
            BindingError: *max_parallel* is less than 1.
        """
        check_count("max_parallel", max_parallel)
        scope = prepared(_KeyedScope(), self.__tenure_engine__, name)
        scope.provider_of = partial(lookup.provider_of, self)
        scope.max_parallel = max_parallel
        if values:
            scope.give(values, _takes_no_values)
        return scope

    def include(self, other: Any) -> None:
        """
        Become part of the type-driven container *other*, as `other.include(self)` says.

        Dependencies that nobody defined are served by what it has for their class.
        """
        other.include(self)

    def findings(self, *, sync: bool = False) -> tuple[Finding, ...]:
        """Return everything there is to say about the container, errors first; makes nothing."""
        engine = self._with_all_bindings()
        return findings_of(engine.graph, engine.ladder, (), sync=sync)

    def check(self, *, sync: bool = False, strict: bool = False) -> None:
        """
        Look for everything that is wrong with the container, at once, without making anything.

        Args:
            sync: whether to report as well what a program without an event loop could not open.
            strict: whether warnings count as errors.

        Raises:
            GraphError: with all findings, if one of them is an error.
        """
        engine = self._with_all_bindings()
        refuse_fatal(engine.graph, engine.ladder, (), sync=sync, strict=strict)

    def _with_all_bindings(self) -> Any:
        engine = self.__tenure_engine__
        for provider in self.traverse():  # type: ignore[attr-defined]  # every container has it
            engine.graph.find(provider)
        return engine

    def snapshot(self) -> Snapshot:
        """Return what is open now, and which scopes; opens nothing."""
        return snapshot(self.__tenure_engine__)

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Show every event to *observer* from now on; return the function that ends it."""
        if not callable(observer):
            raise BindingError(f"an observer is called with each event, and {observer!r} is not callable")
        end: Callable[[], None] = self.__tenure_engine__.observe(observer)
        return end


class _KeyedScope(ResourceScope):
    """A scope of a declarative container, whose keys stand for providers."""

    __slots__ = ("provider_of",)

    provider_of: Callable[[Any], Any]

    def get(self, key: Any) -> Any:
        """Return the value of the provider that *key* stands for, as seen from this scope."""
        return super().get(self.provider_of(key))

    async def aget(self, key: Any) -> Any:
        """Return the value of the provider that *key* stands for, as seen from this scope, open."""
        return await super().aget(self.provider_of(key))

    async def start(self, *keys: Any, max_parallel: int | None = None) -> None:
        """Open the resources that *keys* stand for; see `ResourceScope.start`."""
        await super().start(*map(self.provider_of, keys), max_parallel=max_parallel)

    def start_sync(self, *keys: Any, parallel: bool = False, max_parallel: int | None = None) -> None:
        """Open the resources that *keys* stand for; see `ResourceScope.start_sync`."""
        super().start_sync(*map(self.provider_of, keys), parallel=parallel, max_parallel=max_parallel)


def _takes_no_values(key: Any, name: str) -> None:
    raise BindingError(f"{key!r} was given to the scope {name!r} of a declarative container, which takes no values")
