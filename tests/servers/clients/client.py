"""What every client has in common."""

from collections.abc import Callable
from typing import Any

from tenure import Container, Pool, Retry
from tests.servers.connection import Connection

SIZE = 10
"""How many connections a pool has at most."""
WAIT_S = 2.0
"""How long a request waits for a connection."""
OPEN_S, CLOSE_S = 1.5, 1.5
"""How long opening and closing one may take."""
STATEMENT_S = 1.0


class Client:
    """
    A client library behind `tenure.Pool`: `connect` makes a `Connection` and closes it.

    Attributes:
        name: of the library.
        kind: of the server it needs.
        world: where it runs.
        keeps: whether the server still knows, at the end, what it was told.
        late: errors that had no caller: of connections that were closed aside.
        packages: that it needs.
    """

    name: str
    kind: str
    world: str
    packages: tuple[str, ...] = ()
    keeps = False
    statement_s = STATEMENT_S
    connect: Callable[..., Any]
    check: Any = None
    pool: str = "tenure.Pool"

    def __init__(self, server: Any) -> None:
        self.server = server
        self.late: list[str] = []
        self._pool: Any = None

    def bind(self, container: Container) -> None:
        """Bind `Connection`, one for each request."""
        self._pool = Pool(
            type(self).connect, arguments={"server": self.server}, max_size=SIZE, timeout_s=WAIT_S,
            check=type(self).check, check_after_s=0.2, discard=BaseException, close_timeout_s=5.0,
            retry=Retry(attempts=3, backoff=0.05, max_delay=0.5),
        )  # fmt: skip
        container.bind(Connection, self._pool)

    def stats(self) -> Any:
        """Return what the pool of Tenure counted, None where the library has its own."""
        return self._pool.stats() if self._pool is not None else None
