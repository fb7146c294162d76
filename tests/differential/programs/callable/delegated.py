"""A delegated callable is injected as itself."""

from dependency_injector import errors, providers


def square(value):
    return value * value


power = providers.DelegatedCallable(square)
worker = providers.Factory(dict, compute=power)
print(worker()["compute"] is power, worker()["compute"](3))
delegate = providers.CallableDelegate(providers.Callable(square, 4))
print(delegate()())
try:
    providers.CallableDelegate(providers.Factory(dict))
except errors.Error:
    print("refused")
