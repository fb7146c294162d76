"""Find a provider of a container: by name, by itself, by what it makes."""

from contextlib import suppress
from typing import Any

from tenure.errors import BindingError, Error, NoSuchProviderError
from tenure.keys import show
from tenure.model.introspect import product_of
from tenure.providers.bindings import is_provider
from tenure.providers.family import Family, admit
from tenure.providers.objects import Delegate, Object


def name_of(container: Any, provider: Any) -> str:
    """Return the name of *provider* in *container*; Error where it has none."""
    for name, known in container.providers.items():
        if known is provider:
            return str(name)
    raise Error(f"{container!r} has no name for {provider}")


def engine_of(container: Any, family: Family, known: Any) -> Any:
    """
    Return the engine that serves every provider of *container* and whatever they refer to.

    Args:
        container: the container.
        family: what its providers belong to.
        known: the graph of the engine when this was last asked; nothing has changed while it is the same.
    """
    engine = family.engine
    while engine.graph is not known:
        known = engine.graph
        for provider in container.traverse():
            admit(provider, family)
        engine = family.engine
    return engine


def offers_of(container: Any) -> dict[Any, Any]:
    """Return the providers of *container* by name, and by the class they make where only one makes it."""
    offers: dict[Any, Any] = dict(container.providers)
    by_class: dict[Any, list[Any]] = {}
    for provider in container.providers.values():
        made = getattr(provider, "provides", None)
        if callable(made) and not is_provider(made) and not isinstance(provider, Object | Delegate):
            with suppress(BindingError):  # what it makes is not said
                by_class.setdefault(made if isinstance(made, type) else product_of(made), []).append(provider)
    offers.update((cls, providers[0]) for cls, providers in by_class.items() if len(providers) == 1)
    return offers


def provider_of(container: Any, key: Any) -> Any:
    """
    Return the provider of *container* that *key* stands for.

    Args:
        container: an instance, or a class.
        key: a provider of it, its name (dotted for one in a container inside), or the class of what it makes.

    Raises:
        NoSuchProviderError: there is none.
        Error: several make objects of that class.
    """
    if is_provider(key):
        return key
    if isinstance(key, str):
        found = container
        for name in key.split("."):
            found = getattr(found, name)
        return found
    fitting = [p for p in container.traverse() if getattr(p, "provides", None) is key] or [
        p for p in container.traverse() if _makes(p, key)
    ]
    if not fitting:
        raise NoSuchProviderError(f"{type(container).__name__} has no provider of {show(key)}")
    if len(fitting) > 1:
        names = ", ".join(str(p.__tenure_label__()) for p in fitting)
        raise Error(f"several providers of {type(container).__name__} make {show(key)}: {names}; ask for one by name")
    return fitting[0]


def _makes(provider: Any, cls: Any) -> bool:
    made = getattr(provider, "provides", None)
    return isinstance(made, type) and isinstance(cls, type) and issubclass(made, cls)
