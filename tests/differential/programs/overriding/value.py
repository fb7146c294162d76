"""A value overrides as well; it is wrapped in an object provider."""

from dependency_injector import providers

number = providers.Factory(int, 1)
number.override(42)
print(number(), type(number.last_overriding).__name__, number.last_overriding.provides)
number.override(None)
print(number())
number.reset_last_overriding()
print(number())
