"""Providers can be added to and taken from a class."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    a = providers.Object(1)


App.b = providers.Object(2)
print(sorted(App.providers), App().b())
del App.a
print(sorted(App.providers), hasattr(App, "a"), hasattr(App(), "a"))
setattr(App, "c", providers.Object(3))  # noqa: B010
print(App().c(), sorted(App.cls_providers))
