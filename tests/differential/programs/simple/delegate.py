"""A delegate gives the provider it wraps and wraps providers only."""

from dependency_injector import errors, providers

original = providers.Factory(list)
delegate = providers.Delegate(original)
print(delegate() is original, delegate.provides is original)
print(providers.is_delegated(delegate), providers.is_delegated(original))
try:
    providers.Delegate(list)
except errors.Error:
    print("refused")
print(providers.Delegate().set_provides(original)() is original)
