"""`from_value` takes any value, for an option or for all."""

from dependency_injector import providers

config = providers.Configuration()
config.a.b.from_value([1, 2])
config.a.c.from_value(None)
print(config())
marker = object()
config.a.b.from_value(marker)
print(config.a.b() is marker)
config.from_value({"x": 1})
print(config(), config.x(), config.a())
