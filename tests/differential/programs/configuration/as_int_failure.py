"""A value that cannot be converted is the conversion's own error."""

from dependency_injector import providers

config = providers.Configuration()
config.port.from_value("eighty")
try:
    config.port.as_int()()
except ValueError:
    print("no number")
config.absent.as_int()()
