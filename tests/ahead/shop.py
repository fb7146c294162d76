"""A program with bindings of every kind, to be compiled ahead of time."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Generic, NewType, Protocol, TypeVar

from tenure import Container, resource, scoped, singleton

log: list[str] = []
T = TypeVar("T")
Port = NewType("Port", int)


class Base:
    """Shows what it was made of."""

    def __init__(self, *made_of: object) -> None:
        self.made_of = made_of

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self.made_of!r}"


class Settings(Base):
    """An object that exists."""


class Clock(Protocol):
    def now(self) -> float: ...


class StoppedClock(Base):
    """Bound by itself where the protocol is asked for."""

    def __init__(self) -> None:
        super().__init__()

    def now(self) -> float:
        return 0.0


class Database(Base):
    """Opened by a generator function."""


def open_database(settings: Settings) -> Iterator[Database]:
    log.append("open database")
    try:
        yield Database(settings)
    finally:
        log.append("close database")


@singleton
class Users(Base):
    """A singleton over a resource."""

    def __init__(self, database: Database, clock: Clock, *, limit: int = 10) -> None:
        super().__init__(database, clock, limit)


class Repo(Base, Generic[T]):
    """Generic."""

    def __init__(self, users: Users) -> None:
        super().__init__(users)


class Helper(Base):
    """Bound by itself, because others need it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)


class Report(Base):
    """Transient, over transient things and a collection of all of a kind."""

    def __init__(self, repo: Repo[int], helper: Helper, shops: list[Shop], by_name: dict[str, Shop]) -> None:
        super().__init__(repo, helper, shops, by_name)


class Shop(Base):
    """Bound more than once, with qualifiers."""

    def __init__(self, name: str = "?", port: Port = Port(1)) -> None:
        super().__init__(name, port)


@scoped
class Session(Base):
    """One per request."""

    def __init__(self, users: Users, request: Request) -> None:
        super().__init__(users, request)


class Request(Base):
    """Given to a scope."""


class Mailer(Base):
    """Opened by an asynchronous generator function."""


async def open_mailer(database: Database, south: Annotated[Shop, "south"]) -> AsyncIterator[Mailer]:
    log.append("open mailer")
    try:
        yield Mailer(database, south)
    finally:
        log.append("close mailer")


@contextlib.contextmanager
def open_lock(settings: Settings) -> Iterator[Base]:
    log.append("open lock")
    yield Base("lock", settings)
    log.append("close lock")


@resource
class Cache(Base):
    """A class that opens and closes itself."""

    def __init__(self, users: Users) -> None:
        super().__init__(users)

    def initialize(self) -> None:
        log.append("open cache")

    def dispose(self) -> None:
        log.append("close cache")


@resource
class Feed(Base):
    """A class whose own methods open it, asynchronously."""

    def __init__(self, mailer: Mailer) -> None:
        super().__init__(mailer)

    async def initialize(self) -> None:
        log.append("open feed")

    async def dispose(self) -> None:
        log.append("close feed")

    async def read(self) -> str:
        return "read"


@resource(optional=True)
def open_tracer() -> Iterator[Tracer]:
    raise OSError("no tracer today")
    yield Tracer()


class Tracer(Base):
    """Never opens."""


class Traced(Base):
    """Does without what does not open."""

    def __init__(self, tracer: Tracer | None, missing: Database | None = None, session: Missing | None = None) -> None:
        super().__init__(tracer, missing, session)


class Missing(Base):
    """Not bound, and never asked for without a way to do without."""

    def __init__(self, nothing: int) -> None:
        super().__init__(nothing)


async def fetch_token(users: Users) -> Token:
    log.append("fetch token")
    return Token(users)


class Token(Base):
    """Made by a coroutine function."""


class Desk(Base):
    """Needs much that is asynchronous."""

    def __init__(self, token: Token, mailer: Mailer, report: Report, lock: Annotated[Base, "lock"]) -> None:
        super().__init__(token, mailer, report, lock)


def bind(container: Container) -> None:
    container.bind(Settings, Settings("prod"))
    container.bind(Clock, StoppedClock)
    container.bind(open_database, scope="singleton")
    container.bind(Users)
    container.bind(Repo[int])
    container.bind(Repo[str], lambda users: Repo(users), scope="singleton", arguments={"users": "none"})
    container.bind(Report)
    container.bind(Shop, arguments={"name": "main"})
    container.bind(Shop, name="south", scope="request")
    container.bind(Shop, name="north", arguments={"name": "north", "port": Port(3)}, scope="singleton")
    container.bind(Session)
    container.declare(Request)
    container.bind(open_mailer)
    container.bind(Base, open_lock, name="lock", scope="singleton")
    container.bind(Cache)
    container.bind(Feed, scope="request")
    container.bind(open_tracer)
    container.bind(Traced)
    container.bind(fetch_token, scope="singleton")
    container.bind(Desk)
    container.bind("answer", 42)
    container.bind(Port, value=8080)


SYNC = (
    Settings, Clock, Database, Users, Repo[int], Repo[str], Shop, Annotated[Shop, "north"],
    Annotated[Base, "lock"], Cache, Helper, Traced, "answer", Port,
)  # fmt: skip
"""Keys that can be had without a loop and outside a request."""
IN_REQUEST = (*SYNC, list[Shop], Report, Session, Annotated[Shop, "south"], Request)
ASYNC = (*IN_REQUEST, Mailer, Feed, Token, Desk)


def make_container(compiled: str | None = None) -> Container:
    container = Container(compiled=compiled)
    bind(container)
    return container
