"""Objects of factories share the singletons below them."""

from dependency_injector import providers


class Handler:
    def __init__(self, database, cache):
        self.database = database
        self.cache = cache


database = providers.Singleton(object)
handler = providers.Factory(Handler, database, cache=providers.Factory(dict, backend=database))

one, two = handler(), handler()
print(one is two, one.database is two.database, one.cache is two.cache)
print(one.cache["backend"] is two.cache["backend"] is database())
