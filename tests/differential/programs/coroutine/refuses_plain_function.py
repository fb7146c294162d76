"""A coroutine provider takes coroutine functions only."""

from dependency_injector import errors, providers


def plain():
    return 1


try:
    providers.Coroutine(plain)
except errors.Error:
    print("refused")
print(isinstance(providers.Coroutine(), providers.Callable))
