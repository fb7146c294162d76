"""Containers in which something does not answer."""

from collections.abc import Iterator

from tenure import Container
from tenure.health import Health


class Database:
    def is_up(self):
        msg = "no route to postgresql://shop:hunter2@db/shop"
        raise ConnectionError(msg)


class Catalogue: ...


def open_database() -> Iterator[Database]:
    try:
        yield Database()
    finally:
        print("closed")


def open_catalogue(database: Database) -> Iterator[Catalogue]:
    try:
        yield Catalogue()
    finally:
        pass


def wire(*, critical):
    """Return a container whose database is down."""
    made = Container()
    made.bind(Database, open_database, scope="singleton", health=Health("is_up", critical=critical))
    made.bind(Catalogue, open_catalogue, scope="singleton")
    return made


container = wire(critical=True)
degraded = wire(critical=False)
