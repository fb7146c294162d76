"""How clients of databases and caches are opened and closed: data only."""

from typing import Any

from tenure.model.clients import Act, Adapter, awaits, calls

_CLOSE, _ACLOSE, _AWAIT_CLOSE = calls("close"), awaits("aclose"), awaits("close")
_SERVER_COMMAND = "`shutdown()` stops the server"
_UNCOMMITTED = "its `with` commits as well; `close()` rolls back what was not committed"
_ANY_NAME = "answers to every name on the instance"


async def _connect(connection: Any) -> None:
    """Open an `aiosqlite.Connection`, which may be awaited once."""
    try:
        connection.in_transaction  # noqa: B018 - raises where it is not connected
    except ValueError:
        await connection


async def _initialized(pool: Any) -> None:
    await pool


_SQLALCHEMY = (
    Adapter("sqlalchemy.Engine", ("sqlalchemy.engine.base.Engine",), calls("dispose"), trap="no `with`, no `close`"),
    Adapter("sqlalchemy.Connection", ("sqlalchemy.engine.base.Connection",), _CLOSE),
    Adapter("sqlalchemy.orm.Session", ("sqlalchemy.orm.session.Session",), _CLOSE),
    Adapter("sqlalchemy.orm.scoped_session", ("sqlalchemy.orm.scoping.scoped_session",), calls("remove"),
            trap="`close()` leaves the session in its registry"),
    Adapter("sqlalchemy.ext.asyncio.AsyncEngine", ("sqlalchemy.ext.asyncio.engine.AsyncEngine",), awaits("dispose"),
            trap="no `async with`, no `close`"),
    Adapter("sqlalchemy.ext.asyncio.AsyncConnection", ("sqlalchemy.ext.asyncio.engine.AsyncConnection",), _AWAIT_CLOSE,
            awaits("start", unless=lambda each: each.sync_connection is not None)),
    Adapter("sqlalchemy.ext.asyncio.AsyncSession", ("sqlalchemy.ext.asyncio.session.AsyncSession",), _AWAIT_CLOSE),
    Adapter("sqlalchemy.ext.asyncio.async_scoped_session", ("sqlalchemy.ext.asyncio.scoping.async_scoped_session",),
            awaits("remove"), trap="`close()` leaves the session in its registry"),
)  # fmt: skip

_POSTGRESQL = (
    Adapter("psycopg.Connection", ("psycopg.Connection", "psycopg.connection.Connection"), _CLOSE, trap=_UNCOMMITTED),
    Adapter("psycopg.AsyncConnection", ("psycopg.AsyncConnection", "psycopg.connection_async.AsyncConnection"),
            _AWAIT_CLOSE, trap=_UNCOMMITTED),
    Adapter("psycopg.Cursor", ("psycopg.Cursor", "psycopg.cursor.Cursor"), _CLOSE),
    Adapter("psycopg.AsyncCursor", ("psycopg.AsyncCursor", "psycopg.cursor_async.AsyncCursor"), _AWAIT_CLOSE),
    Adapter("psycopg_pool.ConnectionPool", ("psycopg_pool.pool.ConnectionPool",), _CLOSE, calls("open", wait=True),
            trap="`drain()` replaces connections and closes nothing"),
    Adapter("psycopg_pool.AsyncConnectionPool", ("psycopg_pool.pool_async.AsyncConnectionPool",), _AWAIT_CLOSE,
            awaits("open", wait=True), trap="is opened where a loop runs; make it with `open=False`"),
    Adapter("asyncpg.Pool", ("asyncpg.pool.Pool",), _AWAIT_CLOSE, Act("await pool", _initialized, is_async=True),
            trap="`terminate()` cuts off who still works"),
    Adapter("asyncpg.Connection", ("asyncpg.connection.Connection",), _AWAIT_CLOSE),
)  # fmt: skip

_EMBEDDED = (
    Adapter("sqlite3.Connection", ("sqlite3.Connection",), _CLOSE, trap="its `with` commits, and closes nothing"),
    Adapter("aiosqlite.Connection", ("aiosqlite.core.Connection",), _AWAIT_CLOSE,
            Act("await connection", _connect, is_async=True), trap="`stop()` is of its thread"),
    Adapter("duckdb.DuckDBPyConnection", ("_duckdb.DuckDBPyConnection", "duckdb.duckdb.DuckDBPyConnection"), _CLOSE),
)  # fmt: skip

_KEY_VALUE = (
    Adapter("redis.Redis", ("redis.client.Redis",), _CLOSE, trap=_SERVER_COMMAND),
    Adapter("redis.RedisCluster", ("redis.cluster.RedisCluster",), _CLOSE, trap=_SERVER_COMMAND),
    Adapter("redis.ConnectionPool", ("redis.connection.ConnectionPool",), calls("disconnect"),
            trap="`disconnect` alone is guessed of nobody else"),
    Adapter("redis.asyncio.Redis", ("redis.asyncio.client.Redis",), _ACLOSE,
            trap=f"{_SERVER_COMMAND}; `initialize()` is not for its user"),
    Adapter("redis.asyncio.RedisCluster", ("redis.asyncio.cluster.RedisCluster",), _ACLOSE, awaits("initialize"),
            trap=_SERVER_COMMAND),
    Adapter("redis.asyncio.ConnectionPool", ("redis.asyncio.connection.ConnectionPool",), _ACLOSE),
    Adapter("valkey.Valkey", ("valkey.client.Valkey",), _CLOSE, trap=_SERVER_COMMAND),
    Adapter("valkey.ValkeyCluster", ("valkey.cluster.ValkeyCluster",), _CLOSE, trap=_SERVER_COMMAND),
    Adapter("valkey.ConnectionPool", ("valkey.connection.ConnectionPool",), calls("disconnect")),
    Adapter("valkey.asyncio.Valkey", ("valkey.asyncio.client.Valkey",), _ACLOSE,
            trap=f"{_SERVER_COMMAND}; its `close()` is deprecated"),
    Adapter("valkey.asyncio.ValkeyCluster", ("valkey.asyncio.cluster.ValkeyCluster",), _ACLOSE, awaits("initialize"),
            trap=_SERVER_COMMAND),
    Adapter("valkey.asyncio.ConnectionPool", ("valkey.asyncio.connection.ConnectionPool",), _ACLOSE),
)  # fmt: skip

_DOCUMENTS = (
    Adapter("pymongo.MongoClient", ("pymongo.synchronous.mongo_client.MongoClient", "pymongo.mongo_client.MongoClient"),
            _CLOSE, trap=_ANY_NAME),
    Adapter("pymongo.AsyncMongoClient", ("pymongo.asynchronous.mongo_client.AsyncMongoClient",), _AWAIT_CLOSE,
            trap=_ANY_NAME),
    Adapter("motor.motor_asyncio.AsyncIOMotorClient", ("motor.motor_asyncio.AsyncIOMotorClient",), _CLOSE,
            trap=f"{_ANY_NAME}; its `close()` is not awaited"),
    Adapter("elasticsearch.Elasticsearch", ("elasticsearch.Elasticsearch",), _CLOSE),
    Adapter("elasticsearch.AsyncElasticsearch", ("elasticsearch.AsyncElasticsearch",), _AWAIT_CLOSE),
    Adapter("opensearchpy.OpenSearch", ("opensearchpy.client.OpenSearch",), _CLOSE),
    Adapter("opensearchpy.AsyncOpenSearch", ("opensearchpy._async.client.AsyncOpenSearch",), _AWAIT_CLOSE),
    Adapter("neo4j.Driver", ("neo4j._sync.driver.Driver",), _CLOSE),
    Adapter("neo4j.AsyncDriver", ("neo4j._async.driver.AsyncDriver",), _AWAIT_CLOSE),
    Adapter("neo4j.Session", ("neo4j._sync.work.session.Session",), _CLOSE),
    Adapter("neo4j.AsyncSession", ("neo4j._async.work.session.AsyncSession",), _AWAIT_CLOSE),
    Adapter("qdrant_client.QdrantClient", ("qdrant_client.qdrant_client.QdrantClient",), _CLOSE),
    Adapter("qdrant_client.AsyncQdrantClient", ("qdrant_client.async_qdrant_client.AsyncQdrantClient",), _AWAIT_CLOSE),
    Adapter("oracledb.Connection", ("oracledb.connection.Connection",), _CLOSE),
    Adapter("oracledb.ConnectionPool", ("oracledb.pool.ConnectionPool",), _CLOSE),
    Adapter("oracledb.AsyncConnection", ("oracledb.connection.AsyncConnection",), _AWAIT_CLOSE),
    Adapter("oracledb.AsyncConnectionPool", ("oracledb.pool.AsyncConnectionPool",), _AWAIT_CLOSE),
)  # fmt: skip

ROWS = _SQLALCHEMY + _POSTGRESQL + _EMBEDDED + _KEY_VALUE + _DOCUMENTS
