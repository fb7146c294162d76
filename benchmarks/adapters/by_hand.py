"""What a person writes without a library, in the ways that the standard library offers: 1.00 in every row."""

import asyncio
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from typing import Any

from benchmarks import graphs as g
from benchmarks.case import Case
from benchmarks.starts import Start

_settings: g.Settings | None = None
SETTINGS = g.Settings()
CLOCK = g.Clock()

connection, transaction = contextmanager(g.open_connection), contextmanager(g.open_transaction)
aconnection, atransaction = asynccontextmanager(g.aopen_connection), asynccontextmanager(g.aopen_transaction)


def settings() -> g.Settings:
    global _settings  # noqa: PLW0603  # a singleton as it is written without a library
    if _settings is None:
        _settings = g.Settings()
    return _settings


def leaf() -> g.Leaf:
    return g.Leaf()


def api() -> g.Api:
    service = g.Service(
        g.Repository(g.Session(g.Driver(SETTINGS, CLOCK), SETTINGS), g.Codec()),
        g.Mailer(SETTINGS),
    )
    return g.Api(service, g.Audit(g.Signer(CLOCK), CLOCK))


# As a person writes it: a call of each class by its name.
exec(
    f"from benchmarks.graphs import *\ndef wide():\n    return Wide({', '.join(f'{p.__name__}()' for p in g.PARTS)})",
    _made := {},
)
wide = _made["wide"]


def page() -> g.Page:
    identity = g.Identity()
    checkout = g.Checkout(g.Basket(identity), g.Permissions(identity))
    return g.Page(checkout, identity)


def request() -> g.Handler:
    with ExitStack() as stack:
        opened = stack.enter_context(transaction(stack.enter_context(connection())))
        return g.Handler(g.Orders(opened), g.Users(opened))


async def arequest() -> g.Handler:
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(atransaction(await stack.enter_async_context(aconnection())))
        return g.Handler(g.Orders(opened), g.Users(opened))


def function(settings: g.Settings, leaf: g.Leaf) -> tuple[g.Settings, g.Leaf]:
    return settings, leaf


def call() -> tuple[g.Settings, g.Leaf]:
    return function(SETTINGS, g.Leaf())


async def afunction(connection: g.Connection) -> tuple[g.Connection, bool]:
    return connection, connection.is_open


async def acall() -> tuple[g.Connection, bool]:
    async with AsyncExitStack() as stack:
        return await afunction(await stack.enter_async_context(aconnection()))


def pair() -> g.Pair:
    return g.Pair(g.Leaf(), g.Leaf())


class Adapter:
    """Functions that make what is asked for."""

    def s1(self) -> Case:
        return Case("settings()", {"settings": settings})

    def s2(self) -> Case:
        return Case("leaf()", {"leaf": leaf})

    def s3(self) -> Case:
        return Case("api()", {"api": api})

    def s4(self) -> Case:
        return Case("wide()", {"wide": wide})

    def s5n(self) -> Case:
        return Case("page()", {"page": page})

    def s5(self) -> Case:
        return Case("request()", {"request": request}, note="ExitStack")

    def s6(self) -> Case:
        return Case("await arequest()", {"arequest": arequest}, note="AsyncExitStack")

    def s7(self) -> Case:
        return Case("call()", {"call": call})

    def s8(self) -> Case:
        return Case("await acall()", {"acall": acall}, note="AsyncExitStack")

    def s13(self) -> Case:
        from benchmarks import web  # noqa: PLC0415  # needs FastAPI

        async def endpoint() -> dict[str, bool]:
            async with AsyncExitStack() as stack:
                opened = await stack.enter_async_context(aconnection())
                return web.answer(g.Billing(g.Accounts(g.Ledger(opened))))

        return web.case(web.application(endpoint))

    s14_get = s1
    s14_request = s5

    def d_pair(self) -> Case:
        return Case("pair()", {"pair": pair})

    def aprepare(self, start: Start) -> list[Any]:
        managers = [asynccontextmanager(function) for function in start.opened]
        return list(zip(managers, start.needs, strict=True))

    async def astart(self, prepared: list[Any]) -> tuple[list[Any], list[Any]]:
        openings: list[Any] = []
        entered: list[Any] = []

        async def opened(manager: Any, needs: tuple[int, ...]) -> Any:
            held = manager(*[await openings[need] for need in needs])
            value = await held.__aenter__()
            entered.append(held)
            return value

        for manager, needs in prepared:
            openings.append(asyncio.ensure_future(opened(manager, needs)))
        return await asyncio.gather(*openings), entered

    async def avalue(self, opened: tuple[list[Any], list[Any]], start: Start, number: int) -> Any:
        return opened[0][number]

    async def astop(self, opened: tuple[list[Any], list[Any]]) -> None:
        for held in reversed(opened[1]):
            await held.__aexit__(None, None, None)
