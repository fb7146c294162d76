"""A nested container gets its dependencies from the outer one."""

from dependency_injector import containers, providers


class Database(containers.DeclarativeContainer):
    config = providers.Configuration()
    engine = providers.Singleton("engine {}".format, config.dsn)


class Users(containers.DeclarativeContainer):
    engine = providers.Dependency()
    service = providers.Factory("users on {}".format, engine)


class App(containers.DeclarativeContainer):
    config = providers.Configuration()
    database = providers.Container(Database, config=config.database)
    users = providers.Container(Users, engine=database.engine)


app = App()
app.config.from_dict({"database": {"dsn": "sqlite"}})
print(app.users.service(), app.database.engine() is app.users.engine())
print(app.users().service(), type(app.users).__name__)
