"""Containers described as data."""

from typing import Any

from tenure.containers.dynamic import DynamicContainer
from tenure.containers.schema import ContainerSchema, ProviderSchema, SchemaError, SchemaProcessor, build
from tenure.providers.base import Provider

__all__ = ["ContainerSchema", "ProviderSchema", "SchemaError", "SchemaProcessorV1", "build_schema"]


class SchemaProcessorV1(SchemaProcessor):
    """
    Makes the providers of a schema of version 1.

    Args:
        schema: what `from_schema` takes.

    Raises on construction:
        SchemaError: it is no schema.
    """

    def __init__(self, schema: Any) -> None:
        super().__init__(schema, DynamicContainer)


def build_schema(schema: Any) -> dict[str, Provider[Any]]:
    """
    Return the providers that *schema* describes, by name.

    Raises:
        SchemaError: it describes what cannot be made.
    """
    return build(schema, DynamicContainer)
