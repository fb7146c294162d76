"""From a provider to its binding: those that several kinds share."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from tenure.keys import Key
from tenure.model.binding import TRANSIENT, Binding, Make, Need
from tenure.model.methods import is_async_function
from tenure.model.place import location

Args = tuple[Any, ...]
F = TypeVar("F", bound=Callable[..., Any])


def is_provider(value: Any) -> bool:
    """Tell whether *value* is a provider."""
    return getattr(type(value), "__tenure_binding__", None) is not None


def made_by(function: Any) -> Make:
    """Return how calling *function* gives the value."""
    if is_provider(function):
        return Make.MAYBE
    return Make.AWAIT if is_async_function(function) else Make.CALL


def binding_of(
    provider: Key,
    target: Any,
    needs: tuple[Need, ...],
    *,
    make: Make = Make.CALL,
    lifetime: str = TRANSIENT,
    later: Iterable[Key] = (),
) -> Binding:
    """Return the plain binding of *provider*."""
    is_ours = str(getattr(target, "__module__", "")).startswith(("tenure.providers", "tenure.compile"))
    where = None if is_ours else location(target)
    return Binding(provider, make, target, lifetime, needs, source=where, later=tuple(later))


def value(provider: Key, value: Any) -> Binding:
    """Return the binding of *provider* to an object that exists."""
    return Binding(provider, Make.VALUE, value, TRANSIENT)


def unasked(function: F) -> F:
    """Mark *function*, which reads or passes on for other providers: that nothing needs it is no finding."""
    vars(function)["__tenure_unasked__"] = True
    return function


@unasked
def _same(value: Any) -> Any:
    return value


def alias(provider: Key, other: Key) -> Binding:
    """Return the binding of *provider* that gives what *other* gives."""
    return Binding(provider, Make.CALL, _same, TRANSIENT, (Need("0", other, by_position=True),))


def declared(provider: Any) -> Binding:
    """Return what *provider* declares, whatever replaces it."""
    binding: Binding = provider._declare((), {})
    return binding


def by_hand(
    provider: Any, provide: Callable[[Args, dict[str, Any]], Any], args: Args, kwargs: dict[str, Any]
) -> Binding:
    """Return the binding of a provider that says at run time what it gives."""

    def run() -> Any:
        return provide(args, kwargs)

    return Binding(provider, Make.MAYBE, run, TRANSIENT, later=tuple(provider.related))
