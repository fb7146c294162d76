"""The servers of this process: each is started when it is first asked for, and ends with the process."""

import atexit
import os
from functools import cache
from typing import Any

from tests.real.files import Files, Sqlite
from tests.real.postgres import Postgres
from tests.real.redis import Redis
from tests.real.running import ServerMissingError
from tests.real.web import Web


def server_of(kind: str) -> Any:
    """
    Return the running server "postgres", "redis", "web", "sqlite" or "files", the same one each time in one process.

    Raises:
        ServerMissingError: it is not to be had here.
    """
    server = _started(kind, os.getpid())
    if isinstance(server, ServerMissingError):
        raise ServerMissingError(str(server))
    return server


@cache
def _started(kind: str, process: int) -> Any:
    try:
        server: Any = {"postgres": Postgres, "redis": Redis, "web": Web, "sqlite": Sqlite, "files": Files}[kind]()
    except ServerMissingError as missing:
        return missing
    atexit.register(lambda: server.remove() if os.getpid() == process else None)
    return server
