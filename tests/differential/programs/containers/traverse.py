"""Traversal visits each provider once, related ones and nested containers' included."""

from dependency_injector import containers, providers


class Inner(containers.DeclarativeContainer):
    deep = providers.Object("deep")


class App(containers.DeclarativeContainer):
    inner = providers.Container(Inner)
    cache = providers.Singleton(dict, hidden=providers.Object("hidden"))
    service = providers.Factory(dict, cache=cache, other=providers.Resource(list))


app = App()
print(sorted(type(each).__name__ for each in app.traverse()))
print([type(each).__name__ for each in app.traverse(types=[providers.Resource])])
print(sorted(type(each).__name__ for each in App.traverse(types=[providers.Singleton, providers.Container])))
print(sorted(type(each).__name__ for each in app.service.traverse()))
