"""Real servers: frozen, killed and started again, and what a report tells of the clients meanwhile."""

import logging
import time

import anyio
import pytest
from health_support import short

from tenure import Container, resource
from tenure.health import Health
from tests.real.running import HOST, ServerMissingError
from tests.real.started import server_of

pytestmark = pytest.mark.slow

TERMS = {"timeout_s": 0.3, "ttl_s": 0}
PATIENCE_S = 20.0


@pytest.fixture
def server(request):
    """Return a server of the kind that is asked for, up and unfrozen also afterwards."""
    try:
        found = server_of(request.param)
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    yield found
    found.thaw()
    if not found.is_up:
        found.start()
    found.clear()


def told(report):
    """Return what *report* tells of its one resource."""
    (each,) = report.resources
    assert short(each.label) == "Client"
    return each


async def until_healthy(container):
    """Look again and again: a check that was given up has to end before the next one begins."""
    until = time.monotonic() + PATIENCE_S
    while (await container.health()).status != "healthy":
        assert time.monotonic() < until
        await anyio.sleep(0.01)


redis_only = pytest.mark.parametrize("server", ["redis"], indirect=True)
postgres_only = pytest.mark.parametrize("server", ["postgres"], indirect=True)


@redis_only
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", ("asyncio", {"use_uvloop": True})], ids=["asyncio", "uvloop"])
async def test_redis(server):
    """Its own `ping` is the check: it hangs while the server is frozen, fails while it is away, and recovers."""
    redis = pytest.importorskip("redis.asyncio")

    class Client(redis.Redis):
        pass

    @resource(scope="singleton", close="aclose", health=Health(**TERMS))
    def connect() -> Client:
        return Client(host=HOST, port=server.port, socket_timeout=10)

    container = Container()
    container.bind(Client, connect)
    async with container:
        assert (await container.health()).status == "healthy"

        server.freeze()
        report = await container.health()
        assert (told(report).status, told(report).error) == ("unhealthy", "no answer within 0.3 s")
        assert not report.readiness
        assert report.liveness
        server.thaw()
        await until_healthy(container)

        server.kill()
        assert told(await container.health()).status == "unhealthy"  # the client may still be trying again
        server.start()
        await until_healthy(container)
    assert server.connections() == []


@redis_only
def test_redis_without_a_loop(server):
    """Likewise, on a thread."""
    redis = pytest.importorskip("redis")

    class Client(redis.Redis):
        pass

    @resource(scope="singleton", close="close", health=Health(timeout_s=5.0, ttl_s=0))
    def connect() -> Client:
        return Client(host=HOST, port=server.port)

    container = Container()
    container.bind(Client, connect)
    with container:
        assert container.health_sync().status == "healthy"
        server.kill()
        assert told(container.health_sync()).error_type == "ConnectionError"
        server.start()
        assert container.health_sync().status == "healthy"


@postgres_only
def test_postgresql_without_a_loop(server):
    """A query that hangs is left behind on its thread; once it has ended, the connection is asked again."""
    psycopg = pytest.importorskip("psycopg")
    logging.getLogger("psycopg").setLevel(logging.ERROR)

    class Client:
        def __init__(self, link):
            self.link = link

    @resource(scope="singleton", health=Health(lambda client: client.link.execute("SELECT 1"), **TERMS))
    def connect() -> Client:
        address = {"user": "app", "host": HOST, "port": server.port, "dbname": "postgres", "sslmode": "disable"}
        with psycopg.connect(**address, autocommit=True) as link:
            yield Client(link)

    container = Container()
    container.bind(Client, connect)
    with container:
        assert container.health_sync().status == "healthy"

        server.freeze()
        assert told(container.health_sync()).error == "no answer within 0.3 s"
        again = time.monotonic()
        assert told(container.health_sync()).status == "unhealthy"  # at once: the check is under way
        assert time.monotonic() - again < PATIENCE_S
        server.thaw()
        until = time.monotonic() + PATIENCE_S
        while container.health_sync().status != "healthy":
            assert time.monotonic() < until

        server.kill()
        assert told(container.health_sync()).error_type in ("OperationalError", "AdminShutdown")


@postgres_only
@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_postgresql(server):
    """A pool that was asked while the server was away answers once it is back."""
    asyncpg = pytest.importorskip("asyncpg")

    class Client:
        def __init__(self, pool):
            self.pool = pool

        async def ping(self):
            await self.pool.fetchval("SELECT 1")

    @resource(scope="singleton", health=Health(timeout_s=5.0, ttl_s=0))
    async def connect() -> Client:
        address = {"user": "app", "host": HOST, "port": server.port, "database": "postgres", "ssl": False}
        async with asyncpg.create_pool(**address, min_size=1, max_size=2) as pool:
            yield Client(pool)

    container = Container()
    container.bind(Client, connect)
    async with container:
        assert (await container.health()).status == "healthy"
        server.kill()
        assert told(await container.health()).status == "unhealthy"
        server.start()
        assert (await container.health()).status == "healthy"
