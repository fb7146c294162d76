"""Used in a `with` statement an override ends with its body, even when that fails."""

from dependency_injector import providers

number = providers.Object(1)
with number.override(providers.Object(2)) as two:
    print(number(), two())
try:
    with number.override(3):
        print(number())
        raise KeyError("body")
except KeyError:
    print(number())
