"""A schema that names an unknown provider is refused."""

from dependency_injector import containers
from dependency_injector.schema import SchemaError

for name in ("NoSuchProvider", "no_such_module.Provider"):
    try:
        containers.DynamicContainer().from_schema({"container": {"thing": {"provider": name}}})
    except SchemaError:
        print("refused")
