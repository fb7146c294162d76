"""What the arguments of a call need: providers stand for their values, anything else for itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tenure.model.binding import NOTHING, Need
from tenure.providers.bindings import is_provider
from tenure.providers.forwarding import Forwarded

Args = tuple[Any, ...]
Kwargs = Mapping[str, Any]


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
