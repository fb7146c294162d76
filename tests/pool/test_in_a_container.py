"""A pool in a container: opened and closed with it, its items borrowed for a scope."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import pytest
import trio

from tenure import Container, Inject, Pool, inject, resource
from tenure.errors import AsyncInSyncError, BindingError, GraphError, PoolExhaustedError, ScopeNotOpenError
from tenure.events import Opened


class Settings:
    url = "db://"


class Connection:
    def __init__(self, url):
        self.url = url
        self.errors = []


log = []


@pytest.fixture(autouse=True)
def empty_log():
    log.clear()


def connect(settings: Settings) -> Iterator[Connection]:
    log.append("open")
    yield Connection(settings.url)
    log.append("close")


async def aconnect(settings: Settings) -> AsyncIterator[Connection]:
    log.append("open")
    yield Connection(settings.url)
    log.append("close")


def test_handlers_ask_for_an_item():
    """One per scope, given back when it is left; the factory's own needs are resolved."""
    pool, container = Pool(connect, max_size=1), Container()
    container.bind(Connection, pool)

    @inject(container=container, scope="request")
    def handle(first: Annotated[Connection, Inject()], second: Annotated[Connection, Inject()]):
        assert first is second
        return first, pool.stats().n_out

    with container:
        (one, n_out), (other, _) = handle(), handle()

    assert (one is other, n_out, one.url, log) == (True, 1, "db://", ["open", "close"])


@pytest.mark.parametrize("run", [asyncio.run, trio.run])
def test_asynchronous_items(run):
    """The same on an event loop."""

    async def main():
        pool, container = Pool(aconnect, max_size=1), Container()
        container.bind(Connection, pool)
        async with container:
            for _ in range(2):
                async with container.resource_scope() as scope:
                    assert (await scope.aget(Connection)).url == "db://"
                    assert pool.stats().n_out == 1
                assert pool.stats().n_out == 0
            with pytest.raises(AsyncInSyncError):
                with container.resource_scope() as scope:
                    scope.get(Connection)
        assert log == ["open", "close"]

    run(main) if run is trio.run else run(main())


def test_the_pool_is_a_singleton_of_its_own():
    """`Pool[Connection]` gives it, open; a start opens it with its `min_size` items."""
    pool, container = Pool(connect, min_size=2), Container()
    container.bind(Connection, pool)

    with container:
        assert log == ["open", "open"]
        assert container.get(Pool[Connection]) is pool

    assert log == ["open", "open", "close", "close"]


def test_several_by_name():
    """Each has items of its own; a plain name does as well as `Annotated`."""
    container = Container()
    container.bind(Connection, Pool(connect, name="main"))
    container.bind(Connection, Pool(connect, name="replica"), name="replica")
    container.bind("third", Pool(connect, name="third"))
    container.bind(Pool(connect), name="fourth")

    with container, container.resource_scope() as scope:
        keys = (Connection, Annotated[Connection, "replica"], "third", Annotated[Connection, "fourth"])
        assert len({scope.get(key) for key in keys}) == 4
        assert container.get(Annotated[Pool[Connection], "replica"]).stats().name == "the pool 'replica'"
        assert container.get(Annotated[Pool, "third"]).stats().n_out == 1


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_the_error_of_the_body_decides(colour):
    """What ended the scope reaches `discard`; the error leaves as it is."""
    seen = []

    def discard(item, error):
        seen.append(error)
        return error is not None

    error = KeyError("body")

    def main():
        pool, container = Pool(connect, discard=discard), Container()
        container.bind(Connection, pool)
        with container:
            with pytest.raises(KeyError) as raised, container.resource_scope() as scope:
                scope.get(Connection)
                raise error
            assert (raised.value is error, pool.stats().closed) == (True, (("discard", 1),))

    async def amain():
        pool, container = Pool(aconnect, discard=discard), Container()
        container.bind(Connection, pool)
        async with container:
            with pytest.raises(KeyError) as raised:
                async with container.resource_scope() as scope:
                    await scope.aget(Connection)
                    raise error
            assert (raised.value is error, pool.stats().closed) == (True, (("discard", 1),))

    main() if colour == "sync" else asyncio.run(amain())
    assert seen == [error]


def test_who_borrowed_is_the_users_code():
    """Errors and reports name the code that asked the scope."""
    container = Container()
    container.bind(Connection, pool := Pool(connect, max_size=1, timeout_s=0.001))

    with container, container.resource_scope() as scope:
        scope.get(Connection)
        assert "test_in_a_container.py" in pool.borrowers()[0].place
        with pytest.raises(PoolExhaustedError, match=r"test_in_a_container.py"):
            with container.resource_scope(name=None):
                with container.resource_scope() as other:
                    other.get(Connection)
                pool.take()


def test_its_lifetime():
    """An item belongs to a scope: outside one it is not to be had, and nothing that lives longer may need it."""

    class Service:
        def __init__(self, connection: Connection):
            self.connection = connection

    container = Container(scopes=("session", "request"))
    container.bind(Connection, Pool(connect))
    container.bind(Service, scope="session")

    with container, pytest.raises(ScopeNotOpenError):
        container.get(Connection)
    with pytest.raises(GraphError, match="captive"):
        container.check()


def test_for_a_session():
    """`scope=` names another scope."""
    container = Container(scopes=("session", "request"))
    container.bind(Connection, Pool(connect), scope="session")

    with container, container.resource_scope("session"):
        with container.resource_scope("request") as first:
            one = first.get(Connection)
        with container.resource_scope("request") as second:
            assert second.get(Connection) is one


def test_dependents_are_closed_first():
    """What needs an item is closed before it goes back; what the factory needs outlives the pool."""

    @resource(scope="singleton")
    class Secrets:
        def dispose(self):
            log.append("secrets closed")

    def open_connection(secrets: Secrets) -> Iterator[Connection]:
        yield Connection("db://")
        log.append("connection closed")

    @resource(scope="request")
    class Transaction:
        def __init__(self, connection: Connection):
            pass

        def dispose(self):
            log.append("transaction closed")

    container = Container()
    container.bind(Connection, Pool(open_connection, reset=lambda _: log.append("back")))
    with container, container.resource_scope() as scope:
        scope.get(Transaction)

    assert log == ["transaction closed", "back", "connection closed", "secrets closed"]


def test_observers_of_the_container():
    """They are shown the pool, what is borrowed from it, and its items."""
    seen, container = [], Container()
    container.bind(Connection, Pool(connect))
    container.observe(lambda event: seen.append((event.label, event.scope)) if isinstance(event, Opened) else None)

    with container, container.resource_scope() as scope:
        scope.get(Connection)

    assert seen == [("Pool[Connection]", "root"), ("Connection", "pool"), ("Connection", "request")]


def test_arguments():
    """Constants for the factory, as for any function; without a container they are needed."""

    def dial(port: int) -> Iterator[Connection]:
        yield Connection(f"db://:{port}")

    container = Container()
    container.bind(Connection, Pool(dial), arguments={"port": 1})
    container.bind(Connection, Pool(dial, arguments={"port": 2}), name="second")

    with container, container.resource_scope() as scope:
        assert scope.get(Connection).url == "db://:1"
        assert scope.get(Annotated[Connection, "second"]).url == "db://:2"
    with pytest.raises(BindingError, match="nothing says what port is"):
        Pool(dial).open()


def test_one_container_at_a_time():
    """A pool that is open elsewhere is refused, and nothing of it is touched."""
    first, second, pool = Container(), Container(), Pool(connect)
    first.bind(Connection, pool)
    second.bind(Connection, pool)

    with first:
        with pytest.raises(BindingError, match="open already"), second:
            pass
        with first.resource_scope() as scope:
            assert scope.get(Connection)
    with second, second.resource_scope() as scope:
        assert scope.get(Connection)


def test_a_reset_of_the_pool():
    """It is closed, and opened anew when it is needed next."""
    container = Container()
    container.bind(Connection, Pool(connect, min_size=1))

    with container:
        container.reset(Pool[Connection])
        assert log == ["open", "close"]
        with container.resource_scope() as scope:
            scope.get(Connection)

    assert log == ["open", "close", "open", "close"]


def test_an_override():
    """Consumers get what stands in; the pool is not asked."""
    container, fake = Container(), Connection("fake://")
    container.bind(Connection, pool := Pool(connect))

    with container:
        with container.override(Connection, value=fake), container.resource_scope() as scope:
            assert scope.get(Connection) is fake
        with container.resource_scope() as scope:
            assert scope.get(Connection) is not fake

    assert pool.stats().n_acquired == 1
