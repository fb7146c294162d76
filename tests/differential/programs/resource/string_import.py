"""What opens a resource may be named by its import path."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    buffer = providers.Resource("io.StringIO", "text")


app = App()
buffer = app.buffer()
print(buffer.read(), buffer.closed)
app.shutdown_resources()
print(buffer.closed)
