"""What a provider's calls give where something has to be awaited: its value in the scope that was current then."""

from collections.abc import Awaitable, Coroutine, Generator
from typing import Any

from tenure.lifecycle.claim import opening
from tenure.model.binding import Binding, Make
from tenure.providers.family import engine_of
from tenure.providers.modes import found
from tenure.providers.pending import OVER, UNTOUCHED, Awaited
from tenure.runtime import variants
from tenure.runtime.paths import explain
from tenure.runtime.scope import Scope, current_of

_openings = opening.get


def called_binding(provider: Any, engine: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
    """Return the binding of *provider* for a call with these arguments, if any."""
    if args or kwargs:
        engine.graph.require(provider)
        binding: Binding = provider._declare(args, kwargs)
        return binding
    known: Binding = engine.graph.require(provider)
    return known


class Value(Awaited[Any]):
    """The value of a provider in one scope, to be awaited."""

    __slots__ = ("_args", "_engine", "_kwargs", "_provider", "_scope")

    def __init__(self, provider: Any, engine: Any, scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._state = UNTOUCHED
        self._running = self._done = self._value = None
        self._provider = provider
        self._engine = engine
        self._scope = scope
        self._args = args
        self._kwargs = kwargs

    def _what(self) -> str:
        return f"the value of {self._provider}"

    def __await__(self) -> Generator[Any, Any, Any]:
        if self._state == UNTOUCHED and self._scope.parent is None and not _openings():
            mode, engine = self._provider._async_mode, self._engine
            if mode is not None and mode.graph is engine.graph:
                try:
                    self._value = mode.kept[self._provider]
                    self._state = OVER
                except KeyError:
                    pass
        if self._state == OVER:
            return self._value
        return (yield from super().__await__())

    def _making(self) -> Coroutine[Any, Any, Any]:
        if self._args or self._kwargs:
            return self._made_with_arguments()
        made: Coroutine[Any, Any, Any] = self._engine.avalue(self._provider, self._scope)
        return made

    async def _made_with_arguments(self) -> Any:
        engine, provider = self._engine, self._provider
        try:
            binding = called_binding(provider, engine, self._args, self._kwargs)
            if binding.make is Make.VALUE:
                return binding.target
            return await variants.avalue_of(engine, binding, self._scope)
        except Exception as error:
            explain(error, provider, engine.graph)
            raise


def later(provider: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Awaitable[Any]:
    """Return an awaitable of the value of *provider* in the scope that is current now."""
    mode = provider._async_mode
    if mode is not None and mode.engine.graph is mode.graph:
        return Value(provider, mode.engine, current_of(mode.engine), args, kwargs)
    engine = engine_of(provider)
    binding = engine.graph.find(provider)
    if binding is not None and mode is not None and mode.is_on and mode.graph is not None:
        provider._async_mode = found(engine, binding, is_on=True)  # it stays on; the value may be kept elsewhere
    return Value(provider, engine, current_of(engine), args, kwargs)
