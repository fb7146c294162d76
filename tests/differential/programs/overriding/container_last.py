"""Containers that override a container stack, and the last can be taken away."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    database = providers.Object("real")


class Staging(containers.DeclarativeContainer):
    database = providers.Object("staging")


class Fakes(containers.DeclarativeContainer):
    database = providers.Object("fake")


app = App()
staging = Staging()
app.override(staging)
app.override(Fakes())
print(app.database(), len(app.overridden))
app.reset_last_overriding()
print(app.database(), app.overridden == (staging,))
app.reset_last_overriding()
print(app.database(), app.overridden)
