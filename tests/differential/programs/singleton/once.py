"""A singleton makes its object at the first call and keeps it."""

from dependency_injector import providers

made = []


class Connection:
    def __init__(self, host):
        made.append(host)
        self.host = host


connection = providers.Singleton(Connection, "db")

print(made)
print(connection() is connection(), made)
print(connection("other").host, made)
