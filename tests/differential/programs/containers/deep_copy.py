"""A copy of a container stands by itself; singletons are made anew in it."""

import copy

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    cache = providers.Singleton(dict)
    service = providers.Factory(dict, cache=cache, name=config.name)


app = App(config={"name": "first"})
cache = app.cache()
copied = copy.deepcopy(app)
copied.config.name.from_value("second")
print(app.service()["name"], copied.service()["name"])
print(
    copied.cache() is cache,
    copied.service()["cache"] is copied.cache(),
    sorted(copied.providers) == sorted(app.providers),
)
