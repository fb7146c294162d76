"""Used in a `with` statement a configuration gives itself."""

from dependency_injector import providers

with providers.Configuration() as config:
    config.from_dict({"a": 1})
    print(config.a())
print(isinstance(config, providers.Configuration))
with config.a as option:
    print(option is config.a)
