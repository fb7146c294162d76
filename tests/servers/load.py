"""Requests by the thousand, each in a scope of its own, over a few connections."""

import asyncio
import contextlib
import gc
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tenure import Container
from tenure.events import Closed, CloseFailed, Opened
from tests.real.running import wait_until
from tests.servers.census import Census
from tests.servers.connection import Connection, StatementLimitError
from tests.servers.faults import FAULTS, Account, Director
from tests.servers.worlds import WORLDS, LimitError

CROWD = 200
"""How many requests are under way at a time."""
HANG_S = 30.0
"""How long a request may take, all its own limits and those of the pool among it, before it counts as hanging."""
HASTY = 40
"""Of so many requests, those of `HASTE` are cancelled: while they wait for a connection, while the server works."""
HASTE = {7: "waiting", 27: "asking"}
WAITING_S, ASKING_S = 0.004, 0.0005


class Handler:
    """What serves a request: it asks for a connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Load:
    """
    One run: *n_requests* through *client* on *server*, with faults where *has_faults*.

    Attributes:
        account: what became of the requests.
        left: what was left open or running at the end, as text.
        stats: what the pool counted, None where it is the client's own.
        events: how often the client's own pool was opened and closed.
    """

    def __init__(self, client: Any, server: Any, n_requests: int, *, has_faults: bool = True) -> None:
        self.client = client
        self.server = server
        self.world = WORLDS[client.world]()
        self.account = Account(n_requests)
        self.faults = tuple(fault for fault in FAULTS if has_faults and fault.fits(server))
        self.left: list[str] = []
        self.stats: Any = None
        self.events: Counter[str] = Counter()
        self.took_s = 0.0

    def run(self) -> "Load":
        """Run it; the server is as before at the end."""
        self.server.clear()
        began = time.perf_counter()
        try:
            with self._listening():
                if self.world.is_async:
                    self.world.run(self._amain)
                else:
                    self._main()
                gc.collect()
        finally:
            self.took_s = time.perf_counter() - began
            self.server.thaw()
            if not getattr(self.server, "is_up", True):
                self.server.start()
        self._ask_server()
        return self

    # on an event loop

    async def _amain(self) -> None:
        self.loop_is_hers()
        await self._alive(Account(1), 1)
        self.account.wrong.clear()
        before = Census(self.world)
        await self._alive(self.account, CROWD)
        for _ in range(2500):
            gc.collect(0)
            if not Census(self.world).more_than(before):
                break
            await self.world.turn()
        self.left += Census(self.world).more_than(before)

    def loop_is_hers(self) -> None:
        """Have errors and tasks that the loop would only log of counted; what a driver remarks itself is no error."""

        def told(_: object, context: dict[str, Any]) -> None:
            if context.keys() & {"exception", "task", "future"}:
                self.account.is_wrong(f"the loop was told {context}")

        if self.world.name != "trio":
            asyncio.get_running_loop().set_exception_handler(told)

    async def _alive(self, account: Account, size: int) -> None:
        container = self._container()
        async with container:
            director = self._director(account, size)
            await self.world.crowd(size, lambda: self._aworker(container, account))
            with account.changed:
                account.is_over = True
                account.changed.notify_all()
            while director is not None and director.is_alive():
                await self.world.turn()
        self.stats = self.client.stats()

    async def _aworker(self, container: Container, account: Account) -> None:
        while (number := account.next_number()) is not None:
            began, haste, tag = time.perf_counter(), HASTE.get(number % HASTY), f"request {number}"
            try:
                async with self.world.limit(WAITING_S if haste == "waiting" else HANG_S) as limit:
                    async with container.resource_scope("request") as scope:
                        handler = await scope.aget(Handler)
                        if haste == "asking":
                            limit.hurry(ASKING_S)
                        await self._aserve(handler.connection, tag, account)
            except Exception as error:
                if isinstance(error, LimitError) and haste is not None:
                    account.gave_up(began)
                else:
                    self._failed(account, error, began)
            else:
                account.served(tag, began)

    async def _aserve(self, connection: Connection, tag: str, account: Account) -> None:
        with connection.held(tag, account):
            try:
                async with self.world.limit(self.client.statement_s):
                    answer = await self.client.serve(connection, tag)
            except LimitError as error:
                raise StatementLimitError from error
            connection.compare(answer, tag, account)

    # on threads

    def _main(self) -> None:
        self._live(Account(1), 1)
        before = Census(self.world)
        self._live(self.account, CROWD)
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: not Census(self.world).more_than(before), "all is given back", 2.0)
        self.left += Census(self.world).more_than(before)

    def _live(self, account: Account, size: int) -> None:
        with self._container() as container:
            director = self._director(account, size)
            n_hanging = self.world.crowd(size, lambda: self._worker(container, account))
            if n_hanging:
                account.is_wrong(f"{n_hanging} threads hang")
            with account.changed:
                account.is_over = True
                account.changed.notify_all()
            if director is not None:
                director.join()
        self.stats = self.client.stats()

    def _worker(self, container: Container, account: Account) -> None:
        while (number := account.next_number()) is not None:
            began, tag = time.perf_counter(), f"request {number}"
            try:
                with container.resource_scope("request") as scope:
                    connection = scope.get(Handler).connection
                    with connection.held(tag, account):
                        answer = self.client.serve(connection, tag)
                        connection.compare(answer, tag, account)
            except Exception as error:
                self._failed(account, error, began)
            else:
                account.served(tag, began)

    # in common

    def _container(self) -> Any:
        container = Container(scopes=("request",), close_timeout=15.0)
        self.client.bind(container)
        container.bind(Handler, scope="request")
        self.events.clear()
        if self.client.pool != "tenure.Pool":
            container.observe(self._watch)
        return container

    def _watch(self, event: Any) -> None:
        if isinstance(event, Opened | Closed | CloseFailed) and event.scope == "root":
            self.events["opened" if isinstance(event, Opened) else "closed"] += 1

    def _director(self, account: Account, size: int) -> Director | None:
        if size == 1 or not self.faults:
            return None
        director = Director(self.server, account, self.faults)
        director.start()
        return director

    def _failed(self, account: Account, error: Exception, began: float) -> None:
        if isinstance(error, LimitError):
            account.is_wrong(f"a scope did not end within {HANG_S} s")
        if isinstance(error, AssertionError):
            account.is_wrong(repr(error))
        account.failed(type(error).__name__, began)

    def _ask_server(self) -> None:
        """Look what the server has in the end."""
        if self.account.longest_s > HANG_S:
            self.account.is_wrong(f"a scope took {self.account.longest_s:.0f} s")
        with contextlib.suppress(TimeoutError):
            wait_until(lambda: not self.server.connections(), "the server has no connections", 5.0)
        self.left += [f"connection: {line}" for line in self.server.connections()]
        if self.client.keeps:
            lost = set(self.account.served_tags) - set(self.server.entries())
            self.account.wrong += [f"{len(lost)} requests were served and are not in the ledger"] if lost else []
        if self.stats is not None and self.stats.n_made != self.stats.n_closed:
            self.left.append(f"the pool made {self.stats.n_made} and closed {self.stats.n_closed}")

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Take note of errors and warnings that reach nobody."""
        before = sys.unraisablehook
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", ResourceWarning)
            warnings.filterwarnings("always", "coroutine .* was never awaited")
            sys.unraisablehook = lambda told: self.client.late.append(repr(told.exc_value))
            try:
                yield
            finally:
                sys.unraisablehook = before
        for each in warned:
            self.account.is_wrong(f"warned: {each.message}")
