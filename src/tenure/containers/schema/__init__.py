"""
Containers from data: providers that a dictionary describes, read from YAML or JSON or written by hand.

    version: "1"
    container:
      config: {provider: Configuration}
      core:                                   # no `provider`: a container inside
        pool: {provider: Resource, provides: app.open_pool, args: [container.config.size]}
      users: {provider: Factory, provides: app.Users, kwargs: {pool: container.core.pool}}
"""

from tenure.containers.schema.building import ContainerSchema, ProviderSchema, SchemaProcessor, build
from tenure.containers.schema.files import read_json, read_yaml
from tenure.errors import SchemaError

__all__ = [
    "ContainerSchema",
    "ProviderSchema",
    "SchemaError",
    "SchemaProcessor",
    "build",
    "read_json",
    "read_yaml",
]
