"""Keyword arguments of one call that are meant for a provider the called one was given."""

from typing import Any

from tenure.model.binding import TRANSIENT, Binding, Make
from tenure.providers.calling import consume


class Forwarded:
    """A provider with keyword arguments of one call that are meant for it: a key of its own."""

    __slots__ = ("_family", "_kwargs", "_provider")

    def __init__(self, provider: Any, kwargs: dict[str, Any]) -> None:
        self._provider = provider
        self._kwargs = kwargs
        self._family: Any = None

    def __tenure_binding__(self) -> Binding:
        """Return a binding that calls the provider."""

        def forward() -> Any:
            return consume(self._provider, (), self._kwargs)

        return Binding(self, Make.MAYBE, forward, TRANSIENT, later=(self._provider,))

    def __tenure_label__(self) -> str:
        """Return what it is."""
        return f"{self._provider} with {', '.join(self._kwargs)}"
