"""What the Abstract… and …Delegate variants of several kinds share."""

from typing import Any, ClassVar

from tenure.errors import Error
from tenure.model.binding import Binding
from tenure.providers.base import Provider, T_co
from tenure.providers.overriding import OverridingContext


class Abstract(Provider[T_co]):
    """A provider that only says what is wanted, and has to be overridden."""

    __slots__ = ()

    replaced_by: ClassVar[type[Provider[Any]]] = Provider
    """The kind of provider that may override it."""

    def override(self, provider: Any) -> OverridingContext[Any]:
        """
        Have *provider* replace it.

        Raises:
            Error: it is not a provider of the same kind.
        """
        if not isinstance(provider, self.replaced_by):
            raise Error(f"{self} can be overridden by a {self.replaced_by.__name__} only, not by {provider!r}")
        return super().override(provider)

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        raise Error(f"{self} is abstract; override it with a {self.replaced_by.__name__}")


def typed_delegate(delegate: Any, provider: Any, kind: type[Provider[Any]]) -> None:
    """Raise Error where *provider* is not a *kind*."""
    if not isinstance(provider, kind):
        raise Error(f"{type(delegate).__name__} delegates a {kind.__name__}, not {provider!r}")
