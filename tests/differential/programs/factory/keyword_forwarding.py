"""A call's keyword with a double underscore goes to the named dependency."""

from dependency_injector import providers


class Database:
    def __init__(self, dsn="sqlite", timeout=1):
        self.dsn = dsn
        self.timeout = timeout


class Repository:
    def __init__(self, database, table="users"):
        self.database = database
        self.table = table


database = providers.Factory(Database, timeout=5)
repository = providers.Factory(Repository, database=database)

made = repository(database__dsn="postgres", table="orders")
print(made.database.dsn, made.database.timeout, made.table)
made = repository(database__timeout=9)
print(made.database.dsn, made.database.timeout, made.table)
