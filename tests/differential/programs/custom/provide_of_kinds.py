"""A subclass of a kind may add to what it provides."""

from dependency_injector import containers, providers

calls = []


class CountedFactory(providers.Factory):
    def _provide(self, args, kwargs):
        calls.append("factory")
        return super()._provide(args, kwargs)


class CountedSingleton(providers.Singleton):
    def _provide(self, args, kwargs):
        calls.append("singleton")
        return super()._provide(args, kwargs)


class App(containers.DeclarativeContainer):
    cache = CountedSingleton(dict, size=1)
    page = CountedFactory(dict, cache=cache)


app = App()
print(app.page(), app.page(title="x"), app.cache() is app.cache())
print(calls)
