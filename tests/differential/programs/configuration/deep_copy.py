"""Copies of a configuration go their own ways."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"a": 1})
reader = providers.Factory(dict, a=config.a)
copied = providers.deepcopy({"config": config, "reader": reader})
copied["config"].a.from_value(2)
print(config.a(), reader(), copied["reader"]())
