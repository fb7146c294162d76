"""A program that runs when its module is imported, and leaves its container closed."""

from collections.abc import Iterator

from tenure import Container


class Database: ...


def open_database() -> Iterator[Database]:
    try:
        yield Database()
    finally:
        pass


container = Container()
container.bind(Database, open_database, scope="singleton")

with container:
    database = container.get(Database)
