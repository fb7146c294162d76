"""A resource's arguments may be options, converted and required."""

from dependency_injector import containers, errors, providers


def pool(size, *, name):
    yield f"{name} of {size + 1}"


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    pool = providers.Resource(pool, config.pool.size.as_int(), name=config.pool.name.required())


app = App(config={"pool": {"size": "4"}})
try:
    app.init_resources()
except errors.Error:
    print("undefined", app.pool.initialized)
app.config.pool.name.from_value("workers")
app.init_resources()
print(app.pool())
app.shutdown_resources()
