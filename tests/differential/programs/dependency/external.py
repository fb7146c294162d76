"""The older name of a dependency still works."""

from dependency_injector import errors, providers

clock = providers.ExternalDependency(instance_of=float)
clock.override(providers.Object(1.5))
print(clock(), isinstance(clock, providers.Dependency))
clock.override(1)
try:
    clock()
except errors.Error:
    print("wrong type")
