"""Every client."""

from importlib.util import find_spec
from typing import Any

from tests.real.running import ServerMissingError
from tests.servers.clients import http, local, own_pools, postgres, redis

CLIENTS: dict[str, Any] = {
    f"{client.kind}-{client.name}-{client.world}".lower().replace(" ", "-"): client
    for client in (
        postgres.Asyncpg, postgres.AsyncpgUvloop, postgres.Psycopg, postgres.PsycopgThreads, postgres.Sqlalchemy,
        redis.Redis, redis.RedisUvloop, redis.RedisThreads, redis.RedisTrio,
        http.Httpx, http.HttpxTrio,
        local.SqliteThreads, local.Aiosqlite, local.FilesThreads,
        own_pools.AsyncpgPool, own_pools.PsycopgPool, own_pools.SqlalchemyEngine, own_pools.RedisPool,
    )
}  # fmt: skip


def client_class(name: str) -> Any:
    """
    Return a client by its name.

    Raises:
        ServerMissingError: a package that it needs is not installed.
    """
    found = CLIENTS[name]
    for package in found.packages:
        if find_spec(package) is None:
            raise ServerMissingError(f"the package {package} is not installed: python3 dev.py test brings it")
    return found
