"""A delegated singleton is injected as the provider itself."""

from dependency_injector import errors, providers


class Registry:
    pass


registry = providers.DelegatedSingleton(Registry)
client = providers.Factory(dict, registry=registry)
print(client()["registry"] is registry, client()["registry"]() is registry())
delegate = providers.SingletonDelegate(providers.Singleton(Registry))
print(delegate()() is delegate()())
try:
    providers.SingletonDelegate(providers.Factory(Registry))
except errors.Error:
    print("refused")
