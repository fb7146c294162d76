"""A container that is closed while requests are under way, and while its server is frozen or gone."""

import contextlib
import gc
import threading
from typing import Any

from tenure import Container
from tenure.errors import ContainerClosedError
from tests.servers.census import Census
from tests.servers.load import Load
from tests.servers.worlds import LimitError

CROWD = 40
N_BEFORE = 60
"""How many requests end before the container is closed."""
CLOSE_HANG_S = 25.0
"""How long a close may take: the limit of the pool, that of closing one connection, and a generous rest."""


class Ending(Load):
    """
    Requests without end, until the container is closed; before that *fault*, a method of the server, happens.

    Attributes:
        close_errors: what the close raised, as text.
    """

    def __init__(self, client: Any, server: Any, fault: str | None) -> None:
        super().__init__(client, server, 10**9, has_faults=False)
        self._fault = fault
        self.close_errors: list[str] = []
        self._is_closed = False

    async def _amain(self) -> None:
        self.loop_is_hers()
        await self._alive(self.account.__class__(1), 1)
        before = Census(self.world)
        container = self._container()
        with contextlib.suppress(ContainerClosedError):
            async with container:
                turns = iter([True])
                await self.world.crowd(
                    CROWD, lambda: self._closer(container) if next(turns, False) else self._until_closed(container)
                )
        self.stats = self.client.stats()
        self.server.thaw()
        for _ in range(50):
            gc.collect()  # SQLite closes a file when the last cursor goes, and errors keep cursors
            if not Census(self.world).more_than(before):
                break
            await self.world.turn()
        self.left += Census(self.world).more_than(before)

    async def _closer(self, container: Container) -> None:
        while self.account.n_ended < N_BEFORE:
            await self.world.turn()
        if self._fault is not None:
            fault = threading.Thread(target=getattr(self.server, self._fault))
            fault.start()  # aside: it may have to wait for what requests are doing
            while fault.is_alive():
                await self.world.turn()
        try:
            async with self.world.limit(CLOSE_HANG_S):
                await container.aclose()
        except LimitError:
            self.account.is_wrong(f"the close did not end within {CLOSE_HANG_S} s")
        except BaseException as error:
            self.close_errors.append(repr(error))
        finally:
            self.server.thaw()  # some clients wait for the server although they are cancelled
            self._is_closed = True
            self.account.n_requests = 0

    async def _until_closed(self, container: Container) -> None:
        refused = self.account.errors["ContainerClosedError"]
        while not self._is_closed and self.account.errors["ContainerClosedError"] < refused + CROWD:
            await self._aworker(container, _One(self.account))


class _One:
    """An account that lets one request begin."""

    def __init__(self, account: Any) -> None:
        self._account = account
        self._is_new = True

    def next_number(self) -> int | None:
        is_new, self._is_new = self._is_new, False
        return self._account.next_number() if is_new else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._account, name)
