"""Names of a container of dependencies may be declared with types."""

from dependency_injector import containers, errors, providers


class Numbers(containers.DeclarativeContainer):
    limit = providers.Object("many")


numbers = providers.DependenciesContainer(limit=providers.Dependency(instance_of=int))
print(sorted(numbers.providers), isinstance(numbers.limit, providers.Dependency))
numbers.override(Numbers())
try:
    numbers.limit()
except errors.Error:
    print("wrong type")
