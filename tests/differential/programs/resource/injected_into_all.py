"""What is open is shared by factories, singletons, callables and collections."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    link = providers.Resource(lambda: ["link"])
    factory = providers.Factory(dict, link=link)
    single = providers.Singleton(dict, link=link)
    called = providers.Callable(lambda link: link, link)
    listed = providers.List(link, link)
    table = providers.Dict(link=link)
    first = link.provided[0]


app = App()
link = app.link()
print(app.factory()["link"] is link, app.single()["link"] is link, app.called() is link)
print(app.listed()[1] is link, app.table()["link"] is link, app.first())
app.shutdown_resources()
