"""An abstract singleton is provided by the singleton that overrides it."""

from dependency_injector import errors, providers


class Store:
    pass


class FileStore(Store):
    pass


store = providers.AbstractSingleton(Store)
for attempt in (store, store.reset, lambda: store.override(providers.Factory(FileStore))):
    try:
        attempt()
    except errors.Error:
        print("refused")
store.override(providers.Singleton(FileStore))
print(store() is store(), type(store()).__name__)
first = store()
store.reset()
print(store() is first)
