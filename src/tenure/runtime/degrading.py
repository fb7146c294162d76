"""
Do without an optional resource that fails to open: what needs it gets what stands in for it, None, or a clear error.

A failure is not remembered (L7): the next request tries again. What was made with the stand-in keeps it until it is
reset.
"""

import time
from collections.abc import Callable
from typing import Any

from tenure.errors import ResourceUnavailableError
from tenure.lifecycle.opening import Place
from tenure.model.binding import NOTHING, Binding
from tenure.runtime.scope import Scope


def is_spared(binding: Binding, error: BaseException | None) -> bool:
    """Tell whether a start goes on although *binding* failed with *error*."""
    return binding.options.optional and isinstance(error, Exception)


def unavailable(binding: Binding, error: Exception, place: Place, number: int) -> ResourceUnavailableError:
    """Tell that *binding*, an optional resource, failed with *error*; return the error that says so."""
    if place.notify is not None:
        from tenure.events import Degraded  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        has_fallback = binding.options.fallback is not NOTHING
        place.notify(Degraded(time.perf_counter(), *place.head(number, binding), error, has_fallback))
    found = ResourceUnavailableError(binding.key, binding.label, binding.where)
    found.__cause__ = error
    return found


def stand_in(binding: Binding, error: ResourceUnavailableError) -> Any:
    """
    Return what stands in for *binding*, which *error* tells of.

    Raises:
        ResourceUnavailableError: *error* itself, where nothing was declared, or where it is about another resource.
    """
    fallback = binding.options.fallback
    if fallback is NOTHING or error.key != binding.key:
        raise error
    return fallback() if callable(fallback) else fallback


def lenient(resolver: Callable[[Scope], Any], key: Any, instead: Any, is_async: bool) -> Callable[[Scope], Any]:
    """Return a resolver that gives *instead* where the optional resource *key* is unavailable."""

    def resolve(scope: Scope) -> Any:
        try:
            return resolver(scope)
        except ResourceUnavailableError as error:
            if error.key != key:
                raise
            return instead

    async def aresolve(scope: Scope) -> Any:
        try:
            return await resolver(scope)
        except ResourceUnavailableError as error:
            if error.key != key:
                raise
            return instead

    return aresolve if is_async else resolve
