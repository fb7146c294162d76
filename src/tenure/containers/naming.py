"""What happens when a provider gets its place in a container, and what is said where there is none."""

from typing import Any

from tenure.errors import Error, NoSuchProviderError
from tenure.keys import near
from tenure.providers.base import Provider
from tenure.providers.objects import Self as SelfProvider


def no_such_provider(container: Any, name: str, providers: dict[str, Any]) -> NoSuchProviderError:
    """Return the error that says what *container* does not have, and what comes near."""
    cls = container if isinstance(container, type) else type(container)
    hint = near(name, providers)
    names = " or ".join(each.strip("'") for each in hint)
    return NoSuchProviderError(
        f"{cls.__name__} has no provider {name!r}" + (f"; did you mean {names}?" if hint else "")
    )


def check_type(wanted: type[Provider[Any]], provider: Any) -> None:
    """Raise Error where *provider* is not a *wanted*."""
    if not isinstance(provider, wanted):
        raise Error(f"the container takes providers that are {wanted.__qualname__}, and {provider!r} is none")


def adopt_self(container: Any, name: str, provider: SelfProvider[Any]) -> None:
    """Make *provider* the one that gives *container*; Error where another one does already."""
    known = container.__dict__.get("_self_provider" if isinstance(container, type) else "__self__")
    if known is not None and known is not provider and known.alt_names:
        raise Error(f"{container!r} has two providers of itself: {known} and {provider}; one will do")
    provider.set_container(container)
    if name != "__self__":
        provider.set_alt_names([*provider.alt_names, name])
    if isinstance(container, type):
        type.__setattr__(container, "_self_provider", provider)
    else:
        container.__dict__["__self__"] = provider


def name_it(container: str, name: str, provider: Provider[Any]) -> None:
    """Give *provider* the name that errors show."""
    if provider._name is None or name != "__self__":
        provider._name = (container, name)
