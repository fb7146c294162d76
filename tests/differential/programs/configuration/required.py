"""A single option may be required."""

from dependency_injector import errors, providers

config = providers.Configuration()
service = providers.Factory(dict, key=config.api.key.required(), size=config.api.size.required().as_int())
for update in ({}, {"key": "k"}, {"size": "3"}):
    config.api.from_dict(update)
    try:
        print(service())
    except errors.Error:
        print("undefined")
print(config.api.key.required().is_required(), config.api.key.is_required())
