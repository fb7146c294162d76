"""`Given`: the value of a provider for those who always want the value, such as injected parameters."""

from typing import Any

from tenure.model.binding import SINGLETON, TRANSIENT
from tenure.providers.calling import noted
from tenure.providers.family import engine_of
from tenure.providers.modes import NOBODY
from tenure.runtime.paths import explain
from tenure.runtime.records import is_managed
from tenure.runtime.scope import Scope, current

_GONE: Any = object()
_current = current.get


class Later:
    """Stands for a value that has to be awaited; nobody else gets to see it."""

    __slots__ = ("_engine", "_provider", "_scope")

    def __init__(self, engine: Any, provider: Any, scope: Scope) -> None:
        self._engine = engine
        self._provider = provider
        self._scope = scope

    async def value(self) -> Any:
        """Return the value."""
        return await self._engine.avalue(self._provider, self._scope)


class Given:
    """
    Gives the value of a provider in the current scope, whatever mode its own calls are in.

    What is known of the provider is good for one graph, and found out anew where the engine has another one.

    Args:
        provider: any.
    """

    __slots__ = ("_engine", "_graph", "_is_kept", "_is_new", "_provider")

    def __init__(self, provider: Any) -> None:
        self._provider = provider
        self._engine: Any = NOBODY
        self._graph: Any = None
        self._is_kept = False
        self._is_new = False

    def _look(self) -> Any:
        """Find out what is known; return the engine."""
        provider = self._provider
        engine = self._engine = engine_of(provider)
        graph = engine.graph
        self._is_kept = self._is_new = False
        if provider not in engine.resolvers:  # not asked for yet
            return engine
        binding = graph.require(provider)
        if binding.lifetime == TRANSIENT:
            self._is_new = not engine.plans.facts(binding).awaited
        elif not is_managed(binding):
            # what the root made on another loop is refused, which the engine sees to
            self._is_kept = binding.lifetime != SINGLETON or binding.lifecycle is None
        self._graph = graph  # last: it says that the rest holds
        return engine

    def value(self) -> Any:
        """
        Return the value, made now if need be.

        Raises what `Engine.value` raises.
        """
        engine = self._engine
        if engine.graph is not self._graph:
            engine = self._look()
        make = engine.hot.makers.get(self._provider)
        if make is None:
            return engine.hot[self._provider]
        try:
            return make()
        except BaseException as error:
            explain(error, self._provider, engine.graph)
            raise

    def value_or_later(self) -> Any:
        """Return the value where nothing has to be awaited for it, else a `Later`; raises what `value` raises."""
        engine = self._engine
        if engine.graph is not self._graph:
            engine = self._look()
        if self._is_new:
            return self.value()
        value = engine.hot.get(self._provider, _GONE)
        if value is not _GONE:
            return value
        scope = noted(_current(), self._provider, engine)
        home: Scope | None = scope if self._is_kept else None
        while home is not None:
            value = home.cache.get(self._provider, _GONE)
            if value is not _GONE:
                return value
            home = home.parent
        return Later(engine, self._provider, scope)
