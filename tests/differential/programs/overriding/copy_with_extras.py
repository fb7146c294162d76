"""A copy may add providers, which use those of the copy."""

from dependency_injector import containers, providers


class Base(containers.DeclarativeContainer):
    url = providers.Object("base")
    client = providers.Factory(dict, url=url)


@containers.copy(Base)
class App(Base):
    url = providers.Object("copied")
    service = providers.Factory(dict, client=Base.client)


app = App()
print(app.client(), app.service())
print(Base().client(), sorted(App.cls_providers))
