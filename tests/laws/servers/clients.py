"""
The clients of both servers, all of one shape.

Their methods are coroutine functions; those of blocking clients never wait. Nothing connects again by itself: a
connection that was lost stays lost.
"""

from importlib.util import find_spec
from typing import Any

from tests.laws.servers.postgres_clients import Asyncpg, Psycopg, PsycopgBlocking, WirePostgres
from tests.laws.servers.redis_clients import Redis, RedisBlocking, WireRedis
from tests.real.running import ServerMissingError

CLIENTS: tuple[Any, ...] = (
    PsycopgBlocking,
    Psycopg,
    Asyncpg,
    RedisBlocking,
    Redis,
    WirePostgres,
    WireRedis,
)


def client_for(backend: str, name: str) -> Any:
    """
    Return a new client.

    Raises:
        ServerMissingError: its package is not installed.
        ValueError: there is none of that name for *backend*.
    """
    for each in CLIENTS:
        if backend in each.backends and each.name == name:
            if find_spec(each.package) is None:
                raise ServerMissingError(f"the package {each.package} is not installed: python3 dev.py test brings it")
            return each()
    raise ValueError(f"no client {name!r} for {backend!r}")
