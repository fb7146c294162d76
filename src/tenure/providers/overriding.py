"""
Replace a provider for a while.

What was made from the replaced one is set aside, open, and is back when the override is undone; what was made meanwhile
is closed then (law L57). Overrides may be undone in any order.
"""

from typing import Any, Generic, TypeVar

from tenure.errors import Error
from tenure.providers import kinds
from tenure.providers.bindings import is_provider
from tenure.providers.family import admit, engine_of, family_of, renew
from tenure.runtime import setting_aside
from tenure.runtime.scope import every_scope

T = TypeVar("T")


class OverridingContext(Generic[T]):
    """Undoes an override when it is left."""

    def __init__(self, overridden: Any, overriding: Any) -> None:
        self._overridden = overridden
        self._overriding = overriding

    def __enter__(self) -> T:
        """Return the provider that replaces the other."""
        replacing: T = self._overriding
        return replacing

    def __exit__(self, *_: object) -> None:
        """Undo the override."""
        self._overridden.reset_last_overriding()


def override(provider: Any, overriding: Any) -> OverridingContext[Any]:
    """Have *overriding*, a provider or an object, replace *provider*."""
    if overriding is provider:
        raise Error(f"the provider {provider} cannot be overridden with itself")
    if not is_provider(overriding):
        overriding = kinds.make("Object", overriding)
    _set_aside(provider, overriding)
    provider._overridden = (*provider._overridden, overriding)
    provider._last = overriding
    overriding.register_overrides(provider)
    renew((provider,))
    return OverridingContext(provider, overriding)


def _set_aside(provider: Any, overriding: Any) -> None:
    family = family_of(provider)
    admit(overriding, family)  # what it opens is closed with the rest
    if family.is_live:
        setting_aside.begin(engine_of(provider), provider, overriding)


def reset_last(provider: Any) -> None:
    """Undo the last override of *provider*."""
    if not provider._overridden:
        raise Error(f"the provider {provider} is not overridden")
    last = provider._last
    provider._overridden = provider._overridden[:-1]
    provider._last = provider._overridden[-1] if provider._overridden else None
    last.unregister_overrides(provider)
    _bring_back(provider, last)


def reset_all(provider: Any) -> None:
    """Undo every override of *provider*, the last one first."""
    while provider._overridden:
        reset_last(provider)


def _bring_back(provider: Any, overriding: Any) -> None:
    renew((provider,))
    family = provider._family
    if family is not None and family.is_live:
        engine = engine_of(provider)
        left = [each for each in (overriding, *overriding.traverse()) if _is_open(engine, each)]
        provider._former = tuple(dict.fromkeys((*provider._former, *left)))  # still to be shut down with the rest
        setting_aside.end(engine, provider, overriding, _reaches)


def _reaches(provider: Any, other: Any) -> bool:
    """Tell whether *provider* refers to *other*, directly or not, whatever replaces either."""
    return provider is other or (is_provider(provider) and any(each is other for each in provider.traverse()))


def _is_open(engine: Any, provider: Any) -> bool:
    """Whether it is open, or will be soon: what is being opened when an override ends is owed as well."""
    return any(provider in scope.exits or provider in scope.inflight for scope in every_scope(engine.root))
