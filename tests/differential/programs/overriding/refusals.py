"""No provider overrides itself, and only what is overridden can be reset once more."""

from dependency_injector import errors, providers

number = providers.Object(1)
try:
    number.override(number)
except errors.Error:
    print("not itself")
number.reset_override()
number.reset_last_overriding()
