"""What a dependency is an instance of must be a class."""

from dependency_injector import providers

print(providers.Dependency(instance_of=str).set_instance_of(bytes).instance_of)
providers.Dependency(instance_of="text")
