"""A generator's first step opens, its second closes."""

from dependency_injector import containers, providers


def pool(size):
    print("open", size)
    yield list(range(size))
    print("close", size)


class App(containers.DeclarativeContainer):
    workers = providers.Resource(pool, size=3)
    service = providers.Factory(dict, workers=workers)


app = App()
app.init_resources()
print(app.service()["workers"] is app.workers())
app.shutdown_resources()
print(app.workers.initialized)
