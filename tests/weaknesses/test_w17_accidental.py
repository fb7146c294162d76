"""W17: what merely happens to be a context manager is entered."""

import contextlib
import io
import os
import socket
import sqlite3
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import MagicMock

import pytest

from tests.weaknesses.support import contrast, done, outcome


@contrast(theirs="bool", ours="lock")
def test_a_lock_stays_a_lock(library):
    """W17: a resource made by `threading.Lock` is the lock."""
    container = library.container(lock=library.resource(threading.Lock))

    kind = type(container.lock()).__name__
    container.shutdown_resources()
    return kind.lower()


@contrast(theirs=True, ours=False)
def test_a_lock_is_not_held(library):
    """W17: nobody has taken the lock that a resource is."""
    made = []

    def make():
        made.append(threading.Lock())
        return made[0]

    container = library.container(lock=library.resource(make))
    container.lock()
    held = made[0].locked()
    container.shutdown_resources()
    return held


@contrast(theirs=False, ours=True)
def test_a_mock_stays_a_mock(library):
    """W17: a resource that a mock stands in for is that mock, not what its `__enter__` gives."""
    mock = MagicMock()
    container = library.container(client=library.resource(lambda: mock))

    same = container.client() is mock
    container.shutdown_resources()
    return same


@contrast(theirs=True, ours=False)
def test_a_mock_is_not_entered(library):
    """W17: nobody has called its `__enter__`."""
    mock = MagicMock()
    container = library.container(client=library.resource(lambda: mock))

    container.client()
    container.shutdown_resources()
    return mock.__enter__.called


@contrast(theirs="usable", ours="closed")
def test_a_database_connection_is_really_closed(library):
    """W17, L10: after the shutdown an sqlite3 connection is closed; its `__exit__` would only commit."""
    container = library.container(db=library.resource(sqlite3.connect, ":memory:"))
    connection = container.db()

    container.shutdown_resources()
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return "closed"
    connection.close()
    return "usable"


@contrast(theirs="TypeError", ours="Session")
async def test_a_class_with_both_protocols_is_asynchronous(library):
    """W17: a class whose synchronous `__enter__` only says "use async with" is entered asynchronously."""
    container = library.container(session=library.resource(both([])))
    try:
        session = await outcome(done(container.session()))
    except TypeError as error:
        return type(error).__name__
    await done(container.shutdown_resources())
    return session if isinstance(session, str) else type(session).__name__


@contrast(theirs=[], ours=["entered", "left"])
async def test_a_class_with_both_protocols_is_entered_and_left(library):
    """W17, L10: it is opened and closed by its asynchronous methods, once each."""
    log = []
    container = library.container(session=library.resource(both(log)))
    try:
        await outcome(done(container.session()))
    except TypeError:
        return log
    await done(container.shutdown_resources())
    return log


def both(log):
    """A class as aiohttp's ClientSession is."""

    class Session:
        def __enter__(self):
            raise TypeError("use async with instead")

        def __exit__(self, *outcome):
            raise AssertionError("never")

        async def __aenter__(self):
            log.append("entered")
            return self

        async def __aexit__(self, *outcome):
            log.append("left")

    return Session


class Manager:
    def __enter__(self):
        return "entered"

    def __exit__(self, *outcome):
        return None


@contrast(theirs="entered", ours="entered")
def test_a_declared_context_manager_is_entered(library):
    """W17, #444: a context manager class that a resource is made of is meant, in both libraries."""
    container = library.container(value=library.resource(Manager))

    value = container.value()
    container.shutdown_resources()
    return value


@contrast(theirs="entered", ours="entered")
def test_a_context_manager_that_a_function_makes_is_entered(library):
    """W17, #444: so is an object of such a class that a plain function gives."""
    container = library.container(value=library.resource(lambda: Manager()))

    value = container.value()
    container.shutdown_resources()
    return value


STANDARD = {
    "file": (lambda: (open, os.devnull), lambda file: file.closed),
    "executor": (lambda: (ThreadPoolExecutor, 1), lambda executor: refuses(executor.submit, int)),
    "directory": (lambda: (tempfile.TemporaryDirectory,), lambda name: not os.path.exists(name)),
    "socket": (lambda: (socket.socket,), lambda opened: opened.fileno() == -1),
    "temporary file": (lambda: (tempfile.NamedTemporaryFile,), lambda file: file.closed),
    "closing": (lambda: (contextlib.closing, io.StringIO()), lambda file: file.closed),
}


def refuses(act, *args):
    try:
        act(*args)
    except RuntimeError:
        return True
    return False


@pytest.mark.parametrize("kind", STANDARD)
@contrast(theirs=(False, True), ours=(False, True))
def test_what_the_standard_library_opens_is_closed(library, kind):
    """W17, L10: files, sockets, executors and the like are usable until the shutdown, and closed after it."""
    arguments, is_closed = STANDARD[kind]
    make, *args = arguments()
    container = library.container(value=library.resource(make, *args))
    value = container.value()

    before = is_closed(value)
    container.shutdown_resources()
    return before, is_closed(value)
