"""`inspection_of`: a container as it is now, with and without a watch, as plain data."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextvars import copy_context

import pytest

from tenure import Container, Pool, Retry, resource
from tenure.containers import DeclarativeContainer
from tenure.errors import BindingError
from tenure.observe import Watch, inspection_of
from tenure.observe.inspection import SHAPE
from tenure.observe.masking import masked, told
from tenure.providers import Factory, Resource


class Settings:
    """A value whose text nobody may see."""

    def __repr__(self):
        return "hunter2"


class Database: ...


class Session: ...


class Report:
    def __init__(self, session: Session, settings: Settings): ...


def open_database(settings: Settings) -> Iterator[Database]:
    try:
        yield Database()
    finally:
        pass


def open_session(database: Database) -> Iterator[Session]:
    try:
        yield Session()
    finally:
        pass


def shop(**options):
    """Return a container with a value, a resource, one for each request, and what needs them."""
    container = Container(**options)
    container.bind(Settings, Settings())
    container.bind(Database, open_database, scope="singleton")
    container.bind(Session, open_session, scope="request")
    container.bind(Report)
    return container


def by_name(rows):
    return {row.name: row for row in rows}


def test_a_container_that_is_not_started():
    """Everything bound is told of, with what it needs; nothing is open, and nothing was opened to find out."""
    container = shop()

    seen = inspection_of(container)

    assert seen.state == "not started"
    assert [(b.name, b.scope, b.is_resource, b.depends_on, b.state, b.n_open) for b in seen.bindings] == [
        ("Settings", "singleton", False, (), "not open", 0),
        ("Database", "singleton", True, ("Settings",), "not open", 0),
        ("Session", "request", True, ("Database",), "not open", 0),
        ("Report", "transient", False, ("Session", "Settings"), "not open", 0),
    ]
    assert [b.key for b in seen.bindings] == [Settings, Database, Session, Report]
    assert (seen.resources, seen.scopes, seen.pools, seen.counts) == ((), (), (), None)
    container.close()


def test_what_is_open_with_its_scopes():
    """A resource says which scope owns it and what it was made from; a scope says how many it owns."""
    container = shop()
    watch = Watch(container)
    with container, container.resource_scope() as scope:
        scope.get(Report)
        seen = inspection_of(container, watch)

    root, inner = seen.resources
    assert (root.name, root.scope, root.state, root.depends_on) == ("Database", "root", "open", ())
    assert (inner.name, inner.scope, inner.state, inner.depends_on) == ("Session", "request", "open", (root.id,))
    assert all(each.age_s >= 0 and each.open_s >= 0 for each in seen.resources)
    assert [(each.name, each.n_resources, each.state) for each in seen.scopes] == [("request", 1, "open")]
    assert (seen.n_resources, seen.n_scopes) == (2, 1)
    assert (seen.counts.opened, seen.counts.active, seen.counts.errors) == (2, 2, 0)
    assert {(each.act, each.name) for each in seen.slowest} == {("open", "Database"), ("open", "Session")}


def test_nobody_watched():
    """Without a watch everything is told but times of openings and scopes, errors and counts."""
    container = shop()
    with container, container.resource_scope() as scope:
        scope.get(Session)
        seen = inspection_of(container)

    assert [(each.name, each.open_s, each.age_s >= 0) for each in seen.resources] == [
        ("Database", None, True),
        ("Session", None, True),
    ]
    assert [each.age_s for each in seen.scopes] == [None]
    assert (seen.counts, seen.errors, seen.slowest) == (None, (), ())


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_who_waits_for_whom(anyio_backend):
    """While a start goes on, what opens is told from what waits for it."""
    container, gate, begun = Container(), asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[Database]:
        begun.set()
        await gate.wait()
        yield Database()

    async def above(database: Database) -> AsyncIterator[Session]:
        yield Session()

    container.bind(Database, slow, scope="singleton")
    container.bind(Session, above, scope="singleton")
    watch = Watch(container)
    starting = asyncio.create_task(container.start())
    await begun.wait()
    seen = inspection_of(container, watch)
    gate.set()
    await starting
    after = inspection_of(container, watch)
    await container.aclose()

    assert seen.state == "starting"
    assert [(each.name, each.state, each.waits_for, each.is_async) for each in seen.resources] == [
        ("Database", "opening", (), True),
        ("Session", "waiting", ("Database",), True),
    ]
    assert seen.resources[0].age_s >= 0
    assert seen.resources[1].age_s is None
    assert [each.state for each in seen.bindings] == ["opening", "opening"]
    assert after.state == "started"
    assert [each.state for each in after.resources] == ["open", "open"]


def test_what_is_closing():
    """What closes is told as such by whoever looks meanwhile."""
    container, seen = Container(), []

    def closing() -> Iterator[Database]:
        try:
            yield Database()
        finally:
            seen.append(inspection_of(container))

    container.bind(Database, closing, scope="singleton")
    with container:
        pass

    assert [(each.name, each.state) for each in seen[0].resources] == [("Database", "closing")]
    assert seen[0].bindings[0].state == "closing"
    assert inspection_of(container).resources == ()


def test_pools():
    """A pool tells its sizes, what is lent and who waits."""
    container = Container()

    def connect() -> Iterator[Session]:
        yield Session()

    container.bind(Session, Pool(connect, min_size=1, max_size=2))
    with container, container.resource_scope() as scope:
        scope.get(Session)
        (pool,) = inspection_of(container).pools

    assert (pool.min_size, pool.max_size, pool.n_out, pool.n_waiting, pool.state) == (1, 2, 1, 0, "open")


class Shop(DeclarativeContainer):
    """The same in the other face."""

    database = Resource(open_database, settings=Factory(Settings))
    report = Factory(Report, session=database, settings=None)


def test_a_declarative_container():
    """Its providers are told of before anybody asked for them."""
    container = Shop()
    watch = Watch(container)
    before = by_name(inspection_of(container, watch).bindings)
    with container:
        during = inspection_of(container, watch)

    assert before["Shop.database"].is_resource
    assert before["Shop.report"].depends_on == ("Shop.database",)
    assert {each.state for each in before.values()} == {"not open"}
    assert [(each.name, each.state) for each in during.resources] == [("Shop.database", "open")]


def test_errors_and_retries():
    """What failed is told by the class and the first line of its error, the last one first, without its secrets."""
    attempts = []

    @resource(retry=Retry(attempts=2, backoff=0.001))
    def failing() -> Iterator[Database]:
        attempts.append(1)
        msg = "no way to postgresql://shop:hunter2@db/shop\nand more"
        raise OSError(msg)
        yield Database()

    container = Container()
    container.bind(Database, failing, scope="singleton")
    watch = Watch(container)
    with pytest.raises(OSError, match="no way"):
        container.start_sync()
    seen = inspection_of(container, watch)
    container.close()

    assert len(attempts) == 2
    text = "OSError: no way to postgresql://shop:***@db/shop"
    assert [(each.act, each.name, each.error) for each in seen.errors] == [
        ("start", "root", text),
        ("open", "Database", text),
        ("retry", "Database", text),
    ]
    assert (seen.counts.errors, seen.counts.retries) == (1, 1)


def test_no_value_is_shown():
    """What an inspection tells is taken by `json.dumps` and holds nothing of what an object is."""
    container = shop()
    watch = Watch(container)
    with container, container.resource_scope() as scope:
        scope.get(Report)
        text = json.dumps(inspection_of(container, watch).as_dict())

    assert json.loads(text)["shape"] == SHAPE
    assert "hunter2" not in text
    assert "<" not in text


def test_two_keys_that_are_shown_alike():
    """Each has a name of its own, and what needs them says which."""
    one, other = type("Cache", (), {"__module__": "one"}), type("Cache", (), {"__module__": "other"})
    container = Container()
    container.bind(one)
    container.bind(other)
    container.bind("user", lambda: None)
    container.close()

    assert [each.name for each in inspection_of(container).bindings] == ["one.Cache", "other.Cache", "'user'"]


def test_what_is_listed_is_bounded():
    """More scopes than the limit are counted, and the oldest of them listed."""
    container = shop()
    with container:
        scopes = [(container.resource_scope(), copy_context()) for _ in range(5)]
        for scope, context in scopes:  # side by side, not one in the other
            context.run(scope.__enter__)
            context.run(scope.get, Session)
        seen = inspection_of(container, limit=3)
        for scope, context in scopes:
            context.run(scope.__exit__, None, None, None)

    assert (len(seen.resources), seen.n_resources, len(seen.scopes), seen.n_scopes) == (3, 6, 3, 5)
    assert seen.resources[0].name == "Database"


def test_a_watch_holds_what_is_open_and_no_more():
    """After a thousand scopes it is as large as before."""
    container = shop()
    watch = Watch(container, keep=3)
    with container:
        for _ in range(100):
            with container.resource_scope() as scope:
                scope.get(Session)
        held = len(watch._open_s), len(watch._opening_at), len(watch._entered_at), len(watch._errors)
        seen = inspection_of(container, watch)
    watch.detach()

    assert held == (1, 0, 0, 0)
    assert len(seen.slowest) == 3
    assert container.engine.notify is None


def test_refusals():
    """What is no container, and bounds that are none, are refused at once."""
    container = shop()
    with pytest.raises(BindingError, match="a container is inspected, not"):
        inspection_of(object())
    with pytest.raises(BindingError, match="not <class"):
        inspection_of(Shop)
    with pytest.raises(BindingError, match="limit"):
        inspection_of(container, limit=0)
    with pytest.raises(ValueError, match="keep is 0"):
        Watch(container, keep=0)
    container.close()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("redis://:pw@host:6379/0 refused", "redis://:***@host:6379/0 refused"),
        ("password=hunter2, host=db", "password=***, host=db"),
        ("{'api_key': 'abc def', 'n': 1}", "{'api_key': ***, 'n': 1}"),
        ("Authorization: Bearer abcdef123456", "Authorization: *** ***"),
        ("DB_PASSWORD: x", "DB_PASSWORD: ***"),
        ("connection refused at db:5432", "connection refused at db:5432"),
        ("http://localhost:8000/path@x", "http://localhost:8000/path@x"),
    ],
)
def test_secrets_are_masked(text, shown):
    """Passwords in addresses, values of names that say so and tokens of HTTP are not shown; the rest stays."""
    assert masked(text) == shown


def test_an_error_is_told_short():
    """Its class stands before its first line, which is cut where it is long."""
    assert told(ValueError()) == "ValueError"
    assert told(ValueError("a\nb")) == "ValueError: a"
    assert told(ValueError("x" * 50), 10) == f"ValueError: {'x' * 9}…"
