"""Open what the parameters of one call need: asynchronous resources that do not need one another at the same time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tenure.errors import TenureError
from tenure.keys import Key
from tenure.model.binding import TRANSIENT, Binding
from tenure.runtime.scope import Scope, current_of
from tenure.runtime.starting import astart


@dataclass(frozen=True, slots=True)
class Together:
    """Resources of one engine that are opened at the same time."""

    engine: Any
    providers: tuple[Any, ...]
    """What is asked for."""
    resources: tuple[Key, ...]
    """What of it, or below it, is asynchronous."""


def together(providers: Iterable[Any]) -> tuple[Together, ...]:
    """Return what of *providers* is worth opening at the same time."""
    by_engine: dict[Any, list[Any]] = {}
    for provider in providers:
        by_engine.setdefault(provider.__tenure_engine__, []).append(provider)
    found = []
    for engine, asked in by_engine.items():
        resources = _asynchronous(engine, asked)
        if _are_independent(engine, resources):
            found.append(Together(engine, tuple(asked), tuple(binding.key for binding in resources)))
    return tuple(found)


def _asynchronous(engine: Any, providers: list[Any]) -> list[Binding]:
    found: dict[Key, Binding] = {}
    for provider in providers:
        try:
            below = engine.plans.asynchronous(engine.graph.require(provider))
        except TenureError:  # whoever asks for the value is told
            continue
        found.update((each.key, each) for each in below if each.lifecycle is not None and each.lifetime != TRANSIENT)
    return list(found.values())


def _are_independent(engine: Any, resources: list[Binding]) -> bool:
    """Tell whether two of *resources* do not need one another."""
    below = {each.key: {other.key for other in engine.plans.asynchronous(each)} for each in resources}
    return any(one not in below[other] and other not in below[one] for one in below for other in below)


async def open_together(groups: Iterable[Together]) -> None:
    """Open what of *groups* is not open; where one fails, what was opened is closed again and the failure raised."""
    for group in groups:
        scope = current_of(group.engine)
        if not all(_is_there(key, scope) for key in group.resources):
            await astart(group.engine, scope, group.providers, None)


def _is_there(key: Key, scope: Scope | None) -> bool:
    while scope is not None:
        if key in scope.cache:
            return True
        scope = scope.parent
    return False
