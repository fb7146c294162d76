"""A container overrides another by the names they share, until reset."""

from dependency_injector import containers, providers


class App(containers.DeclarativeContainer):
    database = providers.Object("real db")
    mailer = providers.Object("real mail")
    service = providers.Callable("{} {}".format, database, mailer)


class Fakes(containers.DeclarativeContainer):
    database = providers.Object("fake db")
    unrelated = providers.Object("x")


app = App()
app.override(Fakes())
print(app.service(), len(app.overridden))
app.reset_override()
print(app.service(), app.overridden)
