"""A small application that other processes import: where its container is, and what they call."""

import functools
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from tenure import Container, ContainerRef, Inject, containers, providers

LOG = "TENURE_TEST_LOG"
"""Environment variable with the file that every process adds its lines to."""


def note(text):
    """Add a line to the log, if there is one: `pid text`."""
    if os.environ.get(LOG):
        with Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
            log.write(f"{os.getpid()} {text}\n")


class Settings:
    pass


class Database:
    pid: int


class Session:
    def __init__(self, database):
        self.database = database


def open_database() -> Iterator[Database]:
    note("database opened")
    database = Database()
    database.pid, database.thread = os.getpid(), threading.get_ident()
    try:
        yield database
    finally:
        note("database closed")


async def aopen_database() -> AsyncIterator[Database]:
    note("database opened")
    database = Database()
    database.pid, database.thread = os.getpid(), threading.get_ident()
    try:
        yield database
    finally:
        note("database closed")


def open_session(database: Database) -> Iterator[Session]:
    note("session opened")
    try:
        yield Session(database)
    except BaseException as error:
        note(f"session rolled back: {type(error).__name__}")
        raise
    note("session closed")


async def aopen_session(database: Database) -> AsyncIterator[Session]:
    note("session opened")
    try:
        yield Session(database)
    except BaseException as error:
        note(f"session rolled back: {type(error).__name__}")
        raise
    note("session closed")


def make(*, is_async=False, scope="task"):
    container = Container(scopes=(scope,))
    container.bind(aopen_database if is_async else open_database, scope="singleton")
    container.bind(aopen_session if is_async else open_session, scope=scope)
    return container


def make_async():
    return make(is_async=True)


def make_for_requests():
    return make(scope="request")


async def make_late():
    return make()


class Declared(containers.DeclarativeContainer):
    database = providers.Resource(open_database)
    settings = providers.Singleton(Settings)


class DeclaredAsync(containers.DeclarativeContainer):
    database = providers.Resource(aopen_database)


class Namespace:
    container = make()


container = make()
number = 7

ref = ContainerRef("workers_app:make")
aref = ContainerRef(make_async)
declared = ContainerRef(Declared)


@ref.inject
def divided(a: int, b: int, session: Session = Inject[Session]) -> tuple[float, int]:
    """Return a quotient, and where it was worked out."""
    return a / b, session.database.pid


@aref.inject
def adivided(a: int, b: int, session: Session = Inject[Session]) -> tuple[float, int]:
    """Do the same with a session that has to be awaited."""
    return a / b, session.database.pid


@aref.inject
async def awaited(a: int, b: int, session: Session = Inject[Session]) -> tuple[float, int]:
    """Do the same as a coroutine function."""
    return a / b, session.database.thread


@declared.inject
def of_declared(database: Database = Inject[Database], settings: Settings = Inject["settings"]) -> tuple[int, str]:
    return database.pid, type(settings).__name__


partly = functools.partial(make, scope="request")


def begin(log, init, ref):
    """Tell a worker process where the log is, then begin as *init* does."""
    os.environ[LOG] = log
    init(ref)


def make_broken():
    """Return a container that lacks what a task asks for."""
    container = make()

    def refusing() -> Iterator[Settings]:
        raise ConnectionRefusedError("port 5432")
        yield

    container.bind(refusing, scope="singleton")
    return container


broken = ContainerRef(make_broken)


@broken.inject
def of_broken(number: int, database: Database = Inject[Database]) -> int:
    return number


@ref.inject
def hanging(path: str, session: Session = Inject[Session]) -> None:
    """Say that it has begun, and wait for its end."""
    Path(path).touch()
    time.sleep(60)


@ref.inject
def dying(session: Session = Inject[Session]) -> None:
    """Be killed while a session is open."""
    os.kill(os.getpid(), signal.SIGKILL)


@ref.inject
def killed_once(path: str, session: Session = Inject[Session]) -> int:
    """Wait to be killed; whoever does it again returns the process that it is in."""
    if not Path(path).exists():
        Path(path).touch()
        time.sleep(60)
    return os.getpid()


@aref.inject
async def on_the_loop(session: Session = Inject[Session]) -> tuple[bool, int]:
    """Tell whether this runs on the thread that the database was opened on, and where that is."""
    return session.database.thread == threading.get_ident(), session.database.pid


@ref.inject
def failing_once(path: str, session: Session = Inject[Session]) -> str:
    """Fail the first time."""
    if not Path(path).exists():
        Path(path).touch()
        raise ConnectionError
    return "done"
