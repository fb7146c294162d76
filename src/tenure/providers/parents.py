"""Providers that know which container they are an attribute of."""

from typing import Any

from tenure.providers.base import Provider, T_co


class WithParent(Provider[T_co]):
    """A provider that is told its container."""

    __slots__ = ()

    @property
    def parent(self) -> Any:
        """What it is an attribute of: a container or a provider of one; None if of nothing."""
        return self._parent

    @property
    def parent_name(self) -> str | None:
        """Its name from the outermost container on, dotted; None where it has no parent."""
        parent = self._parent
        if parent is None:
            return None
        above: str | None = parent.parent_name
        own: str = parent.resolve_provider_name(self)
        return f"{above}.{own}" if above else own

    def assign_parent(self, parent: Any) -> None:
        """Say what it is an attribute of."""
        self._parent = parent
