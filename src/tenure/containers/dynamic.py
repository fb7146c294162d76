"""`DynamicContainer`: a container that is filled at run time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from tenure.containers import schema
from tenure.containers.base import Container
from tenure.providers.copying import deepcopy


class DynamicContainer(Container):
    """A container that is filled at run time: `container.name = provider`."""

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Return a container with copies of the providers."""
        memo = {} if memo is None else memo
        known: Self | None = memo.get(id(self))
        if known is not None:
            return known
        copied = type(self).__new__(type(self))
        Container.__init__(copied)
        memo[id(self)] = copied
        self._copy_into(copied, lambda value: deepcopy(value, memo))
        return copied

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        for name in ("overridden", "declarative_parent", "wiring_config"):
            if name in self.__dict__:
                copied.__dict__[name] = self.__dict__[name]
        own = self.__dict__["__self__"]
        copied.set_provider("__self__", copy(own))
        for name, provider in self.providers.items():
            copied.set_provider(name, copy(provider))

    # loading

    def from_schema(self, schema_: dict[Any, Any]) -> None:
        """Add the providers that a schema describes; see `containers.schema`."""
        self.set_providers(**schema.build(schema_, DynamicContainer))

    def from_yaml_schema(self, filepath: Path | str, loader: Any = None) -> None:
        """Add the providers that a YAML file describes."""
        self.from_schema(schema.read_yaml(filepath, loader))

    def from_json_schema(self, filepath: Path | str) -> None:
        """Add the providers that a JSON file describes."""
        self.from_schema(schema.read_json(filepath))
