"""Overrides stack, and the last one counts."""

from dependency_injector import providers

number = providers.Object(1)
with number.override(2):
    with number.override(3):
        print(number(), [each() for each in number.overridden])
    print(number())
number.override(4)
number.override(5)
number.reset_last_overriding()
print(number(), len(number.overridden))
number.reset_override()
print(number(), number.overridden, number.last_overriding)
