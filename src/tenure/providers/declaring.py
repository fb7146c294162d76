"""From a provider to its binding: what its arguments need, and the bindings that several kinds share."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from tenure.keys import Key
from tenure.model.binding import NOTHING, TRANSIENT, Binding, Make, Need
from tenure.model.detect import is_async_function
from tenure.model.introspect import location

Args = tuple[Any, ...]
Kwargs = Mapping[str, Any]


def is_provider(value: Any) -> bool:
    """Tell whether *value* is a provider."""
    return getattr(type(value), "__tenure_binding__", None) is not None


def need(name: str, value: Any, *, by_position: bool = False) -> Need:
    """Return the need of the argument *value*: a provider stands for its value, anything else for itself."""
    if is_provider(value) and not value.is_delegated:
        return Need(name, value, by_position)
    return Need(name, NOTHING, by_position, default=value)


def constant(name: str, value: Any, *, by_position: bool = False) -> Need:
    """Return the need of an argument that is passed as it is."""
    return Need(name, NOTHING, by_position, default=value)


def needs_of(
    args: Iterable[Any], kwargs: Mapping[Any, Any], more: Args = (), overriding: Kwargs | None = None
) -> tuple[Need, ...]:
    """
    Return the needs of a call.

    Args:
        args: what the provider was given.
        kwargs: what the provider was given by name.
        more: positional arguments of one call, passed after *args* as they are.
        overriding: keyword arguments of one call, passed instead of *kwargs* as they are; `name__key` is passed on to
            the provider given as *name*.
    """
    found = [need(str(number), value, by_position=True) for number, value in enumerate(args)]
    found += [constant(str(len(found) + number), value, by_position=True) for number, value in enumerate(more)]
    found += [value for _, value in named_needs(kwargs, overriding or {})]
    return tuple(found)


def named_needs(kwargs: Mapping[Any, Any], overriding: Kwargs) -> Iterator[tuple[Any, Need]]:
    """Go through the named arguments of a call, those of *overriding* first; see `needs_of`."""
    own, forwarded = _split(overriding, kwargs)
    for name, value in own.items():
        yield name, constant(name, value)
    for name, value in kwargs.items():
        if name in forwarded:
            yield name, Need(name, Forwarded(value, forwarded[name]))
        elif name not in own:
            yield name, need(name, value)


def _split(given: Kwargs, known: Mapping[Any, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Tell what of *given* is for the call itself from what is for a provider among *known*."""
    own: dict[str, Any] = {}
    forwarded: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        target, separator, rest = name.partition("__")
        if separator and target and is_provider(known.get(target)):
            forwarded.setdefault(target, {})[rest] = value
        else:
            own[name] = value
    return own, forwarded


class Forwarded:
    """A provider with keyword arguments of one call that are meant for it: a key of its own."""

    __slots__ = ("_family", "_kwargs", "_provider")

    def __init__(self, provider: Any, kwargs: dict[str, Any]) -> None:
        self._provider = provider
        self._kwargs = kwargs
        self._family: Any = None

    def __tenure_binding__(self) -> Binding:
        """Return a binding that calls the provider."""

        def forward() -> Any:
            from tenure.providers.calling import consume  # noqa: PLC0415 - it needs what declares

            return consume(self._provider, (), self._kwargs)

        return Binding(self, Make.MAYBE, forward, TRANSIENT, later=(self._provider,))

    def __tenure_label__(self) -> str:
        """Return what it is."""
        return f"{self._provider} with {', '.join(self._kwargs)}"


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
    is_ours = str(getattr(target, "__module__", "")).startswith("tenure.providers")
    where = None if is_ours else location(target)
    return Binding(provider, make, target, lifetime, needs, where=where, later=tuple(later))


def value(provider: Key, value: Any) -> Binding:
    """Return the binding of *provider* to an object that exists."""
    return Binding(provider, Make.VALUE, value, TRANSIENT)


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
