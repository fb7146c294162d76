"""A factory gets the value of the time: after a resource was closed and opened again, the new one."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    link = providers.Resource(object)
    service = providers.Factory(dict, link=link)


app = App()
old = app.service()["link"]
app.shutdown_resources()
new = app.service()["link"]
print(old is new, new is app.link())
app.shutdown_resources()
