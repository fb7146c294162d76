"""A schema that names a class that is no provider is refused."""

from dependency_injector import containers

containers.DynamicContainer().from_schema({"container": {"thing": {"provider": "fractions.Fraction"}}})
