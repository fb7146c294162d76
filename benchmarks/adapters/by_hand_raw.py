"""What a person could write for speed alone: generators driven directly. It says nothing of errors in a body."""

from benchmarks import graphs as g
from benchmarks.adapters.by_hand import afunction
from benchmarks.case import Case


def request() -> g.Handler:
    connecting = g.open_connection()
    connection = next(connecting)
    try:
        beginning = g.open_transaction(connection)
        transaction = next(beginning)
        try:
            return g.Handler(g.Orders(transaction), g.Users(transaction))
        finally:
            next(beginning, None)
    finally:
        next(connecting, None)


async def arequest() -> g.Handler:
    connecting = g.aopen_connection()
    connection = await anext(connecting)
    try:
        beginning = g.aopen_transaction(connection)
        transaction = await anext(beginning)
        try:
            return g.Handler(g.Orders(transaction), g.Users(transaction))
        finally:
            await anext(beginning, None)
    finally:
        await anext(connecting, None)


async def acall() -> tuple[g.Connection, bool]:
    connecting = g.aopen_connection()
    connection = await anext(connecting)
    try:
        return await afunction(connection)
    finally:
        await anext(connecting, None)


class Adapter:
    """Generators without `contextlib`."""

    def s5(self) -> Case:
        return Case("request()", {"request": request})

    def s6(self) -> Case:
        return Case("await arequest()", {"arequest": arequest})

    def s8(self) -> Case:
        return Case("await acall()", {"acall": acall})
