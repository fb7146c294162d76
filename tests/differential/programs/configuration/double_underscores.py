"""Names with double underscores are no options."""

from dependency_injector import providers

config = providers.Configuration()
for owner in (config, config.part):
    try:
        print(owner.__wrapped__)
    except AttributeError:
        print("no attribute")
print(hasattr(config, "__html__"), hasattr(config, "anything"))
