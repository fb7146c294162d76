"""A container class overrides a container class, until reset."""

from dependency_injector import containers, errors, providers


class App(containers.DeclarativeContainer):
    database = providers.Object("real")


class Fakes(containers.DeclarativeContainer):
    database = providers.Object("fake")


App.override(Fakes)
print(App.database(), App().database(), App.overridden == (Fakes,))
App.reset_override()
print(App.database(), App().database())
for wrong in (App.reset_last_overriding, lambda: App.override(App), lambda: App().reset_last_overriding()):
    try:
        wrong()
    except errors.Error:
        print("refused")
