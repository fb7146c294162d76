"""An aggregate holds providers only, cannot be overridden and needs a key."""

from dependency_injector import errors, providers

numbers = providers.FactoryAggregate(whole=providers.Factory(int))
try:
    numbers.override(providers.Object(1))
except errors.Error:
    print("no override")
try:
    providers.FactoryAggregate(whole=int)
except errors.Error:
    print("no plain callable")
try:
    numbers()
except TypeError:
    print("needs a name")
