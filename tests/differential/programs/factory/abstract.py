"""An abstract factory provides through the factory that overrides it."""

import abc

from dependency_injector import errors, providers


class Cache(abc.ABC):
    @abc.abstractmethod
    def get(self, key): ...


class MemoryCache(Cache):
    def __init__(self, size=1):
        self.size = size

    def get(self, key):
        return key


cache = providers.AbstractFactory(Cache)
try:
    cache()
except errors.Error:
    print("abstract")
cache.override(providers.Factory(MemoryCache, size=8))
print(cache().size, cache(size=2).size)
