"""Arguments of the first call count like those of a factory."""

from dependency_injector import containers, providers


def connect(*args, **kwargs):
    return args, sorted(kwargs.items())


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect, 1, a=1)


app = App()
print(app.link(2, b=2))
print(app.link(3))
app.link.shutdown()
print(app.link(a=5))
app.link.shutdown()
