"""A configuration may be overridden by a provider, an option by a value only."""

from dependency_injector import errors, providers

config = providers.Configuration()
config.from_dict({"a": 1})
other = providers.Configuration()
other.from_dict({"a": 2, "b": 3})
config.override(other)
print(config.a(), config.b())
config.reset_last_overriding()
print(config.a())
try:
    config.a.override(providers.Object(5))
except errors.Error:
    print("refused")
