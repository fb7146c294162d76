"""A server that is none: it counts the connections that pools open to it, and can fail."""

import time
from typing import Any


class Server:
    """
    What connections are made of.

    Attributes:
        alive: connections that are open.
        most: the greatest number at a time.
        opened: all connections, in order.
        fails: how many of the next openings fail.
        bad: connections that a check finds dead.
    """

    def __init__(self) -> None:
        self.alive = self.most = self.fails = 0
        self.opened: list[Any] = []
        self.bad: set[int] = set()
        self.n_checks = self.n_resets = 0
        self.delay_s = 0.0

    def open(self, connection: Any) -> Any:
        """Open *connection*, of whatever class a library wants."""
        if self.fails:
            self.fails -= 1
            raise ConnectionRefusedError("the server does not answer")
        time.sleep(self.delay_s)
        self.alive += 1
        self.most = max(self.most, self.alive)
        self.opened.append(connection)
        connection.n_closed = 0
        return connection

    def close(self, connection: Any) -> None:
        """Close *connection*."""
        self.alive -= 1
        connection.n_closed += 1

    def number(self, connection: Any) -> int:
        """Return which connection that is, from 0."""
        inner = getattr(connection, "_con", connection)
        return next(n for n, each in enumerate(self.opened) if each is inner)

    def check(self, connection: Any) -> bool:
        """Tell whether *connection* is alive."""
        self.n_checks += 1
        return self.number(connection) not in self.bad

    def reset(self, connection: Any) -> None:
        """Reset *connection*; raises where it is dead."""
        self.n_resets += 1
        if self.number(connection) in self.bad:
            raise ConnectionResetError("the connection is dead")


class Plain:
    """A connection for libraries that take any object."""

    n_closed = 0
