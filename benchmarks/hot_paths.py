"""
The hot paths beside the same work written by hand: ratios from one run, round robin, best of each.

1.00 is hand-written Python. Only ratios mean anything; the machine's speed is not compared with anybody's.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tenure import Container, resource, scoped, singleton

ROUNDS = 9


@singleton
class Settings: ...


class Repository:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings


class Service:
    def __init__(self, repository: Repository, settings: Settings) -> None:
        self.repository, self.settings = repository, settings


@scoped
class Session: ...


class Connection: ...


class Transaction: ...


@resource
def connection() -> Iterator[Connection]:
    try:
        yield Connection()
    finally:
        pass


@resource
def transaction(connection: Connection) -> Iterator[Transaction]:
    try:
        yield Transaction()
    finally:
        pass


container = Container()
for target in (Settings, Session, connection, transaction):
    container.bind(target)
settings = container.get(Settings)
by_hand = {Settings: settings}
open_connection, open_transaction = contextmanager(connection), contextmanager(transaction)


def scope_with_session() -> None:
    with container.resource_scope() as scope:
        scope.get(Session)


def scope_with_two_resources() -> None:
    with container.resource_scope() as scope:
        scope.get(Transaction)


def stack_with_two_resources() -> None:
    with ExitStack() as stack:
        stack.enter_context(open_transaction(stack.enter_context(open_connection())))


PAIRS: dict[str, tuple[Callable[[], object], Callable[[], object], int]] = {
    "get of a singleton": (lambda: container.get(Settings), lambda: by_hand[Settings], 20_000),
    "graph of two new objects over a singleton": (
        lambda: container.get(Service),
        lambda: Service(Repository(settings), settings),
        20_000,
    ),
    "request scope with one object": (scope_with_session, Session, 2_000),
    "request scope with two generator resources (ExitStack = 1)": (
        scope_with_two_resources,
        stack_with_two_resources,
        2_000,
    ),
}


def seconds(function: Callable[[], object], times: int) -> float:
    """Return how long *times* calls of *function* take, in seconds."""
    began = time.perf_counter()
    for _ in range(times):
        function()
    return time.perf_counter() - began


def main() -> None:
    """Print one line per pair: the ratio of the best rounds."""
    best: dict[str, list[float]] = {name: [float("inf"), float("inf")] for name in PAIRS}
    for _ in range(ROUNDS):
        for name, (ours, theirs, times) in PAIRS.items():
            best[name][0] = min(best[name][0], seconds(ours, times))
            best[name][1] = min(best[name][1], seconds(theirs, times))
    for name, (ours_s, theirs_s) in best.items():
        print(f"{ours_s / theirs_s:8.2f}  {name}")


if __name__ == "__main__":
    main()
