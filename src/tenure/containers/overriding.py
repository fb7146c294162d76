"""Replace the providers of a container, and derive one from another."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from tenure.errors import Error
from tenure.providers.base import Provider
from tenure.providers.copying import deepcopy, relink
from tenure.providers.overriding import override_all, reset_last_of

C = TypeVar("C", bound=type)
T = TypeVar("T")


class ProvidersOverridingContext(Generic[T]):
    """Undoes overrides when it is left."""

    def __init__(self, container: T, overridden_providers: Any) -> None:
        self._container = container
        self._overridden = list(overridden_providers)

    def __enter__(self) -> T:
        """Return the container."""
        return self._container

    def __exit__(self, *_: object) -> None:
        """Undo the overrides, the last one first."""
        for provider in reversed(self._overridden):
            provider.reset_last_overriding()


def override(container: Any, other: Any) -> None:
    """Have the providers of *other*, a container or a class of one, replace those of *container* of the same name."""
    if other is container or (isinstance(container, type) and isinstance(other, type) and issubclass(container, other)):
        raise Error(f"the container {container!r} cannot be overridden with itself or one that it is derived from")
    _note(container, (*container.overridden, other))
    pairs = [
        (container.providers[name], other.providers[name]) for name in other.providers if name in container.providers
    ]
    override_all([pair for pair in pairs if _is_usual(pair[0])])
    for own, provider in pairs:
        if not _is_usual(own):
            own.override(provider)


def _is_usual(provider: Any) -> bool:
    """Tell whether its class leaves to `Provider` what overriding it means."""
    cls = type(provider)
    return (
        cls.override is Provider.override
        and cls.reset_last_overriding is Provider.reset_last_overriding
        and cls.register_overrides is Provider.register_overrides
    )


def _note(container: Any, overridden: tuple[Any, ...]) -> None:
    if isinstance(container, type):
        type.__setattr__(container, "overridden", overridden)
    else:
        container.__dict__["overridden"] = overridden


def override_providers(container: Any, replacing: Mapping[str, Any]) -> ProvidersOverridingContext[Any]:
    """Have *replacing* replace the providers of the same name."""
    overridden = []
    for name, replacement in replacing.items():
        provider = getattr(container, name)
        provider.override(replacement)
        overridden.append(provider)
    return ProvidersOverridingContext(container, overridden)


def reset_last(container: Any) -> None:
    """Undo the last override of *container* by another."""
    if not container.overridden:
        raise Error(f"the container {container!r} is not overridden")
    last = container.overridden[-1]
    _note(container, container.overridden[:-1])
    owned = [container.providers[name] for name in last.providers if name in container.providers]
    overridden = [own for own in owned if own.overridden]
    reset_last_of([own for own in overridden if _is_usual(own)])
    for own in overridden:
        if not _is_usual(own):
            own.reset_last_overriding()


def reset_all(container: Any) -> None:
    """Undo every override of *container* and of its providers."""
    _note(container, ())
    for provider in container.providers.values():
        provider.reset_override()


def override_decorator(container: Any) -> Callable[[C], C]:
    """
    Have the decorated container class override *container*.

    Args:
        container: a declarative container class.
    """

    def decorate(overriding: C) -> C:
        container.override(overriding)
        return overriding

    return decorate


def copy_decorator(base: Any) -> Callable[[C], C]:
    """
    Give the decorated container class copies of the providers of *base*, which refer to its own where it has them.

    Args:
        base: a declarative container class.
    """

    def decorate(cls: Any) -> Any:
        memo: dict[int, Any] = {}
        for name, provider in cls.cls_providers.items():
            original = base.providers.get(name)
            if original is not None:
                memo[id(original)] = provider
        copies = deepcopy(base.providers, memo)
        memo.update({id(provider): provider for provider in cls.cls_providers.values()})
        for provider in cls.cls_providers.values():  # what they refer to of the base is theirs now
            relink(provider, memo)
        for name, provider in copies.items():
            setattr(cls, name, provider)
        return cls

    return decorate
