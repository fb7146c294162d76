"""An object provider gives what it was given, whatever that is."""

from dependency_injector import providers

marker = object()
print(providers.Object(marker)() is marker)
print(providers.Object(1)("ignored"))
print(providers.Object()())
callback = providers.Object(print)
print(callback() is print, callback.provides is print)
print(providers.Object().set_provides("late")())
