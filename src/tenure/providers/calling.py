"""
Call a provider: the value where it can be had at once, else an awaitable.

The first call fixes the mode: awaitable for good if something was not open yet, else plain for as long as nothing is
overridden or changed. A mode that the user set stays whatever happens.
"""

from collections.abc import Awaitable
from dataclasses import replace
from types import MemberDescriptorType
from typing import Any, TypeVar

from tenure.errors import UnforeseenAwaitError
from tenure.lifecycle.claim import note_asked, opening
from tenure.model.binding import NOTHING, TRANSIENT, Binding, Make, Need
from tenure.providers.awaiting import called_binding, later
from tenure.providers.family import engine_of
from tenure.providers.modes import ENABLED, found
from tenure.providers.pending import Pending
from tenure.runtime import variants
from tenure.runtime.paths import explain
from tenure.runtime.refusing import to_await
from tenure.runtime.scope import Scope, current_of

C = TypeVar("C")
_openings = opening.get


_USUAL = "__tenure_usual__"


def usual(method: C) -> C:
    """Mark the method that calls a provider through its engine; a class with another one is called by that."""
    setattr(method, _USUAL, True)
    return method


def is_usual(cls: Any) -> bool:
    """Tell whether the calls of *cls* go through the engine, by a method or by what stands in a slot."""
    method = cls.__call__
    return hasattr(method, _USUAL) or (isinstance(method, MemberDescriptorType) and hasattr(cls, _USUAL))


def call(provider: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the value of *provider* in the current scope, or an awaitable of it, whatever is known of it so far."""
    if provider._last is not None:
        return provider._last(*args, **kwargs)
    mode = provider._async_mode
    if mode is not None and mode.is_on:
        return later(provider, args, kwargs)
    engine = engine_of(provider)
    scope = current_of(engine)
    if mode is None or mode.graph is not None:
        return _first(provider, engine, scope, args, kwargs)
    return _unawaited(provider, engine, scope, args, kwargs)


def consume(provider: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the value of *provider* for another one that asks while it is made; an awaitable if need be."""
    provider = _counting(provider)
    mode = provider._async_mode
    if not is_usual(type(provider)) or (mode is not None and mode.graph is None):
        return provider(*args, **kwargs)
    engine = engine_of(provider)
    scope = current_of(engine)
    if to_await(engine, called_binding(provider, engine, args, kwargs), scope):
        return later(provider, args, kwargs)
    return _value(provider, engine, scope, args, kwargs)


def _counting(provider: Any) -> Any:
    while provider._last is not None:
        provider = provider._last
    return provider


def _first(provider: Any, engine: Any, scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    binding = called_binding(provider, engine, args, kwargs)
    if binding.make is Make.VALUE:
        return binding.target
    if _is_raw(binding, engine):
        return _raw(engine, binding, scope)
    is_late = _is_always_awaited(binding) or bool(to_await(engine, binding, scope)) or _takes_awaitables(binding)
    if is_late:
        provider._async_mode = found(engine, binding, is_on=True)
        return later(provider, args, kwargs)
    try:
        value = _value(provider, engine, scope, args, kwargs)
    except UnforeseenAwaitError as error:
        return _turned(provider, engine, args, kwargs, error)
    provider._async_mode = found(engine, binding, is_on=False)
    return value


def _is_always_awaited(binding: Binding) -> bool:
    """Tell whether making or opening it is asynchronous by itself, so that every call gives an awaitable."""
    lifecycle = binding.lifecycle
    return binding.make is Make.AWAIT or (lifecycle is not None and lifecycle.is_async)


def _takes_awaitables(binding: Binding) -> bool:
    """Tell whether the user said of something that it needs that it gives awaitables."""
    return any(getattr(need.key, "_async_mode", None) is ENABLED for need in binding.needs)


def _unawaited(provider: Any, engine: Any, scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the value made at once, whatever it needs: an awaitable among its arguments is passed as it is."""
    binding: Binding = provider._declare(args, kwargs)
    if _is_raw(binding, engine):
        return _raw(engine, binding, scope)
    needs = [
        replace(need, key=NOTHING, default=consume(need.key, (), {})) if _is_late(engine, need, scope) else need
        for need in binding.needs
    ]
    return variants.value_of(engine, replace(binding, needs=tuple(needs)), scope)


def _is_late(engine: Any, need: Need, scope: Scope) -> bool:
    return need.key is not NOTHING and bool(to_await(engine, engine.graph.require(need.key), scope))


def _turned(
    provider: Any, engine: Any, args: tuple[Any, ...], kwargs: dict[str, Any], error: UnforeseenAwaitError
) -> Awaitable[Any]:
    """Give an awaitable after all: something turned out to be asynchronous when it was made."""
    _turn(provider, engine, error)
    return later(provider, args, kwargs)


def _turn(provider: Any, engine: Any, error: UnforeseenAwaitError) -> None:
    keep = getattr(type(error.key), "_keep", None)
    if keep is not None:
        keep(error.key, error.made)
    provider._async_mode = found(engine, engine.graph.require(provider), is_on=True)


def _is_raw(binding: Binding, engine: Any) -> bool:
    """Tell whether calling gives a coroutine that nothing has to precede: it is given as it is."""
    return (
        binding.make is Make.AWAIT
        and binding.lifetime == TRANSIENT
        and binding.lifecycle is None
        and not any(
            engine.plans.facts(source).awaited for edge in engine.graph.edges(binding) for _, source in edge.sources
        )
    )


def _raw(engine: Any, binding: Binding, scope: Scope) -> Any:
    return variants.preparer(engine, binding, is_async=False)(scope)()


def _value(provider: Any, engine: Any, scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if not args and not kwargs:
        return engine.value(provider, scope)
    try:
        return value_with(provider, engine, scope, args, kwargs)
    except Exception as error:
        explain(error, provider, engine.graph)
        raise


def value_with(provider: Any, engine: Any, scope: Scope, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the value of *provider* in *scope*, made with the arguments of one call."""
    if provider._passes_arguments:
        for name in kwargs:
            if "__" in name:
                break
        else:
            make = engine.callers.get(provider) or engine.caller(provider)
            if make is not None:
                return make(scope, args, kwargs)
    binding = called_binding(provider, engine, args, kwargs)
    return binding.target if binding.make is Make.VALUE else variants.value_of(engine, binding, scope)


def noted(scope: Scope | None, provider: Any, engine: Any) -> Scope:
    """Return the scope of *engine* that serves a call in *scope*, the current one, with everybody told who asked."""
    if scope is None:
        serving: Scope = engine.root
        return serving
    if scope.engine is not engine:
        scope = current_of(engine)
    scope.asked.add(provider)
    if _openings():
        note_asked(provider)
    return scope


def is_turned(provider: Any, engine: Any, error: BaseException) -> bool:
    """Make the most of *error*, which a call raised; tell whether calls give awaitables from now on instead."""
    explain(error, provider, engine.graph)
    if not isinstance(error, UnforeseenAwaitError):
        return False
    _turn(provider, engine, error)
    return True


def provide(provider: Any, binding: Binding) -> Any:
    """Return what *binding*, a variant of that of *provider*, gives in the current scope, or an awaitable of it."""
    engine = engine_of(provider)
    scope = current_of(engine)
    if not to_await(engine, binding, scope):
        return variants.value_of(engine, binding, scope)
    return Pending(f"the value of {provider}", lambda: variants.avalue_of(engine, binding, scope))
