"""
From a schema to providers, in two walks: first every provider is made, then each is told what it calls and with what.

So a reference may point to what stands further down, and a circle of providers can be described.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from tenure.containers.schema.imports import imported, provider_class
from tenure.containers.schema.references import is_reference, resolved
from tenure.containers.schema.telling import tell
from tenure.errors import SchemaError, TenureError
from tenure.keys import near
from tenure.providers import Container, Provider

ProviderSchema: TypeAlias = dict[str, Any]
"""What describes one provider: `provider`, `provides`, `args`, `kwargs`."""
ContainerSchema: TypeAlias = dict[Any, Any]
"""What describes a container: `version` and `container`, with providers and containers by name."""

_KEYS = ("provider", "provides", "args", "kwargs")


def build(schema: Any, container_class: type) -> dict[str, Provider[Any]]:
    """
    Return the providers that *schema* describes, by name.

    Args:
        schema: what `from_schema` takes.
        container_class: of which class containers inside are made.

    Raises:
        SchemaError: it describes what cannot be made.
    """
    processor = SchemaProcessor(schema, container_class)
    processor.process()
    return processor.get_providers()


class SchemaProcessor:
    """
    Makes the providers of a schema.

    Args:
        schema: what `from_schema` takes.
        container_class: of which class containers inside are made.

    Raises on construction:
        SchemaError: it is no schema.
    """

    def __init__(self, schema: Any, container_class: type) -> None:
        if not isinstance(schema, Mapping) or "container" not in schema:
            raise SchemaError("schema", "a mapping with the key 'container' is expected")
        self._schema: Mapping[str, Any] = _section(schema["container"], "container")
        self._container_class: Any = container_class
        self._providers: dict[str, Provider[Any]] = {}
        self._told: list[tuple[Provider[Any], Mapping[str, Any], str]] = []

    def process(self) -> None:
        """Make the providers."""
        self._providers = self._made(self._schema, "container")
        for provider, entry, place in self._told:
            self._tell(provider, entry, place)

    def get_providers(self) -> dict[str, Provider[Any]]:
        """Return the providers that were made, by name."""
        return self._providers

    # first walk

    def _made(self, section: Mapping[str, Any], place: str) -> dict[str, Provider[Any]]:
        return {name: self._make(entry, f"{place}.{name}") for name, entry in _entries(section, place)}

    def _make(self, entry: Mapping[str, Any], place: str) -> Provider[Any]:
        if _is_provider(entry):
            provider = self._new(entry, place)
            self._told.append((provider, entry, place))
            return provider
        if all(not isinstance(value, Mapping) for value in entry.values()) and {*entry} & {*_KEYS}:
            raise SchemaError(place, "'provider' is missing: it says of which class the provider is")
        inside: Container[Any] = Container(self._container_class)
        inside.container.set_providers(**self._made(entry, place))
        return inside

    def _new(self, entry: Mapping[str, Any], place: str) -> Provider[Any]:
        unknown = [key for key in entry if key not in _KEYS and isinstance(key, str) and near(key, _KEYS)]
        if unknown:
            raise SchemaError(place, f"a provider has no {unknown[0]!r}", near(unknown[0], _KEYS))
        cls = provider_class(entry["provider"], f"{place}.provider")
        try:
            provider = cls()
        except TypeError as error:
            raise SchemaError(
                f"{place}.provider", f"{cls.__name__} cannot be described by a schema: {error}"
            ) from error
        return provider

    # second walk

    def _tell(self, provider: Provider[Any], entry: Mapping[str, Any], place: str) -> None:
        provides, args, kwargs = entry.get("provides"), entry.get("args"), entry.get("kwargs")
        found_args = [self._value(value, f"{place}.args[{n}]") for n, value in enumerate(_list(args, f"{place}.args"))]
        kwargs = _section(kwargs or {}, f"{place}.kwargs")
        found_kwargs = {name: self._value(value, f"{place}.kwargs.{name}") for name, value in kwargs.items()}
        found = None if provides is None else self._provided(provides, f"{place}.provides")
        try:
            tell(provider, found, found_args, found_kwargs, place)
        except SchemaError:
            raise
        except (TenureError, TypeError) as error:
            raise SchemaError(place, str(error)) from error

    def _provided(self, provides: Any, place: str) -> Any:
        if not isinstance(provides, str):
            return self._value(provides, place)
        return resolved(provides, self._providers, place) if is_reference(provides) else imported(provides, place)

    def _value(self, value: Any, place: str) -> Any:
        """Return the argument *value*: a reference and a description stand for a provider, anything else for itself."""
        if is_reference(value):
            return resolved(value, self._providers, place)
        if isinstance(value, Mapping) and _is_provider(value):
            provider = self._new(value, place)
            self._tell(provider, value, place)
            return provider
        return value


def _is_provider(entry: Mapping[str, Any]) -> bool:
    """Tell whether *entry* describes a provider; a mapping as `provider` is a provider of that name in a container."""
    return "provider" in entry and not isinstance(entry["provider"], Mapping)


def _entries(section: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, entry in section.items():
        if not isinstance(name, str):
            raise SchemaError(place, f"the name of a provider is expected, not {name!r}")
        yield name, _section(entry, f"{place}.{name}")


def _section(value: Any, place: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SchemaError(place, f"a mapping is expected, not {value!r}")
    return value


def _list(value: Any, place: str) -> Sequence[Any]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise SchemaError(place, f"a list is expected, not {value!r}")
    return value
