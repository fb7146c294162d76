"""
A singleton made from a resource is made anew once that has been closed and opened again.

theirs:
    stale
ours:
    fresh
"""

from dependency_injector import containers, providers


def connect():
    yield object()


class App(containers.DeclarativeContainer):
    link = providers.Resource(connect)
    service = providers.Singleton(dict, link=link)


app = App()
app.init_resources()
app.service()
app.shutdown_resources()
app.init_resources()
print("fresh" if app.service()["link"] is app.link() else "stale")
app.shutdown_resources()
