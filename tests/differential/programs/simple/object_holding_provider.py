"""An object provider that holds a provider gives the provider."""

from dependency_injector import providers

numbers = providers.Factory(list)
holder = providers.Object(numbers)
print(holder() is numbers)
print(providers.Factory(dict, made=holder)()["made"] is numbers)
print(list(holder.related) == [numbers])
