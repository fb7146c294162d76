"""`update` replaces or merges like `override`."""

from dependency_injector import providers

config = providers.Configuration()
config.update({"a": {"b": 1}})
config.a.update({"c": 2})
print(config())
config.a.b.update(5)
print(config.a())
