"""A default that is a singleton stays one."""

from dependency_injector import providers

cache = providers.Dependency(instance_of=dict, default=providers.Singleton(dict))
user = providers.Factory(lambda cache: cache, cache)
print(user() is user(), user() is cache())
