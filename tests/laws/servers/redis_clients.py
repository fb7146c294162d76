"""Clients of Redis, of the shape that `clients` tells."""

import math
import threading
from typing import Any

import trio

from tests.real import wire
from tests.real.running import HOST


class RedisBlocking:
    """One connection of redis-py with a thread to itself."""

    name, server, backends, package = "redis-py", "redis", ("sync",), "redis"
    is_blocking = True

    def __init__(self) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self.unreachable: Any = redis.exceptions.ConnectionError
        self.refused: Any = (redis.exceptions.ConnectionError, redis.exceptions.ResponseError)
        self._options = {"host": HOST, "socket_timeout": None, "retry": Retry(NoBackoff(), 0), "protocol": 2}
        self._class: Any = redis.Connection

    async def connect(self, port: int) -> Any:
        link = self._class(port=port, **self._options)
        link.connect()
        link.turn = threading.Lock()  # a close may cut off a request in the middle of a command: replies must not mix
        return link

    def _check(self, link: Any) -> None:
        if not link.is_connected:
            raise ConnectionResetError("the connection was lost")

    async def ask(self, link: Any, *words: str) -> Any:
        with link.turn:
            self._check(link)
            link.send_command(*words)
            return link.read_response()

    async def identity(self, link: Any) -> int:
        return int(await self.ask(link, "CLIENT", "ID"))

    async def begin(self, link: Any) -> None:
        await self.ask(link, "MULTI")

    async def commit(self, link: Any) -> None:
        await self.ask(link, "EXEC")

    async def roll_back(self, link: Any) -> None:
        await self.ask(link, "DISCARD")

    async def put(self, link: Any, entry: str) -> None:
        await self.ask(link, "SADD", "ledger", entry)

    async def ping(self, link: Any) -> None:
        await self.ask(link, "PING")

    async def sleep(self, link: Any) -> None:
        """Let the server work on something without end."""
        await self.ask(link, "BLPOP", "nothing", "0")

    async def close(self, link: Any) -> None:
        link.disconnect()

    def hang_up(self, link: Any) -> None:
        """Drop the connection without a word, where its closing was given up."""
        link.disconnect()


class Redis(RedisBlocking):
    """One connection of redis-py on asyncio."""

    backends = ("asyncio", "uvloop")
    is_blocking = False

    def __init__(self) -> None:
        import redis.asyncio
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        super().__init__()
        self._options["retry"] = Retry(NoBackoff(), 0)
        self._class = redis.asyncio.Connection

    async def connect(self, port: int) -> Any:
        link = self._class(port=port, **self._options)
        await link.connect()
        return link

    async def ask(self, link: Any, *words: str) -> Any:
        self._check(link)
        await link.send_command(*words)
        return await link.read_response(timeout=math.inf)

    async def close(self, link: Any) -> None:
        await link.disconnect()

    def hang_up(self, link: Any) -> None:
        link._close()


class WireRedis(RedisBlocking):
    """The protocol of Redis by hand, on trio."""

    name, backends, package = "wire-redis", ("trio",), "trio"
    is_blocking = False

    def __init__(self) -> None:
        self.unreachable = (OSError, trio.BrokenResourceError)
        self.refused = wire.RefusedError

    async def connect(self, port: int) -> Any:
        return await wire.dialled(HOST, port, wire.redis_ask("PING"))

    async def ask(self, link: Any, *words: str) -> Any:
        return await link.talk(wire.redis_ask(*words))

    async def close(self, link: Any) -> None:
        link.close()
        await trio.lowlevel.checkpoint()

    def hang_up(self, link: Any) -> None:
        link.close()
