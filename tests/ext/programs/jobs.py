"""
A container and the jobs that every queue of the tests works off; what happens is written to a file, with the process.

Its environment says what is tested: JOBS_LOG (the file), JOBS_ASYNC (asynchronous resources), JOBS_BROKEN (a job that
asks for what is not bound).
"""

import os
import time
from collections.abc import AsyncIterator, Iterator
from typing import Protocol

from tenure import Container, Inject, inject

LOG = os.environ["JOBS_LOG"]


def log(entry):
    """Write *entry* at once, whole: lines of several processes do not mix."""
    file = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{os.getpid()} {entry}\n".encode())
    os.close(file)


def is_first(name):
    """Tell whether this is asked for the first time, in whatever process."""
    try:
        os.close(os.open(f"{LOG}.{name}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


class Database:
    """What lives as long as a process."""

    def __init__(self):
        self.process = os.getpid()

    def is_ours(self):
        return self.process == os.getpid()


class Session:
    """What lives as long as a job."""

    is_open = True


class Unbound(Protocol):
    """What nothing is bound to."""

    def method(self): ...


def ended(session, error):
    session.is_open = False
    log("session closed" if error is None else f"session rolled back: {type(error).__name__}")


def database() -> Iterator[Database]:
    log("database opened")
    yield Database()
    log("database closed")


def session(database: Database) -> Iterator[Session]:
    log("session opened")
    opened = Session()
    try:
        yield opened
    except BaseException as error:
        ended(opened, error)
        raise
    ended(opened, None)


async def adatabase() -> AsyncIterator[Database]:
    log("database opened")
    yield Database()
    log("database closed")


async def asession(database: Database) -> AsyncIterator[Session]:
    log("session opened")
    opened = Session()
    try:
        yield opened
    except BaseException as error:
        ended(opened, error)
        raise
    ended(opened, None)


IS_ASYNC = "JOBS_ASYNC" in os.environ
container = Container()
container.bind(adatabase if IS_ASYNC else database, scope="singleton")
container.bind(asession if IS_ASYNC else session, scope="request")


class Repository:
    """What needs the session."""

    def __init__(self, session: Session) -> None:
        self.session = session


@inject
def value(number: int, repository: Repository = Inject[Repository], database: Database = Inject[Database]):
    log(f"value {number * 2} {repository.session.is_open} {database.is_ours()}")
    return number * 2


@inject
async def avalue(number: int, repository: Repository = Inject[Repository], database: Database = Inject[Database]):
    log(f"avalue {number * 2} {repository.session.is_open} {database.is_ours()}")
    return number * 2


@inject
def fail(session: Session = Inject[Session]):
    raise ZeroDivisionError


@inject
async def afail(session: Session = Inject[Session]):
    raise ZeroDivisionError


@inject
def retried(session: Session = Inject[Session]):
    if is_first("retried"):
        raise ConnectionError("the first time")
    log("retried")


@inject
def hang(session: Session = Inject[Session]):
    if is_first("hang"):  # some queues have it done again
        log("hangs")
        time.sleep(600)


@inject
def broken(unbound: Unbound = Inject[Unbound]): ...


JOBS = [value, avalue, fail, afail, retried, hang, *([broken] if "JOBS_BROKEN" in os.environ else [])]
"""Each is still to be made a job of the queue, by its name."""


def named_of(job_class, identity):
    """
    Return the job `named`, which tells what whoever sent it knows it by.

    Args:
        job_class: what the queue calls a job.
        identity: takes a job; returns that.
    """

    class Named:
        def __init__(self, job: job_class) -> None:
            self.name = identity(job)

    @inject
    def named(name: object = Inject[Named]):
        log(f"named {name.name}")

    return named
