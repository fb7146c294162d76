"""A container that starts while its server is gone or frozen."""

import asyncio
import gc

import pytest

from tenure import Container, Pool
from tests.real.running import wait_until
from tests.servers.census import Census
from tests.servers.clients.client import OPEN_S
from tests.servers.connection import Connection
from tests.servers.worlds import Asyncio

HANG_S = 10 * OPEN_S


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["kill", "freeze"])
@pytest.mark.parametrize("name", ["postgres-asyncpg-asyncio", "postgres-psycopg-asyncio", "redis-redis-py-asyncio"])
def test_started_without_its_server(client_of, name, fault):
    """A start that needs connections fails within its limits, leaves nothing, and succeeds once the server is there."""
    client = client_of(name)
    server, world = client.server, Asyncio()
    server.clear()

    def container_of(size):
        made = Container(scopes=("request",))
        pool = Pool(type(client).connect, arguments={"server": server}, min_size=size, max_size=size)
        made.bind(Connection, pool)
        return made, pool

    async def main():
        before = Census(world)
        getattr(server, fault)()
        container, pool = container_of(3)
        try:
            async with asyncio.timeout(HANG_S):
                async with container:
                    pass
        except Exception as error:
            failure = type(error)  # psycopg leaves what it was connecting to the collector, and errors keep that
        else:
            failure = None
        server.thaw()
        if not server.is_up:
            server.start()
        gc.collect()
        left = Census(world).more_than(before)
        container, again = container_of(3)
        async with container:
            n_open = again.stats().size
        return failure, failure is TimeoutError, left, pool.stats(), n_open

    failure, is_hang, left, stats, n_open = asyncio.run(main())
    wait_until(lambda: not server.connections(), "the server has no connections")

    assert failure is not None
    assert not is_hang
    assert left == []
    assert (stats.n_making, stats.size, stats.n_made - stats.n_closed, n_open) == (0, 0, 0, 3)
