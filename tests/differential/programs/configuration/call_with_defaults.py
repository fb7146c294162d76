"""Options convert nothing by themselves and give None for what is missing."""

from dependency_injector import providers

config = providers.Configuration()
config.from_dict({"a": None, "zero": 0, "empty": {}, "text": ""})
print([option() for option in (config.a, config.zero, config.empty, config.text)])
print(providers.Factory(dict, value=config.nothing.here)())
