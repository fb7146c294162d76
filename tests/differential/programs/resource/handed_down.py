"""A resource handed to a nested container closes after what the nested one made from it."""

from dependency_injector import containers, providers


def open_one(name, below=""):
    print("open", name, below)
    yield name
    print("close", name)


class Sub(containers.DeclarativeContainer):
    link = providers.Dependency()
    service = providers.Resource(open_one, "service", link)


class App(containers.DeclarativeContainer):
    link = providers.Resource(open_one, "link")
    sub = providers.Container(Sub, link=link)


app = App()
print(app.sub.service())
print(app.link.initialized)
app.sub.service.shutdown()
app.link.shutdown()
