"""Containers described as data."""

from tenure.containers.schema import ContainerSchema, ProviderSchema, SchemaError, SchemaProcessorV1
from tenure.containers.schema import build as build_schema

__all__ = ["ContainerSchema", "ProviderSchema", "SchemaError", "SchemaProcessorV1", "build_schema"]
