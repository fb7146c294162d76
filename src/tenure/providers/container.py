"""`Container`: a container inside another."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tenure.errors import NoSuchProviderError
from tenure.model.binding import Binding
from tenure.providers import bindings
from tenure.providers.base import Provider
from tenure.providers.overriding import OverridingContext
from tenure.providers.parents import WithParent


class _HasProviders(Protocol):
    """What a container has."""

    @property
    def providers(self) -> dict[str, Any]:
        """Its providers by name."""
        ...

    def assign_parent(self, parent: Any) -> None:
        """Say which provider gives it."""
        ...


if TYPE_CHECKING:
    import typing_extensions

    C_co = typing_extensions.TypeVar("C_co", bound=_HasProviders, covariant=True, default=Any)
else:
    C_co = TypeVar("C_co", covariant=True)


class Container(WithParent[C_co]):
    """
    Gives a container, whose providers are its attributes.

    Args:
        container_cls: the class of the container.
        container: the container; None: one is made.
        overriding_providers: what its providers of these names are overridden with.
    """

    __slots__ = ("_container", "_container_cls", "_overriding")

    def __init__(self, container_cls: type[C_co], container: C_co | None = None, **overriding_providers: Any) -> None:
        self._container_cls: Any = container_cls
        self._overriding: dict[str, Any] = overriding_providers
        self._container: Any = None
        super().__init__()
        if container is None:
            container = container_cls()
            container.assign_parent(self)
        self._container = container
        if self._overriding:
            self.apply_overridings()

    def __getattr__(self, name: str) -> Any:
        """Return the provider *name* of the container."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return getattr(self._container, name)

    @property
    def container(self) -> C_co:
        """The container."""
        held: C_co = self._container
        return held

    @property
    def providers(self) -> dict[str, Any]:
        """The providers of the container by name."""
        found: dict[str, Any] = self._container.providers
        return found

    def override(self, provider: Any) -> OverridingContext[Any]:
        """
        Have the providers of another container replace those of this one.

        Raises:
            Error: it is no container, nor a provider of one.
        """
        if not hasattr(provider, "providers"):
            from tenure.errors import Error  # noqa: PLC0415 - the only use

            raise Error(f"{self} can be overridden by a container only, not by {provider!r}")
        self._container.override(provider.container if isinstance(provider, Container) else provider)
        return OverridingContext(self, provider)

    def reset_last_overriding(self) -> None:
        """Undo the last override of the container."""
        self._container.reset_last_overriding()

    def reset_override(self) -> None:
        """Undo every override of the container."""
        self._container.reset_override()

    def apply_overridings(self) -> None:
        """Override the providers of the container with what was given by name."""
        self._container.override_providers(**self._overriding)

    def resolve_provider_name(self, provider: Provider[Any]) -> str:
        """
        Return the name of *provider* in the container.

        Raises:
            NoSuchProviderError: it has none there.
        """
        for name, known in self._container.providers.items():
            if known is provider:
                return str(name)
        raise NoSuchProviderError(f"{self} has no name for {provider}")

    @property
    def related(self) -> Iterator[Provider[Any]]:
        """The providers it refers to."""
        yield from self._container.providers.values()
        yield from super().related

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._container_cls = self._container_cls
        copied._container = copy(self._container)
        copied._container.assign_parent(copied)
        copied._overriding = {name: copy(value) for name, value in self._overriding.items()}

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        return bindings.value(self, self._container)

    def _shown(self) -> str:
        return repr(self._container)
