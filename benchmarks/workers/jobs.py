"""
The tasks, and what they need: a connection over the loopback, and a table that is read from a file.

Every task asks the other end of the connection for a discount and looks a price up; what differs is when both are
opened.
"""

import os
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tenure import Container, ContainerRef, Inject

PORT = "BENCH_WORKERS_PORT"
FILE = "BENCH_WORKERS_FILE"
"""Environment variables that say where the server listens, and where the database is."""
N_PRICES = 2_000


class Discounts:
    """A session with a server that says its name and wants to be told one before it answers."""

    def __init__(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", int(os.environ[PORT])))
        self._lines = self._socket.makefile("rwb")
        assert self._lines.readline() == b"discounts\n"
        assert self.ask(b"hello") == 0

    def ask(self, word: bytes) -> int:
        """Return the answer to *word*."""
        self._lines.write(word + b"\n")
        self._lines.flush()
        return int(self._lines.readline())

    def close(self) -> None:
        """End the session."""
        self._lines.close()
        self._socket.close()


class Prices:
    """A table of prices."""

    def __init__(self) -> None:
        with closing(sqlite3.connect(Path(os.environ[FILE]).as_uri() + "?mode=ro", uri=True)) as database:
            self.of = dict(database.execute("select number, cents from price"))


def open_discounts() -> Iterator[Discounts]:
    with closing(Discounts()) as discounts:
        yield discounts


def work(number: int, discounts: Discounts, prices: Prices) -> int:
    """Do one task."""
    return prices.of[number % N_PRICES] - discounts.ask(b"%d" % number)


def result(number: int) -> int:
    """Return what a task has to return."""
    return 100 + number % N_PRICES - number % 7


def make(lifetime: str) -> Container:
    container = Container(scopes=("task",))
    container.bind(open_discounts, scope=lifetime)
    container.bind(Prices, scope=lifetime)
    return container


def once() -> Container:
    """Return a container that opens once per worker."""
    return make("singleton")


def each() -> Container:
    """Return a container that opens for each task."""
    return make("task")


ONCE, EACH = ContainerRef(once), ContainerRef(each)


@ONCE.inject
def tenure_once(number: int, discounts: Discounts = Inject[Discounts], prices: Prices = Inject[Prices]) -> int:
    return work(number, discounts, prices)


@EACH.inject
def tenure_each(number: int, discounts: Discounts = Inject[Discounts], prices: Prices = Inject[Prices]) -> int:
    return work(number, discounts, prices)


def hand_each(number: int) -> int:
    with closing(Discounts()) as discounts:
        return work(number, discounts, Prices())


_open: list[tuple[Discounts, Prices]] = []


def hand_once(number: int) -> int:
    if not _open:  # nobody closes it, and two threads would open two
        _open.append((Discounts(), Prices()))
    return work(number, *_open[0])


WAYS: dict[str, Callable[[int], int]] = {
    "per task, by hand": hand_each,
    "per task, by Tenure": tenure_each,
    "once per worker, by Tenure": tenure_once,
    "once per worker, by hand, in a global that nobody closes": hand_once,
}
