"""A configuration may start with defaults."""

from dependency_injector import providers

config = providers.Configuration(default={"a": {"b": 1, "c": 2}})
print(config.a.b(), config())
config.a.from_dict({"b": 5})
print(config.a(), config.get_default())
other = providers.Configuration("settings", {"x": 1})
print(other.x(), other.get_name(), other.x.get_name())
