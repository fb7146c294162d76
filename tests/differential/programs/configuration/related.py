"""Chosen and converted options know what they depend on."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"key": "a", "table": {"a": "1"}})
value = config.table[config.key].as_int()
print(value(), type(value).__name__, type(value.option).__name__)
names = sorted(type(each).__name__ for each in value.traverse())
print(names)
print(config.table.get_name(), config.get_children().keys() >= {"key", "table"})
