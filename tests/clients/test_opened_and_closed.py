"""Each client is opened once and closed once, by the right call: real packages, real servers where they are needed."""

import asyncio
import contextlib
import gc
import logging
import logging.handlers
import queue
import warnings

import pytest

from tenure import Container
from tests.clients.watching import named, watch

USER = "user=app dbname=postgres host=127.0.0.1 sslmode=disable"
MEMORY = "sqlite://"


def dsn(postgres):
    return f"{USER} port={postgres.port}"


def url(postgres):
    return f"postgresql://app@127.0.0.1:{postgres.port}/postgres?sslmode=disable"


def bound(cls, make):
    container = Container()
    container.bind(cls, make, resource=True)
    return container


def played(log, cls, make, use=None):
    """Open, use and close it without a loop; return what was called when it was open, and afterwards."""
    with bound(cls, make).resource_scope() as scope:
        obj = scope.get(cls)
        log_of_making, log[:] = list(log), []
        if use is not None:
            use(obj)
        log.clear()
    return log_of_making, list(log)


def played_async(log, cls, make, use=None):
    """Open, use and close it on a loop; see `played`."""

    async def main():
        async with bound(cls, make).resource_scope() as scope:
            obj = await scope.aget(cls)
            log_of_making, log[:] = list(log), []
            if use is not None:
                await use(obj)
            log.clear()
        await asyncio.sleep(0)
        return log_of_making, list(log)

    return asyncio.run(main())


# databases


def test_sqlalchemy_engine(monkeypatch):
    """It has neither `with` nor `close`: `dispose()` gives the connections back."""
    log = watch(monkeypatch, named("sqlalchemy.Engine"))
    import sqlalchemy

    opened, closed = played(
        log, sqlalchemy.Engine, lambda: sqlalchemy.create_engine(MEMORY), lambda each: each.connect().close()
    )

    assert (opened, closed) == ([], ["dispose"])


def test_sqlalchemy_session(monkeypatch):
    """What was not committed is rolled back."""
    log = watch(monkeypatch, named("sqlalchemy.orm.Session"))
    import sqlalchemy
    from sqlalchemy.orm import Session

    engine = sqlalchemy.create_engine(MEMORY)
    assert played(log, Session, lambda: Session(engine)) == ([], ["close"])
    engine.dispose()


def test_sqlalchemy_scoped_session(monkeypatch):
    """Its registry lets go of the session."""
    log = watch(monkeypatch, named("sqlalchemy.orm.scoped_session"))
    import sqlalchemy
    from sqlalchemy.orm import scoped_session, sessionmaker

    engine = sqlalchemy.create_engine(MEMORY)
    made = []

    def make():
        made.append(scoped_session(sessionmaker(engine)))
        return made[0]

    assert played(log, scoped_session, make, lambda each: each()) == ([], ["remove"])
    assert not made[0].registry.has()
    engine.dispose()


def test_sqlalchemy_connection(monkeypatch):
    """A connection goes back to its pool."""
    log = watch(monkeypatch, named("sqlalchemy.Connection"))
    import sqlalchemy

    engine = sqlalchemy.create_engine(MEMORY)
    assert played(log, sqlalchemy.Connection, engine.connect) == ([], ["close"])
    engine.dispose()


def test_sqlalchemy_async_engine(monkeypatch):
    """It is disposed of on the loop."""
    pytest.importorskip("aiosqlite")
    log = watch(monkeypatch, named("sqlalchemy.ext.asyncio.AsyncEngine"))
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

    async def use(engine):
        async with engine.connect() as connection:
            await connection.execute(text("select 1"))

    made = played_async(log, AsyncEngine, lambda: create_async_engine("sqlite+aiosqlite://"), use)

    assert made == ([], ["dispose"])


@pytest.mark.parametrize("name", ["AsyncSession", "AsyncConnection"])
def test_sqlalchemy_async_session_and_connection(name, monkeypatch):
    """A session is open once it is made, a connection is started; both are closed."""
    pytest.importorskip("aiosqlite")
    cls = named(f"sqlalchemy.ext.asyncio.{name}")
    log = watch(monkeypatch, cls)
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    async def main():
        engine = create_async_engine("sqlite+aiosqlite://")
        container = bound(cls, lambda: AsyncSession(engine) if cls is AsyncSession else engine.connect())
        async with container.resource_scope() as scope:
            await (await scope.aget(cls)).execute(text("select 1"))
        log_here = list(log)
        await engine.dispose()
        return log_here

    assert asyncio.run(main()) == (["close"] if cls is AsyncSession else ["start", "close"])


def test_psycopg_connection(monkeypatch, postgres):
    """`close()`, not its `with`, which would commit as well; what was not committed is rolled back."""
    log = watch(monkeypatch, named("psycopg.Connection"))
    import psycopg

    def use(connection):
        connection.execute("INSERT INTO ledger VALUES ('lost')")

    assert played(log, psycopg.Connection, lambda: psycopg.connect(dsn(postgres)), use)[1] == ["close"]
    assert "lost" not in postgres.entries()


def test_psycopg_async_connection(monkeypatch, postgres):
    """Likewise on a loop, made by a coroutine function."""
    log = watch(monkeypatch, named("psycopg.AsyncConnection"))
    import psycopg

    async def make():
        return await psycopg.AsyncConnection.connect(dsn(postgres))

    assert played_async(log, psycopg.AsyncConnection, make)[1] == ["close"]


@pytest.mark.parametrize("is_open", [False, True])
def test_psycopg_pool(is_open, monkeypatch, postgres):
    """It is opened, which one that is open already does not mind, and closed."""
    log = watch(monkeypatch, named("psycopg_pool.ConnectionPool"))
    from psycopg_pool import ConnectionPool

    def use(pool):
        with pool.connection() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    opened, closed = played(log, ConnectionPool, lambda: ConnectionPool(dsn(postgres), min_size=1, open=is_open), use)

    assert (opened, closed) == (["open"], ["close"])


def test_psycopg_async_pool(monkeypatch, postgres):
    """It is opened where a loop runs."""
    log = watch(monkeypatch, named("psycopg_pool.AsyncConnectionPool"))
    from psycopg_pool import AsyncConnectionPool

    async def use(pool):
        async with pool.connection() as connection:
            await connection.execute("SELECT 1")

    made = played_async(
        log, AsyncConnectionPool, lambda: AsyncConnectionPool(dsn(postgres), min_size=1, open=False), use
    )

    assert made == (["open"], ["close"])


@pytest.mark.parametrize("is_awaited", [False, True])
def test_asyncpg_pool(is_awaited, monkeypatch, postgres):
    """It is awaited, which one that was awaited does not mind, and closed: not terminated."""
    log = watch(monkeypatch, named("asyncpg.Pool"))
    import asyncpg

    def make():
        return asyncpg.create_pool(url(postgres), min_size=1, max_size=2)

    async def amake():
        return await make()

    async def use(pool):
        assert await pool.fetchval("SELECT 1") == 1

    made = played_async(log, asyncpg.Pool, amake if is_awaited else make, use)

    assert made == ([], ["close"])
    assert postgres.connections() == []


def test_asyncpg_connection(monkeypatch, postgres):
    """A connection is closed."""
    log = watch(monkeypatch, named("asyncpg.Connection"))
    import asyncpg

    async def make():
        return await asyncpg.connect(url(postgres))

    assert played_async(log, asyncpg.Connection, make) == ([], ["close"])


def test_sqlite3_connection():
    """It really closes, where its `with` only commits."""
    import sqlite3

    with bound(sqlite3.Connection, lambda: sqlite3.connect(":memory:")).resource_scope() as scope:
        connection = scope.get(sqlite3.Connection)
        connection.execute("select 1")

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("select 1")


@pytest.mark.parametrize("is_awaited", [False, True])
def test_aiosqlite_connection(is_awaited, monkeypatch, tmp_path):
    """It is awaited once, by whoever comes first, and closed; its thread ends."""
    log = watch(monkeypatch, named("aiosqlite.Connection"))
    import aiosqlite

    def make():
        return aiosqlite.connect(tmp_path / "data.db")

    async def amake():
        return await make()

    async def use(connection):
        async with connection.execute("select 1") as cursor:
            assert await cursor.fetchone() == (1,)

    assert played_async(log, aiosqlite.Connection, amake if is_awaited else make, use) == ([], ["close"])


def test_duckdb_connection():
    """A connection is closed."""
    duckdb = pytest.importorskip("duckdb")
    with bound(duckdb.DuckDBPyConnection, lambda: duckdb.connect(":memory:")).resource_scope() as scope:
        connection = scope.get(duckdb.DuckDBPyConnection)
        connection.execute("select 1")

    with pytest.raises(duckdb.ConnectionException):
        connection.execute("select 1")


# caches and documents


@pytest.mark.parametrize("package", ["redis", "valkey"])
def test_redis(package, monkeypatch, redis_server):
    """`close()`; the server is still up, which `shutdown()` would have stopped."""
    cls = named(f"{package}.{package.capitalize()}")
    log = watch(monkeypatch, cls)

    made = played(log, cls, lambda: cls(port=redis_server.port), lambda each: each.ping())

    assert made == ([], ["close"])
    assert redis_server.is_up
    gc.collect()
    assert redis_server.connections() == []


@pytest.mark.parametrize("package", ["redis", "valkey"])
def test_redis_asyncio(package, monkeypatch, redis_server):
    """`await aclose()`, and nothing is called to open it."""
    cls = named(f"{package}.asyncio.{package.capitalize()}")
    log = watch(monkeypatch, cls)

    async def use(client):
        await client.ping()

    assert played_async(log, cls, lambda: cls(port=redis_server.port), use) == ([], ["aclose"])
    assert redis_server.is_up
    assert redis_server.connections() == []


@pytest.mark.parametrize("package", ["redis", "valkey"])
def test_redis_pools(package, monkeypatch, redis_server):
    """The pool of the synchronous client has `disconnect()`, that of the other one `aclose()`."""
    cls, acls = named(f"{package}.ConnectionPool"), named(f"{package}.asyncio.ConnectionPool")
    log, alog = watch(monkeypatch, cls), watch(monkeypatch, acls)

    assert played(log, cls, lambda: cls(port=redis_server.port))[1] == ["disconnect"]
    assert played_async(alog, acls, lambda: acls(port=redis_server.port))[1] == ["aclose"]


def test_mongo_clients(monkeypatch):
    """They answer to every name, and are closed by `close()` all the same; nothing is asked of a server."""
    cls, acls = named("pymongo.MongoClient"), named("pymongo.AsyncMongoClient")
    log, alog = watch(monkeypatch, cls), watch(monkeypatch, acls)

    assert played(log, cls, lambda: cls(connect=False)) == ([], ["close"])
    assert played_async(alog, acls, acls) == ([], ["close"])


def test_motor():
    """Its `close()` is not awaited."""
    cls = named("motor.motor_asyncio.AsyncIOMotorClient")
    container = bound(cls, lambda: cls(connect=False))

    async def main():
        async with container.resource_scope() as scope:
            return await scope.aget(cls)

    client = asyncio.run(main())

    assert client.delegate._closed


@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("elasticsearch.Elasticsearch", ["http://127.0.0.1:1"]),
        ("opensearchpy.OpenSearch", ["http://127.0.0.1:1"]),
        ("openai.OpenAI", []),
        ("anthropic.Anthropic", []),
        ("requests.Session", []),
        ("niquests.Session", []),
        ("httpx.Client", []),
        ("httpx2.Client", []),
    ],
)
def test_clients_that_close(path, arguments, monkeypatch):
    """They are open once they are made, and closed by `close()`."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none")
    cls = named(path)
    log = watch(monkeypatch, cls)

    assert played(log, cls, lambda: cls(*arguments)) == ([], ["close"])


@pytest.mark.parametrize(
    ("path", "arguments", "close"),
    [
        ("elasticsearch.AsyncElasticsearch", ["http://127.0.0.1:1"], "close"),
        ("opensearchpy.AsyncOpenSearch", ["http://127.0.0.1:1"], "close"),
        ("openai.AsyncOpenAI", [], "close"),
        ("anthropic.AsyncAnthropic", [], "close"),
        ("niquests.AsyncSession", [], "close"),
        ("httpx.AsyncClient", [], "aclose"),
        ("httpx2.AsyncClient", [], "aclose"),
        ("aiohttp.ClientSession", [], "close"),
        ("aiohttp.TCPConnector", [], "close"),
    ],
)
def test_asynchronous_clients_that_close(path, arguments, close, monkeypatch):
    """They are made where a loop runs, and closed there."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "none")
    cls = named(path)
    log = watch(monkeypatch, cls)

    async def make():
        return cls(*arguments)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert played_async(log, cls, make) == ([], [close])


def test_neo4j_drivers(monkeypatch):
    """Drivers are closed; no server is asked for anything."""
    neo4j = pytest.importorskip("neo4j")
    log, alog = watch(monkeypatch, neo4j.Driver), watch(monkeypatch, neo4j.AsyncDriver)
    nowhere = "bolt://127.0.0.1:1"

    assert played(log, neo4j.Driver, lambda: neo4j.GraphDatabase.driver(nowhere)) == ([], ["close"])
    made = played_async(alog, neo4j.AsyncDriver, lambda: neo4j.AsyncGraphDatabase.driver(nowhere))
    assert made == ([], ["close"])


# the web


def test_httpx_serves_until_it_is_closed(http_url):
    """While the scope is open it works, afterwards it refuses."""
    httpx = pytest.importorskip("httpx")
    with bound(httpx.Client, lambda: httpx.Client(trust_env=False)).resource_scope() as scope:
        client = scope.get(httpx.Client)
        assert client.get(http_url).text == "ok"

    assert client.is_closed


def test_aiohttp_session_serves_until_it_is_closed(http_url):
    """Its plain `with` raises, and is not tried."""
    aiohttp = pytest.importorskip("aiohttp")

    async def main():
        async with bound(aiohttp.ClientSession, aiohttp.ClientSession).resource_scope() as scope:
            session = await scope.aget(aiohttp.ClientSession)
            async with session.get(http_url) as answer:
                assert await answer.text() == "ok"
        assert session.closed

    asyncio.run(main())


def test_aiohttp_runner(monkeypatch):
    """A runner is set up and cleaned up; `shutdown()` alone is one part of that."""
    web = pytest.importorskip("aiohttp.web")
    log = watch(monkeypatch, web.AppRunner)

    assert played_async(log, web.AppRunner, lambda: web.AppRunner(web.Application())) == (["setup"], ["cleanup"])


def test_boto(monkeypatch):
    """A client has `close()`; what boto3 calls a resource has one in the client that it holds."""
    boto3 = pytest.importorskip("boto3")
    from boto3.resources.base import ServiceResource
    from botocore.client import BaseClient

    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("ID", "KEY"):
        monkeypatch.setenv(f"AWS_{'ACCESS_KEY_ID' if name == 'ID' else 'SECRET_ACCESS_KEY'}", "none")
    log = watch(monkeypatch, BaseClient)

    assert played(log, BaseClient, lambda: boto3.client("s3", region_name="eu-west-1")) == ([], ["close"])
    log.clear()
    assert played(log, ServiceResource, lambda: boto3.resource("s3", region_name="eu-west-1")) == ([], ["close"])


# brokers


@pytest.mark.parametrize("name", ["AIOKafkaProducer", "AIOKafkaConsumer"])
def test_aiokafka(name, monkeypatch):
    """They are started and stopped. No broker is to be had here, so the two calls themselves do nothing."""
    cls = named(f"aiokafka.{name}")
    log = watch(monkeypatch, cls, instead=("start", "stop"))

    async def make():
        return cls(bootstrap_servers="127.0.0.1:1")

    async def use(client):
        client._closed = True  # it was never really started

    assert played_async(log, cls, make, use) == (["start"], ["stop"])


def test_confluent_kafka(capfd):
    """A producer is flushed and closed, a consumer closed."""
    confluent = pytest.importorskip("confluent_kafka")
    settings = {"bootstrap.servers": "127.0.0.1:1", "group.id": "test", "log_level": 0}

    with bound(confluent.Consumer, lambda: confluent.Consumer(settings)).resource_scope() as scope:
        consumer = scope.get(confluent.Consumer)

    with pytest.raises(RuntimeError, match="closed"):
        consumer.poll(0)
    log = []

    class Producer(confluent.Producer):
        def flush(self, limit):
            log.append("flush")
            return super().flush(limit)

        def close(self):
            log.append("close")
            return super().close()

    assert played(log, Producer, lambda: Producer({"bootstrap.servers": "127.0.0.1:1", "log_level": 0})) == (
        [], ["flush", "close"],
    )  # fmt: skip


def test_aio_pika(monkeypatch):
    """What `connect` gave is closed; the class that programs annotate is abstract. No broker is to be had here."""
    aio_pika = pytest.importorskip("aio_pika")
    log = watch(monkeypatch, aio_pika.Connection)
    watch(monkeypatch, aio_pika.abc.AbstractConnection)

    async def make():
        return aio_pika.Connection("amqp://127.0.0.1:1/")

    assert played_async(log, aio_pika.abc.AbstractConnection, make) == ([], ["close"])


@contextlib.asynccontextmanager
async def nats_broker():
    """As much of a NATS server as a client needs to connect and to drain."""
    lines = []

    async def serve(reader, writer):
        writer.write(b'INFO {"server_id":"x","version":"2.10.0","proto":1,"max_payload":1024}\r\n')
        while line := await reader.readline():
            lines.append(line.split()[0].decode())
            if line.startswith(b"PING"):
                writer.write(b"PONG\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], lines


def test_nats():
    """It is drained: subscriptions end first, then the connection."""
    nats = pytest.importorskip("nats")

    async def main():
        async with nats_broker() as (port, lines):

            async def make():
                return await nats.connect(f"nats://127.0.0.1:{port}")

            async with bound(nats.NATS, make).resource_scope() as scope:
                client = await scope.aget(nats.NATS)
                await client.subscribe("orders", cb=_nothing)
                await client.flush()
                n_before = len(lines)
            assert client.is_closed
            assert "UNSUB" in lines[n_before:]

    asyncio.run(main())


async def _nothing(message):
    pass


# gRPC


def test_grpc(monkeypatch):
    """A channel is closed; a server is started, and stopped with a grace that is waited for."""
    grpc = pytest.importorskip("grpc")
    from concurrent.futures import ThreadPoolExecutor

    channel = type(grpc.insecure_channel("127.0.0.1:1"))
    log = watch(monkeypatch, channel)
    assert played(log, grpc.Channel, lambda: grpc.insecure_channel("127.0.0.1:1")) == ([], ["close"])

    with ThreadPoolExecutor(1) as threads:
        servers = watch(monkeypatch, type(grpc.server(threads)))
        assert played(servers, grpc.Server, lambda: grpc.server(threads)) == (["start"], ["stop"])


def test_grpc_aio(monkeypatch):
    """Likewise on a loop."""
    grpc = pytest.importorskip("grpc.aio")
    from grpc.aio._channel import Channel
    from grpc.aio._server import Server

    async def make_channel():
        return grpc.insecure_channel("127.0.0.1:1")

    async def make_server():
        return grpc.server()

    log, servers = watch(monkeypatch, Channel), watch(monkeypatch, Server)

    assert played_async(log, grpc.Channel, make_channel) == ([], ["close"])
    assert played_async(servers, grpc.Server, make_server) == (["start"], ["stop"])


# logging


def test_queue_listener(monkeypatch):
    """It is started and stopped; what was in the queue is handled before."""
    log = watch(monkeypatch, logging.handlers.QueueListener)
    seen = []

    class Handler(logging.Handler):
        def emit(self, record):
            seen.append(record.getMessage())

    records = queue.Queue()

    def use(_):
        records.put(logging.makeLogRecord({"msg": "the last word"}))

    listener = logging.handlers.QueueListener(records, Handler())
    made = played(log, logging.handlers.QueueListener, lambda: listener, use)

    assert made == (["start"], ["stop"])
    assert seen == ["the last word"]


def test_logging_handler(tmp_path, monkeypatch):
    """A handler is closed, and its lock is never taken for a context manager."""
    log = watch(monkeypatch, logging.FileHandler)

    assert played(log, logging.Handler, lambda: logging.FileHandler(tmp_path / "log")) == ([], ["close"])
