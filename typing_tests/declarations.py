"""Decorators give back the very type that they were given."""

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import assert_type

from tenure import Retry, managed_resource, resource, scoped, singleton, transient


@resource
class Database:
    def __init__(self, url: str) -> None:
        self.url = url

    async def initialize(self) -> None: ...

    async def dispose(self) -> None: ...

    async def query(self, text: str) -> list[str]:
        return [text]


@resource(
    scope="singleton",
    open_timeout=5,
    close_timeout=0.5,
    retry=Retry(attempts=3, backoff=0.1, on=(OSError, TimeoutError)),
    close="shut",
    tags={"team": "data"},
    shield=True,
    suppress=True,
)
class Cache:
    def shut(self) -> None: ...


@resource
def connection(database: Database) -> Iterator[str]:
    yield database.url


@resource(scope="request")
async def session(database: Database) -> AsyncIterator[int]:
    yield len(database.url)


@resource
@contextmanager
def cursor(url: str) -> Generator[bytes, None, None]:
    yield url.encode()


@managed_resource(initialize_func=lambda pool: pool.connect(), dispose_func=lambda pool: pool.disconnect())
class Pool:
    async def connect(self) -> None: ...

    async def disconnect(self) -> None: ...


@singleton
class Settings:
    def __init__(self, path: str = "settings") -> None: ...


@transient
class Report: ...


@scoped
class Cart: ...


@scoped("session")
class Login: ...


@singleton
def make_settings(path: str) -> Settings:
    return Settings(path)


@scoped("session")
def make_login(settings: Settings) -> Login:
    return Login()


@singleton
@resource
class Both:
    async def initialize(self) -> None: ...


async def classes_stay_what_they_are() -> None:
    assert_type(Database, type[Database])
    assert_type(Database("x"), Database)
    assert_type(Database("x").url, str)
    assert_type(await Database("x").query("y"), list[str])
    assert_type(Cache(), Cache)
    assert_type(Pool(), Pool)
    assert_type(Settings("x"), Settings)
    assert_type(Report(), Report)
    assert_type(Cart(), Cart)
    assert_type(Login(), Login)
    assert_type(Both(), Both)


def functions_keep_their_signature(database: Database) -> None:
    assert_type(connection(database), Iterator[str])
    assert_type(session(database), AsyncIterator[int])
    assert_type(make_settings("x"), Settings)
    assert_type(make_login(Settings()), Login)
    with cursor("x") as found:
        assert_type(found, bytes)
    manager: AbstractContextManager[bytes] = cursor("x")
    with manager:
        pass


class Subclass(Database):
    async def query(self, text: str) -> list[str]:
        return await super().query(text)


def retries(retry: Retry) -> None:
    assert_type(retry.attempts, int)
    assert_type(retry.total, float | None)
    Retry(attempts=5, backoff=0, growth=2, max_delay=10, jitter=0, on=OSError, total=None)


def as_a_call(function: Callable[[], str]) -> None:
    assert_type(resource(function), Callable[[], str])
    assert_type(singleton(function), Callable[[], str])
