"""Walk through providers, and say what they are."""

import functools
from collections.abc import Iterable, Iterator
from typing import Any


def traverse(related: Iterable[Any], types: Iterable[type] | None = None) -> Iterator[Any]:
    """Go through *related* and everything that they refer to, each once; only those of *types* if given."""
    wanted = tuple(types) if types is not None else None
    seen: set[int] = set()
    queue = list(related)
    for provider in queue:  # it grows while it is walked
        if id(provider) in seen:
            continue
        seen.add(id(provider))
        queue.extend(provider.related)
        if wanted is None or isinstance(provider, wanted):
            yield provider


def label(provider: Any) -> str:
    """
    Return the name of *provider* in its container, or what it is where it has none.

    It stands in drawings and on the dashboard, so no value of the user's is in it, for that may be a password.
    """
    if provider._name is not None:
        return ".".join(part for part in provider._name if part)
    return f"{type(provider).__name__}({_parts(provider)})"


def _parts(provider: Any) -> str:
    """Return what the unnamed *provider* makes or is made of, without the values that it was given."""
    if _field(provider, "_own_name") is not None:  # a configuration, which has its values beside its name
        return _shown(provider)
    made, among, items = _field(provider, "_provides"), _field(provider, "_args"), _field(provider, "_items")
    selector, key = _field(provider, "_selector"), _field(provider, "_key")
    if made is not None:
        return _part(made) + (f", {key!r}" if isinstance(key, str) else "")
    if selector is not None:
        return ", ".join((_part(selector), *map(str, provider.providers)))
    if items is not None:
        among = items.values()
    if among is not None:
        return ", ".join(map(_part, among))
    return _shown(provider)


def _field(provider: Any, name: str) -> Any:
    try:
        return object.__getattribute__(provider, name)  # some providers have any attribute
    except AttributeError:
        return None


def _part(part: Any) -> str:
    if hasattr(type(part), "__tenure_label__"):
        return str(part.__tenure_label__())
    while isinstance(part, functools.partial):
        part = part.func
    is_named = isinstance(part, type) or callable(part)
    return str(getattr(part if is_named else type(part), "__qualname__", type(part).__qualname__))


def describe(provider: Any) -> str:
    """Return *provider* as it is shown to people: its kind, what it makes, where it is."""
    cls = type(provider)
    module = "tenure.providers" if cls.__module__.startswith("tenure.providers.") else cls.__module__
    return f"<{module}.{cls.__qualname__}({_shown(provider)}) at {hex(id(provider))}>"


def _shown(provider: Any) -> str:
    show = getattr(type(provider), "_shown", None)  # on the type: some providers have any attribute
    return str(show(provider)) if show is not None else ""


def show_made(made: Any) -> str:
    """Return what a provider makes as text."""
    return "" if made is None else repr(made)
