"""A selector follows a configuration option."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    cache = providers.Selector(
        config.cache.kind,
        memory=providers.Singleton(dict, kind="memory"),
        disk=providers.Singleton(dict, kind="disk"),
    )
    service = providers.Factory(lambda cache: cache["kind"], cache)


app = App(config={"cache": {"kind": "memory"}})
print(app.service(), app.cache() is app.cache())
app.config.cache.kind.from_value("disk")
print(app.service())
app.cache.override(providers.Object({"kind": "fake"}))
print(app.service())
