"""Resource scope management: several resources in a scope, and a scope in a scope."""

from types import SimpleNamespace

import anyio
import pytest
from document_support import USERS, Connection, Watch

from tenure.compat.injectq import InjectQ, resource

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("connections")]

request = SimpleNamespace(user_id=2)


class Config:
    path = ":memory:"


@resource
class DatabaseConnection:
    def __init__(self, config: Config):
        self.config = config
        self.connection = None

    async def initialize(self):
        self.connection = await Connection.open(self.config.path)

    async def dispose(self):
        await self.connection.close()

    # Mended: the document's takes the query alone and is given arguments here.
    async def execute_query(self, query, *arguments):
        return await self.connection.execute(query, *arguments)


@resource
class CacheConnection:
    def __init__(self, config: Config):
        self.config = config
        self.connection = None

    async def initialize(self):
        self.connection = await Connection.open(self.config.path)

    async def dispose(self):
        await self.connection.close()

    async def set(self, key, value):
        await self.connection.execute("INSERT OR REPLACE INTO cache VALUES (?, ?)", key, str(value))

    async def get(self, key):
        return await self.connection.execute("SELECT value FROM cache WHERE key = ?", key)


# The document's program.


# Resource scope ensures proper cleanup
async def handle_request(container):
    async with container.resource_scope():
        # Resources initialized when first accessed
        db = container.get(DatabaseConnection)
        cache = container.get(CacheConnection)

        # Use resources
        user_data = await db.execute_query("SELECT * FROM users WHERE id = ?", request.user_id)
        await cache.set(f"user:{request.user_id}", user_data)

        return {"user": user_data}

    # All resources automatically disposed here


# Nested scopes
async def complex_operation(container):
    async with container.resource_scope() as outer_scope:
        # Outer scope resources
        db = container.get(DatabaseConnection)

        async with container.resource_scope() as inner_scope:
            # Inner scope can access outer scope resources
            cache = container.get(CacheConnection)
            # Inner scope resources disposed here

        # Outer scope resources still available
        await db.execute_query("COMMIT")

    # All resources disposed here


# What holds of it.


@pytest.fixture(autouse=True)
def config(monkeypatch, database):
    monkeypatch.setattr(Config, "path", database)


@pytest.fixture(params=["instances", "classes"])
def container(request):
    """Both are bound as objects that the user made, or as classes."""
    container = InjectQ()
    container.bind(Config)
    for kind in (DatabaseConnection, CacheConnection):
        container.bind(kind, kind(Config()) if request.param == "instances" else kind)
    return container


@pytest.fixture
def watch(container):
    return Watch(container)


OPEN_BOTH = ["Opened DatabaseConnection", "Opened CacheConnection"]
CLOSE_BOTH = ["Closed CacheConnection", "Closed DatabaseConnection"]


async def begin(db):
    await db.execute_query("BEGIN")  # so that the document's COMMIT has something to end


async def test_a_request_opens_what_it_uses_and_closes_last_opened_first(container, watch):
    """And answers, from inside the scope."""
    assert await handle_request(container) == {"user": [USERS[1]]}

    assert watch.acts == OPEN_BOTH + CLOSE_BOTH


async def test_the_request_did_its_work(container, database):
    """What it wrote is there."""
    await handle_request(container)

    cache = CacheConnection(Config())
    await cache.initialize()
    assert await cache.get("user:2") == [("[(2, 'barbara')]",)]
    await cache.dispose()


async def test_every_request_has_its_own_life(container, watch):
    """One after the other: each opens and closes what it used."""
    for _ in range(3):
        await handle_request(container)

    assert watch.acts == (OPEN_BOTH + CLOSE_BOTH) * 3


async def test_requests_at_the_same_time_close_nothing_under_each_other(container, watch, connections):
    """Whoever shares an object with others leaves it open as long as one of them uses it."""
    answers = []

    async def one():
        answers.append(await handle_request(container))

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(one)

    assert answers == [{"user": [USERS[1]]}] * 10
    assert len([act for act in watch.acts if act.startswith("Opened")]) == len(connections)


async def test_opened_in_order_of_use_not_of_getting(container, watch):
    """What is used first is opened first and closed last."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        cache = container.get(CacheConnection)
        await cache.set("key", "value")
        await db.execute_query("SELECT 1")

    assert watch.acts == [
        "Opened CacheConnection",
        "Opened DatabaseConnection",
        "Closed DatabaseConnection",
        "Closed CacheConnection",
    ]


async def test_the_nested_program_ends_with_a_commit_that_finds_its_connection_open(container, watch):
    """The cache is got and never used, so it is never opened; the commit opens the database."""
    with pytest.raises(Exception, match="cannot commit - no transaction is active"):
        await complex_operation(container)

    assert watch.acts == ["Opened DatabaseConnection", "Closed DatabaseConnection"]


async def test_inner_resources_close_with_the_inner_scope(container, watch):
    """Outer ones stay."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        await begin(db)
        async with container.resource_scope():
            await container.get(CacheConnection).set("key", "value")
            assert watch.acts == OPEN_BOTH
        assert watch.acts == [*OPEN_BOTH, "Closed CacheConnection"]
        await db.execute_query("COMMIT")

    assert watch.acts == OPEN_BOTH + CLOSE_BOTH


async def test_got_outside_and_first_used_inside_lives_outside(container, watch):
    """Who got it holds it: the inner scope does not close it under the outer one."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        async with container.resource_scope():
            await begin(db)
        await db.execute_query("COMMIT")
        assert watch.acts == ["Opened DatabaseConnection"]

    assert watch.acts == ["Opened DatabaseConnection", "Closed DatabaseConnection"]


async def test_the_inner_scope_sees_what_the_outer_one_holds(container, watch, connections):
    """The same object, open."""
    async with container.resource_scope():
        db = container.get(DatabaseConnection)
        await begin(db)
        async with container.resource_scope():
            assert container.get(DatabaseConnection) is db
            await container.get(DatabaseConnection).execute_query("COMMIT")

    assert len(connections) == 1


async def test_got_and_used_inside_lives_inside(container, watch):
    """The outer scope never asked for it."""
    async with container.resource_scope():
        async with container.resource_scope():
            await container.get(DatabaseConnection).execute_query("SELECT 1")
        assert watch.acts == ["Opened DatabaseConnection", "Closed DatabaseConnection"]


async def test_sibling_scopes_have_lives_of_their_own(container, watch):
    """What the first closed, the second opens again."""
    async with container.resource_scope():
        for _ in range(2):
            async with container.resource_scope():
                await container.get(CacheConnection).set("key", "value")

    assert watch.acts == ["Opened CacheConnection", "Closed CacheConnection"] * 2


async def test_an_error_inside_closes_every_scope_it_leaves(container, watch):
    """Inner first."""
    with pytest.raises(LookupError):
        async with container.resource_scope():
            await container.get(DatabaseConnection).execute_query("SELECT 1")
            async with container.resource_scope():
                await container.get(CacheConnection).set("key", "value")
                raise LookupError

    assert watch.acts == OPEN_BOTH + CLOSE_BOTH


async def test_a_scope_can_be_asked_itself(container, watch):
    """`scope.get` asks that scope, whatever is current."""
    async with container.resource_scope() as outer:
        async with container.resource_scope():
            db = await outer.aget(DatabaseConnection)
        await begin(db)

    assert watch.acts == ["Opened DatabaseConnection", "Closed DatabaseConnection"]


async def test_a_cancelled_request_closes_both(container, watch):
    """Last opened first, to the end."""
    with anyio.CancelScope() as cancellation:
        async with container.resource_scope():
            await container.get(DatabaseConnection).execute_query("SELECT 1")
            await container.get(CacheConnection).set("key", "value")
            cancellation.cancel()
            await anyio.sleep_forever()

    assert watch.acts == OPEN_BOTH + CLOSE_BOTH
