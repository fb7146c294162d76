"""A decorated generator is a context manager, entered and left."""

from contextlib import contextmanager

from dependency_injector import containers, providers


@contextmanager
def transaction(name):
    print("begin", name)
    try:
        yield name.upper()
    finally:
        print("end", name)


class App(containers.DeclarativeContainer):
    work = providers.Resource(transaction, "orders")


app = App()
print(app.work(), app.work())
app.shutdown_resources()
print(app.work.initialized)
