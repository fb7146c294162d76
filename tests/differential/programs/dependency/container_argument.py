"""Container arguments provide its dependencies by name, by value or by provider."""

from dependency_injector import containers, errors, providers


class Users(containers.DeclarativeContainer):
    database = providers.Dependency()
    limit = providers.Dependency(instance_of=int)
    service = providers.Factory(lambda database, limit: f"{database}:{limit}", database, limit)


users = Users(database=providers.Object("pg"), limit=5)
print(users.service())
print(sorted(name for name, each in users.providers.items() if isinstance(each, providers.Dependency)))
print(sorted(users.dependencies))
try:
    Users(limit=1).service()
except errors.Error:
    print("undefined")
