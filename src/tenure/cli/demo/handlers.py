"""
What the application does with a request: plain classes, made anew for each request.

They say what they need in their constructors and know nothing of Tenure, but for the one that opens a scope of its own.
"""

import json
from typing import Protocol

from tenure import Container
from tenure.cli.demo.catalogue import Catalogue
from tenure.cli.demo.database import Connection
from tenure.cli.demo.files import Draft
from tenure.cli.demo.http_wire import Request, Response
from tenure.cli.demo.transaction import Transaction


class RefusalError(Exception):
    """The request comes to nothing; the client is told why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status = status
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class Handler(Protocol):
    """Handles one request."""

    async def handle(self) -> Response:
        """
        Return the answer.

        Raises:
            RefusalError: the request comes to nothing.
        """
        ...


class Health:
    """`GET /health`: yes, we are here."""

    async def handle(self) -> Response:
        """Return an empty 200."""
        return Response(200)


class CountOrders:
    """`GET /orders`: how many orders there are, read without a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def handle(self) -> Response:
        """Return the number of orders."""
        rows = await self._connection.execute("SELECT count(*) FROM orders")
        return Response(200, json.dumps({"n_orders": rows[0][0]}).encode())


class PlaceOrder:
    """`POST /orders`: two lines, the order and its payment, that count only together."""

    def __init__(self, request: Request, transaction: Transaction, catalogue: Catalogue) -> None:
        self._request = request
        self._transaction = transaction
        self._catalogue = catalogue

    async def handle(self) -> Response:
        """Write the order as its first line arrives, then the payment."""
        number = self._request.number
        order = json.loads(await self._request.body.line())
        price = self._catalogue.price_cents(order["product"])
        await self._transaction.add_order(number, order["customer"], order["product"], order["quantity"])

        payment = json.loads(await self._request.body.line())
        if payment["card"] == "expired":
            raise RefusalError(402, "the card has expired")
        await self._transaction.add_payment(number, price * order["quantity"])
        return Response(200, json.dumps({"order": number, "cents": price * order["quantity"]}).encode())


class PlaceOrderWithReceipt:
    """`POST /receipts`: an order whose receipt is printed in a scope of its own."""

    def __init__(self, request: Request, order: PlaceOrder, container: Container) -> None:
        self._request = request
        self._order = order
        self._container = container

    async def handle(self) -> Response:
        """Place the order, then print: the receipt is published when the inner scope ends."""
        response = await self._order.handle()
        async with self._container.resource_scope() as scope:
            draft = await scope.aget(Draft)
            draft.add(f"order {response.body.decode()}\n")
            if b"jam" in await self._request.body.line():
                raise RefusalError(503, "the printer is jammed")
        return response
