"""A nested container's configuration may be set from either side."""

from dependency_injector import containers, providers


class Core(containers.DeclarativeContainer):
    config = providers.Configuration("core")
    name = providers.Callable(str, config.name)


class App(containers.DeclarativeContainer):
    config = providers.Configuration("app")
    core = providers.Container(Core, config=config.core)


app = App(config={"core": {}})
app.core.config.name.from_value("from below")
print(app.core.name(), app.config())
app.config.core.name.from_value("from above")
print(app.core.name(), app.config())
