"""
What a request borrows from the database: a connection, and a transaction on it.

Generators with the lifetime of a request. The transaction sees the request's outcome as an exception thrown in at its
`yield`: that alone decides between commit and rollback.
"""

from collections.abc import AsyncIterator

from tenure import resource
from tenure.cli.demo.database import Connection, DatabasePool


class Transaction:
    """The writes of one request: all of them, or none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add_order(self, number: int, customer: int, product: int, quantity: int) -> None:
        """Write the first half of an order."""
        await self._connection.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", number, customer, product, quantity)

    async def add_payment(self, number: int, cents: int) -> None:
        """Write the second half of an order."""
        await self._connection.execute("INSERT INTO payments VALUES (?, ?)", number, cents)


@resource(scope="request")
async def connection(pool: DatabasePool) -> AsyncIterator[Connection]:
    """Borrow a connection for the length of a request."""
    borrowed = await pool.borrow()
    try:
        yield borrowed
    finally:
        pool.give_back(borrowed)


@resource(scope="request")
async def transaction(connection: Connection, pool: DatabasePool) -> AsyncIterator[Transaction]:
    """Begin a transaction; commit it if the request succeeds, roll it back if it fails."""
    async with pool.write_turn:
        try:
            await connection.execute("BEGIN IMMEDIATE")
            yield Transaction(connection)
            await connection.execute("COMMIT")
        except BaseException:
            await connection.roll_back()
            raise
