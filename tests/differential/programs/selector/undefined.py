"""A selector without a value, or with a name that is not there, raises."""

from dependency_injector import errors, providers

config = providers.Configuration()
choice = providers.Selector(config.kind, one=providers.Object(1))
for value in (None, "two"):
    config.kind.override(value)
    try:
        choice()
    except errors.Error:
        print("no choice for", value)
config.kind.override("one")
print(choice())
