"""Names that are first used appear among the providers of a container of dependencies."""

from dependency_injector import providers

gateways = providers.DependenciesContainer()
print(sorted(gateways.providers))
first = gateways.database
print(first is gateways.database, sorted(gateways.providers))
print(gateways.resolve_provider_name(first), first.parent is gateways, first.parent_name)
