"""
The traffic: clients that ask, and remember what they were told.

Which request does what depends on its number alone, so that a run can be told again. Numbers start at 1.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from tenure.cli.demo.http_client import HttpClientPool
from tenure.cli.demo.http_wire import Response
from tenure.cli.demo.settings import Settings


class Kind(Enum):
    """What a request does."""

    ORDER = "places an order"
    RECEIPT = "places an order and has a receipt printed in an inner scope"
    READ = "reads"
    EXPIRED = "fails between an order and its payment"
    JAM = "fails in the inner scope"
    LEAVE = "disconnects in the middle"


CYCLE = (
    *[Kind.ORDER] * 6, Kind.RECEIPT, Kind.RECEIPT, Kind.READ, Kind.EXPIRED,
    *[Kind.ORDER] * 5, Kind.RECEIPT, Kind.RECEIPT, Kind.READ, Kind.READ, Kind.JAM,
)  # fmt: skip


def kind_of(number: int, n_requests: int) -> Kind:
    """Return what request *number* of *n_requests* does: one leaves, the others take turns."""
    return Kind.LEAVE if number == (n_requests + 1) // 2 else CYCLE[number % len(CYCLE)]


@dataclass(slots=True)
class Told:
    """What the clients were told: numbers of requests, by what became of them."""

    confirmed: set[int] = field(default_factory=set)
    """Orders answered with 200."""
    printed: set[int] = field(default_factory=set)
    """Those of them that have a receipt."""
    refused: set[int] = field(default_factory=set)
    """Orders answered with anything else."""
    left: set[int] = field(default_factory=set)
    """Orders that the client left in the middle of."""
    unknown: set[int] = field(default_factory=set)
    """Orders that were cut off before an answer came."""
    n_read: int = 0
    wrong: list[str] = field(default_factory=list)
    """Answers that cannot be right."""
    latencies_s: list[float] = field(default_factory=list)

    @property
    def n_done(self) -> int:
        """Requests that are over, one way or another."""
        return self.n_read + sum(map(len, (self.confirmed, self.refused, self.left, self.unknown)))


class Traffic:
    """Sends all requests, with as many clients as the settings say."""

    def __init__(self, clients: HttpClientPool, settings: Settings) -> None:
        self._clients = clients
        self._settings = settings
        self.told: Told = Told()
        self.n_in_flight: int = 0

    async def run(self, stop: asyncio.Event) -> None:
        """
        Ask until all is asked or *stop* is set; what is in flight then is waited for.

        A cancellation does not wait: what it cuts off is noted as unknown.
        """
        numbers = iter(range(1, self._settings.n_requests + 1))
        async with asyncio.TaskGroup() as clients:
            for client in range(self._settings.n_clients):
                clients.create_task(self._ask_until(stop, numbers), name=f"demo client {client}")

    async def _ask_until(self, stop: asyncio.Event, numbers: Iterator[int]) -> None:
        for number in numbers:
            if stop.is_set():
                return
            kind = kind_of(number, self._settings.n_requests)
            began = time.perf_counter()
            self.n_in_flight += 1
            try:
                await self._ask(number, kind)
            except (asyncio.CancelledError, ConnectionError, TimeoutError):
                self.told.unknown.add(number)
                raise
            finally:
                self.n_in_flight -= 1
            self.told.latencies_s.append(time.perf_counter() - began)

    async def _ask(self, number: int, kind: Kind) -> None:
        match kind:
            case Kind.READ:
                response = await self._clients.request("GET", "/orders", number=number)
                self.told.n_read += 1
                self._expect(number, response, 200)
            case Kind.LEAVE:
                body = order_of(number, kind)
                half = len(body) - body.index(b"\n") - 1
                await self._clients.abandon("POST", "/orders", number=number, body=body, n_bytes=half)
                self.told.left.add(number)
            case _:
                await self._order(number, kind)

    async def _order(self, number: int, kind: Kind) -> None:
        path = "/receipts" if kind in (Kind.RECEIPT, Kind.JAM) else "/orders"
        response = await self._clients.request("POST", path, number=number, body=order_of(number, kind))
        if response.status != 200:
            self.told.refused.add(number)
            self._expect(number, response, {Kind.EXPIRED: 402, Kind.JAM: 503}.get(kind, 200))
            return
        self.told.confirmed.add(number)
        if kind is Kind.RECEIPT:
            self.told.printed.add(number)
        if json.loads(response.body)["order"] != number or kind in (Kind.EXPIRED, Kind.JAM):
            self.told.wrong.append(f"request {number} was given {response.body.decode()}")

    def _expect(self, number: int, response: Response, status: int) -> None:
        if response.status != status:
            answer = f"{response.status} {response.body.decode()!r}"
            self.told.wrong.append(f"request {number} was answered {answer}, not {status}")


def order_of(number: int, kind: Kind) -> bytes:
    """Return the body of an order: a line for the order, one for the payment, one for the printer."""
    order = {"customer": number * 31 % 20_000, "product": number * 17 % 20_000, "quantity": 1 + number % 5}
    payment = {"card": "expired" if kind is Kind.EXPIRED else "valid"}
    printer = {"paper": "jam" if kind is Kind.JAM else "plain"}
    return b"".join(json.dumps(line).encode() + b"\n" for line in (order, payment, printer))
