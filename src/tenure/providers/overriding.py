"""
Replace a provider for a while.

What was made from the replaced one is set aside, open, and is back when the override is undone; what was made meanwhile
is closed then (law L57). Overrides may be undone in any order; see `runtime.replacing`.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from tenure.errors import Error
from tenure.lifecycle.effects import drive
from tenure.lifecycle.interrupts import uninterrupted
from tenure.lifecycle.outcome import group
from tenure.providers import kinds
from tenure.providers.bindings import is_provider
from tenure.providers.family import admit, engine_of, family_of, renew
from tenure.runtime import replacing
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
    if not is_provider(overriding):
        overriding = kinds.make("Object", overriding)
    override_all([(provider, overriding)])
    return OverridingContext(provider, overriding)


def override_all(pairs: Sequence[tuple[Any, Any]]) -> None:
    """Have the second provider of each of *pairs* replace the first, all at once; Error where both are the same."""
    for provider, overriding in pairs:
        if overriding is provider:
            raise Error(f"the provider {provider} cannot be overridden with itself")
    for engine, several in _by_engine(pairs):
        replacing.begin(engine, [provider for provider, _ in several])
    for provider, overriding in pairs:
        provider._overridden = (*provider._overridden, overriding)
        provider._last = overriding
        provider._look_again()
        overriding.register_overrides(provider)
    renew([provider for provider, _ in pairs])


def _by_engine(pairs: Sequence[tuple[Any, Any]]) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Return those of *pairs* of which something may have been made, by the engine that serves them."""
    for provider, overriding in pairs:
        admit(overriding, family_of(provider))  # what it opens is closed with the rest
    live = [pair for pair in pairs if family_of(pair[0]).is_live]
    for provider, _ in live:
        engine_of(provider)  # engines join on the way
    found: dict[Any, list[tuple[Any, Any]]] = {}
    for pair in live:
        found.setdefault(family_of(pair[0]).engine, []).append(pair)
    return list(found.items())


def standing(provider: Any) -> tuple[Any, int, Any] | None:
    """Return what stands for the replacement of *provider* that counts, None if it is not replaced."""
    if provider.last_overriding is None:
        return None
    return provider, len(provider.overridden), provider.last_overriding


def reset_last(provider: Any) -> None:
    """Undo the last override of *provider*."""
    if not provider._overridden:
        raise Error(f"the provider {provider} is not overridden")
    reset_last_of([provider])


@uninterrupted
def reset_last_of(providers: Sequence[Any]) -> None:
    """Undo the last override of each of *providers*, which have one, all at once."""
    pairs = [(provider, provider._last) for provider in providers]
    for provider, last in pairs:
        provider._overridden = provider._overridden[:-1]
        provider._last = provider._overridden[-1] if provider._overridden else None
        provider._look_again()
        last.unregister_overrides(provider)
    renew(providers)
    for engine, several in _by_engine(pairs):
        _note_former(engine, several)
        ended = {(provider, len(provider._overridden) + 1, last) for provider, last in several}
        _end(engine, [provider for provider, _ in several], ended)


def _end(engine: Any, providers: Sequence[Any], ended: set[Any]) -> None:
    steps = replacing.end(engine, providers, ended, None, can_wait=False)
    names = " and ".join(map(str, providers[:3]))
    failure = group(drive(steps), f"what was made while {names} was replaced")
    if failure is not None:
        raise failure


def reset_all(provider: Any) -> None:
    """Undo every override of *provider*, the last one first."""
    while provider._overridden:
        reset_last(provider)


def _note_former(engine: Any, pairs: Sequence[tuple[Any, Any]]) -> None:
    """Remember what stood in and is open: it is shut down with the rest."""
    opened = {key for scope in every_scope(engine.root) for key in (*scope.exits, *scope.inflight)}
    for provider, overriding in pairs:
        left = [each for each in (overriding, *overriding.traverse()) if each in opened]
        provider._former = tuple(dict.fromkeys((*provider._former, *left)))
