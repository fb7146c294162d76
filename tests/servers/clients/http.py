"""HTTP: httpx on asyncio and trio, a client of one connection each."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

from tenure import resource
from tests.real.running import HOST
from tests.servers.clients.client import CLOSE_S, OPEN_S, Client
from tests.servers.connection import Connection

NUMBERS = itertools.count(1)


@resource(open_timeout=OPEN_S, close_timeout=CLOSE_S)
async def connect_httpx(server: Any) -> AsyncIterator[Connection]:
    import httpx

    identity = f"client-{next(NUMBERS)}"
    async with httpx.AsyncClient(
        base_url=f"http://{HOST}:{server.port}", headers={"X-Client": identity}, trust_env=False,
        limits=httpx.Limits(max_connections=1), timeout=1.0,
    ) as raw:  # fmt: skip
        await raw.get("/hello")  # it connects with its first request: a pool should know whether it can
        yield Connection(raw, identity)


async def check_httpx(connection: Connection) -> bool:
    return bool((await connection.raw.get("/check")).is_success)


class Httpx(Client):
    name, kind, world, packages = "httpx", "web", "asyncio", ("httpx",)
    connect, check = connect_httpx, check_httpx

    async def serve(self, connection: Connection, tag: str) -> Any:
        answer = await connection.raw.get("/" + tag.replace(" ", "-"))
        identity, _, told = answer.text.partition(" ")
        return identity, told.replace("-", " ")


class HttpxTrio(Httpx):
    world, packages = "trio", ("httpx", "trio")
