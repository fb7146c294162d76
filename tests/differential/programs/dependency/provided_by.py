"""A dependency is provided by what overrides it, and its type is checked."""

import abc

from dependency_injector import errors, providers


class Storage(metaclass=abc.ABCMeta):
    @abc.abstractmethod
    def size(self): ...


class DiskStorage(Storage):
    def size(self):
        return 100


storage = providers.Dependency(instance_of=Storage)
service = providers.Factory(lambda storage: storage.size(), storage=storage)

storage.provided_by(providers.Factory(DiskStorage))
print(service(), storage.instance_of is Storage)
storage.override(providers.Object("no storage"))
try:
    service()
except errors.Error:
    print("wrong type")
