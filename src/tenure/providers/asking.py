"""Ask what something is."""

from collections.abc import Iterable, Iterator
from typing import Any

from tenure.errors import Error
from tenure.providers import traversing
from tenure.providers.base import P, Provider
from tenure.providers.bindings import is_provider


def ensure_is_provider(instance: P) -> P:
    """
    Return *instance*.

    Raises:
        Error: it is no provider.
    """
    if not is_provider(instance):
        raise Error(f"a provider is expected, not {instance!r}")
    return instance


def is_delegated(instance: object) -> bool:
    """Tell whether *instance* is a provider that others get as it is, to call it themselves."""
    return is_provider(instance) and (isinstance(instance, Provider) and instance.is_delegated)


def traverse(*providers: Provider[Any], types: Iterable[type[P]] | None = None) -> Iterator[P]:
    """Go through *providers* and everything that they refer to, each once; only those of *types* if given."""
    return traversing.traverse(providers, types)
