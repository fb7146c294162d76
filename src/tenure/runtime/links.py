"""Functions that generated code is linked to and that need nothing of the engine."""

from collections.abc import Awaitable
from typing import Any

from tenure.errors import MissingBindingError, PathStep, ScopeNotOpenError
from tenure.keys import Key, show
from tenure.model.binding import Binding
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
