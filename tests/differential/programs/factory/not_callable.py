"""A factory refuses what cannot be called."""

from dependency_injector import errors, providers

try:
    providers.Factory(123)
except errors.Error:
    print("refused")
providers.Factory().set_provides(object())
