"""FactoryDelegate wraps factories alone."""

from dependency_injector import errors, providers

numbers = providers.Factory(list)
wrapped = providers.FactoryDelegate(numbers)
print(wrapped() is numbers, wrapped.provides is numbers)
try:
    providers.FactoryDelegate(providers.Object(1))
except errors.Error:
    print("refused")
