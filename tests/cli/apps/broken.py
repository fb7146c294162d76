"""An application whose every kind of finding is wanted."""

from collections.abc import AsyncIterator

from tenure import Container


class Database: ...


class Mailer:
    def __init__(self, session: "Session"): ...


class Session:
    def __init__(self, database: Database, mailer: Mailer, port: int): ...


class Keeper:
    def __init__(self, database: Database): ...


class Databse: ...


async def open_database() -> AsyncIterator[Database]:
    yield Database()
    print("closed")


container = Container(autobind=False)
container.bind(open_database, scope="request")
container.bind(Session, scope="request")
container.bind(Mailer)
container.bind(Keeper, scope="singleton")
container.bind("report", lambda databse: None)
