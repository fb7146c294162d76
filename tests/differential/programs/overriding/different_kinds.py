"""Providers of any kind may override each other."""

from dependency_injector import providers

service = providers.Singleton(dict, kind="singleton")
print(service() is service())
with service.override(providers.Factory(dict, kind="factory")):
    print(service(), service() is service())
with service.override(providers.Callable(len, "four")):
    print(service())
with service.override(providers.List(1, 2)):
    print(service())
print(service())
