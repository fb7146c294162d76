"""Functions that generated code is linked to, and bindings that a key itself tells; nothing of the engine is needed."""

from collections.abc import Awaitable
from typing import Any

from tenure.errors import MissingBindingError, PathStep, ScopeNotOpenError
from tenure.keys import Key, show
from tenure.model.binding import TRANSIENT, Binding, Collect, Make, Need
from tenure.model.graph import Graph
from tenure.model.introspect import settle
from tenure.runtime.refusing import refuse_unforeseen
from tenure.runtime.scope import Scope


def given(binding: Binding) -> Any:
    """Return the function of a scope that gives what was given to it."""
    key, name = binding.key, binding.lifetime

    def resolve(scope: Scope) -> Any:
        home: Scope | None = scope
        is_open = False
        while home is not None:
            if key in home.values:
                return home.values[key]
            is_open = is_open or home.name == name
            home = home.parent
        if is_open:
            raise MissingBindingError(key, (PathStep(key, None, None),), _not_given(key, name))
        raise ScopeNotOpenError(key, name)

    return resolve


def _not_given(key: Key, name: str) -> str:
    wanted = show(key)
    return f"the scope {name!r} was entered without it; give it: resource_scope({name!r}, values={{{wanted}: ...}})"


def settled(binding: Binding, is_async: bool) -> Any:
    """Return a function of what *binding* made, awaitable or not: it awaits it, or refuses an awaitable."""
    if is_async:
        return _awaited

    def plain(made: Any) -> Any:
        refuse_unforeseen(binding, made)
        return made

    return plain


async def _awaited(made: Any) -> Any:
    return await made if isinstance(made, Awaitable) else made


def _same(value: Any) -> Any:
    return value


def composite(graph: Graph, key: Key) -> Binding | None:
    """Return a binding for `T | None`, `list[T]` or `dict[str, T]`, None where *key* is nothing of the kind."""
    inner, optional, collect = settle(key)
    if not optional and collect is Collect.ONE:
        return None
    need = Need("value", inner, by_position=True, optional=optional, collect=collect)
    binding = Binding(key, Make.CALL, _same, TRANSIENT, (need,), declared=False)
    graph.add(binding)
    return binding
