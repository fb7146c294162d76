"""A path that leads nowhere is refused when the factory is declared."""

from dependency_injector import providers

try:
    providers.Factory("no_such_module_anywhere.Thing")
except ImportError as error:
    print("module", isinstance(error, ImportError))
try:
    providers.Factory("decimal.NoSuchDecimal")
except AttributeError:
    print("attribute")
