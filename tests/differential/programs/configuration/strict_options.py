"""A strict configuration refuses to provide what it does not have."""

from dependency_injector import errors, providers

config = providers.Configuration(strict=True)
config.from_dict({"a": {"b": None, "c": 0}})
print(config.a.b(), config.a.c())
for option in (config.absent, config.a.absent):
    try:
        option()
    except errors.Error:
        print("undefined")
config.set_strict(False)
print(config.absent())
