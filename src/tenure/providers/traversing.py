"""Walk through providers, and say what they are."""

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
    """Return the name of *provider* in its container, or what it is where it has none."""
    if provider._name is not None:
        return ".".join(part for part in provider._name if part)
    return f"{type(provider).__name__}({_shown(provider)})"


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
