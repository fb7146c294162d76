"""A shop to look at: values, resources, pools, scopes; what shall fail can be made to. Its values hold a secret."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio

from tenure import Container, Pool, resource
from tenure.health import Health

SECRET = "hunter2-is-the-password"


class Settings:
    """Where everything is; a value that holds a secret."""

    def __init__(self) -> None:
        self.dsn = f"postgresql://shop:{SECRET}@db.internal/shop"


class Clock:
    """A plain value."""


class Troubles:
    """What fails now."""

    def __init__(self) -> None:
        self.search = self.mail = self.database = False


class Connection:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def close(self) -> None: ...


async def connect(settings: Settings) -> AsyncIterator[Connection]:
    """Open a connection."""
    await anyio.sleep(0.02)
    yield Connection(settings)


@resource(scope="singleton", health=Health("ping", ttl_s=0))
class Database:
    def __init__(self, settings: Settings, troubles: Troubles) -> None:
        self.troubles = troubles

    async def initialize(self) -> None:
        await anyio.sleep(0.06)

    async def dispose(self) -> None: ...

    async def ping(self) -> None:
        if self.troubles.database:
            raise ConnectionError(f"no route to db.internal as {SECRET}")


@resource(scope="singleton")
class Cache:
    def __init__(self, settings: Settings) -> None: ...

    async def initialize(self) -> None:
        await anyio.sleep(0.03)

    async def dispose(self) -> None: ...


@resource(scope="singleton")
class Search:
    def __init__(self, database: Database, clock: Clock) -> None: ...

    async def initialize(self) -> None:
        await anyio.sleep(0.05)

    async def dispose(self) -> None: ...


@resource(scope="singleton")
class Queue:
    def __init__(self, settings: Settings) -> None: ...

    def initialize(self) -> None: ...

    def dispose(self) -> None: ...


@resource(scope="singleton")
class Catalogue:
    def __init__(self, database: Database, cache: Cache) -> None: ...

    async def initialize(self) -> None:
        await anyio.sleep(0.04)

    async def dispose(self) -> None: ...


@resource(scope="request")
class Mailer:
    """Opened by a request that asks for it; fails when it shall."""

    def __init__(self, queue: Queue, troubles: Troubles) -> None:
        self.troubles = troubles

    async def initialize(self) -> None:
        if self.troubles.mail:
            raise ConnectionRefusedError(f"smtp://shop:{SECRET}@mail.internal refused")

    async def dispose(self) -> None: ...


@resource(scope="request")
class Transaction:
    def __init__(self, connection: Connection) -> None: ...

    async def initialize(self) -> None: ...

    async def dispose(self) -> None: ...


class Orders:
    """What a request works with."""

    def __init__(self, transaction: Transaction, catalogue: Catalogue, search: Search, clock: Clock) -> None: ...


class Checkout:
    def __init__(self, orders: Orders, mailer: Mailer) -> None: ...


def shop() -> Container:
    """Return the container of a shop that nobody has started."""
    container = Container()
    container[Settings] = Settings()
    container[Troubles] = Troubles()
    for key in (Clock,):
        container.bind(key, scope="singleton")
    for key in (Database, Cache, Queue, Search, Catalogue, Mailer, Transaction):
        container.bind(key)
    container.bind(Connection, Pool(connect, name="connections", max_size=8, min_size=2))
    container.bind(Orders)
    container.bind(Checkout)
    return container


container = shop()
__all__ = ["SECRET", "Checkout", "Mailer", "Orders", "Troubles", "container", "shop"]
