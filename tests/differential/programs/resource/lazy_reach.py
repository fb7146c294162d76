"""A resource is opened by the first that needs it, however it is reached."""

from dependency_injector import containers, providers


def open_one(name):
    print("open", name)
    yield name


class App(containers.DeclarativeContainer):
    link = providers.Resource(open_one, "link")
    repository = providers.Factory(dict, link=link)
    service = providers.Singleton(dict, repositories=providers.List(repository))


app = App()
print("declared")
print(app.service())
app.shutdown_resources()
