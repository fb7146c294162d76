"""Strawberry on a container: schemas that are executed, and served over the network."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator

import anyio.from_thread
import httpx
import pytest
import strawberry
from conformance import TIMEOUT_S, Answered, Database, Log, Repository, Session, Unbound, container_of, shows
from ext_support import LifespanError, client, running, serving
from starlette.requests import HTTPConnection
from strawberry.asgi import GraphQL
from strawberry.extensions import MaskErrors, SchemaExtension
from strawberry.types import ExecutionContext
from websockets.sync.client import connect

from tenure import containers
from tenure.errors import BindingError, GraphError
from tenure.ext import asgi
from tenure.ext.strawberry import Inject, inject, setup


class Visitor:
    def __init__(self, operation: ExecutionContext) -> None:
        connection: HTTPConnection = operation.context["request"]
        self.name = connection.headers["X-Name"]


@strawberry.type
class Query:
    @strawberry.field
    @inject
    async def value(
        self, number: int = 0, session: Session = Inject[Session], repository: Repository = Inject[Repository]
    ) -> str:
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @strawberry.field
    @inject
    def sync(self, database: Database = Inject[Database]) -> bool:
        return isinstance(database, Database)

    @strawberry.field
    @inject
    async def visitor(self, info: strawberry.Info, visitor: Visitor = Inject[Visitor]) -> str:
        return f"{visitor.name} {info.field_name}"

    @strawberry.field
    @inject
    async def error(self, session: Session = Inject[Session]) -> int:
        return 1 // 0


@strawberry.type
class Mutation:
    @strawberry.mutation
    @inject
    async def change(self, session: Session = Inject[Session]) -> int:
        raise Answered


@strawberry.type
class Subscription:
    @strawberry.subscription
    @inject
    async def numbers(self, until: int, session: Session = Inject[Session]) -> AsyncGenerator[str, None]:
        number = 0
        while number != until:
            number += 1
            yield f"{number} {session.number} {session.is_open}"
            await asyncio.sleep(0)

    @strawberry.subscription
    @inject
    async def broken(self, session: Session = Inject[Session]) -> AsyncGenerator[int, None]:
        yield 1
        raise Answered


def schema_of(container, *, query=Query, mutation=Mutation, subscription=Subscription, **options):
    schema = strawberry.Schema(query, mutation, subscription, **options)
    setup(schema, container)
    return schema


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


@contextlib.contextmanager
def subscribed(url, query, name="1"):
    """Begin a subscription, and give what tells its next event: None is its end."""
    with connect(
        url.replace("http", "ws"), subprotocols=["graphql-transport-ws"], open_timeout=TIMEOUT_S, close_timeout=1
    ) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(TIMEOUT_S))["type"] == "connection_ack"
        socket.send(json.dumps({"type": "subscribe", "id": name, "payload": {"query": query}}))

        def event():
            said = json.loads(socket.recv(TIMEOUT_S))
            return said["payload"] if said["type"] == "next" else None

        event.socket = socket
        yield event


@pytest.mark.slow
class TestStrawberry:
    kind = "web"
    framework = "Strawberry"
    packages = ("strawberry-graphql", "uvicorn")

    @pytest.fixture
    def url(self, container):
        with serving(asgi.setup(GraphQL(schema_of(container)), container)) as url:
            yield url

    def ask(self, url, query, **options):
        return httpx.post(url, json={"query": query}, timeout=TIMEOUT_S, **options).json()

    @shows("start/stop")
    def test_it_starts_and_stops(self, container, log):
        """With the application that serves the schema."""
        with serving(asgi.setup(GraphQL(schema_of(container)), container)) as url:
            assert list(log) == ["database opened"]
            assert self.ask(url, "{ value }") == {"data": {"value": "1 True"}}

        assert list(log) == ["database opened", "session opened", "session closed", "database closed"]

    @shows("scope")
    def test_a_scope_per_operation(self, url, log):
        """One session for all fields of it."""
        answers = [self.ask(url, "{ a: value b: value sync }")["data"] for _ in range(2)]

        assert answers == [{"a": f"{n} True", "b": f"{n} True", "sync": True} for n in (1, 2)]
        assert log.until("session closed", 2).count("session opened") == 2

    @shows("request object")
    def test_the_request(self, url):
        """By the context of the operation, deep inside; `Info` is a parameter as ever."""
        assert self.ask(url, "{ visitor }", headers={"X-Name": "Ann"})["data"] == {"visitor": "Ann visitor"}

    @shows("errors")
    @pytest.mark.parametrize(
        ("query", "error"), [("{ error }", "ZeroDivisionError"), ("mutation { change }", "Answered")]
    )
    def test_an_error(self, url, log, query, error):
        """It becomes part of the answer; the resources see it all the same."""
        assert "errors" in self.ask(url, query)
        assert "session closed" not in log.until(f"session rolled back: {error}")

    @shows("stream")
    def test_a_subscription(self, url, log):
        """One session until the last event."""
        with subscribed(url, "subscription { numbers(until: 2) }") as event:
            assert [event() for _ in range(3)] == [
                {"data": {"numbers": "1 1 True"}},
                {"data": {"numbers": "2 1 True"}},
                None,
            ]
            log.until("session closed")

    @shows("websocket")
    def test_operations_of_a_websocket(self, url, log):
        """Each has a session of its own."""
        with subscribed(url, "subscription { numbers(until: 1) }") as first:
            assert first() == {"data": {"numbers": "1 1 True"}}
            assert first() is None
            log.until("session closed")
            first.socket.send(json.dumps({"type": "subscribe", "id": "2", "payload": {"query": "{ value }"}}))
            assert first() == {"data": {"value": "2 True"}}
            log.until("session closed", 2)

    @shows("stream")
    @pytest.mark.parametrize("how", ["complete", "close", "cut"])
    def test_a_client_that_goes_away(self, url, log, how):
        """What the subscription had is closed, whether it says goodbye or not."""
        with subscribed(url, "subscription { numbers(until: -1) }") as event:
            assert event()
            if how == "complete":
                event.socket.send(json.dumps({"type": "complete", "id": "1"}))
            elif how == "cut":
                event.socket.socket.shutdown(2)
            else:
                event.socket.close()
            with log._changed:
                assert log._changed.wait_for(
                    lambda: any(e.startswith(("session c", "session r")) for e in log._entries), TIMEOUT_S
                )

    @shows("errors")
    def test_an_error_that_ends_a_subscription(self, url, log):
        """The resources see it."""
        with subscribed(url, "subscription { broken }") as event:
            assert event() == {"data": {"broken": 1}}
            assert "errors" in event()
            log.until("session rolled back: Answered")

    @shows("schema clean")
    def test_the_schema(self, container):
        """Nothing of what is injected."""
        shown = schema_of(container).as_str()

        assert "value(number: Int! = 0): String!" in shown
        assert "session" not in shown.lower()

    @shows("start-up check")
    def test_a_resolver_that_cannot_be_served(self, container, log):
        """What serves the schema does not start, wherever it stands."""

        @strawberry.type
        class Below:
            @strawberry.field
            @inject
            def broken(self, wanted: Unbound = Inject[Unbound]) -> int: ...

        @strawberry.type
        class Broken:
            @strawberry.field
            def below(self) -> Below:
                return Below()

        app = asgi.setup(GraphQL(schema_of(container, query=Broken)), container)
        with pytest.raises(LifespanError, match=r"broken.*Unbound"):
            with anyio.from_thread.start_blocking_portal() as portal, portal.wrap_async_context_manager(running(app)):
                raise AssertionError("it starts")
        with pytest.raises(GraphError, match=r"broken.*Unbound"):
            container.check()
        assert list(log) == []


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_without_a_server(container, log):
    """A schema that is executed opens what it needs; the container stays as it is."""
    result = await schema_of(container).execute("{ value }")

    assert (result.data, result.errors) == ({"value": "1 True"}, None)
    assert list(log) == ["database opened", "session opened", "session closed"]
    await container.aclose()


def test_without_a_loop(log):
    """`execute_sync` is served by what needs none."""

    @strawberry.type
    class Plain:
        @strawberry.field
        @inject
        def value(self, session: Session = Inject[Session]) -> bool:
            return session.is_open

        @strawberry.field
        @inject
        def error(self, session: Session = Inject[Session]) -> int:
            return 1 // 0

    container = container_of(log, is_async=False)
    schema = schema_of(container, query=Plain, mutation=None, subscription=None)
    assert schema.execute_sync("{ value }").data == {"value": True}
    assert schema.execute_sync("{ error }").errors
    container.close()
    assert list(log)[1:-1] == [
        "session opened", "session closed", "session opened", "session rolled back: ZeroDivisionError",
    ]  # fmt: skip


@pytest.mark.anyio
async def test_an_error_that_is_masked(container, log):
    """The resources see what was raised, and the client what it may."""
    schema = schema_of(container, extensions=[lambda **_: MaskErrors()])
    result = await schema.execute("{ error }")

    assert "Unexpected" in result.errors[0].message
    assert "session rolled back: ZeroDivisionError" in log
    await container.aclose()


@pytest.mark.anyio
async def test_other_extensions(container, log):
    """They are inside the scope, and have its session."""

    class Own(SchemaExtension):
        async def on_operation(self):
            log(f"own: {(await container.aget(Session)).number}")
            yield
            log(f"own: {(await container.aget(Session)).is_open}")

    await schema_of(container, extensions=[Own]).execute("{ value }")
    assert list(log)[1:] == ["session opened", "own: 1", "own: True", "session closed"]
    await container.aclose()


@pytest.mark.anyio
async def test_a_query_that_is_wrong(container, log):
    """It opens nothing."""
    result = await schema_of(container).execute("{ nothing }")

    assert result.errors
    assert list(log) == []


@pytest.mark.anyio
async def test_many_at_once(container, log):
    """Each operation keeps its own session."""
    schema = schema_of(container)
    results = await asyncio.gather(*(schema.execute("{ a: value b: value }") for _ in range(20)))

    assert all(each.data["a"] == each.data["b"] for each in results)
    assert len({each.data["a"] for each in results}) == 20
    assert list(log).count("session closed") == 20
    await container.aclose()


def test_a_resolver_without_the_decorator(container):
    """The error says what to do."""

    @strawberry.type
    class Forgotten:
        @strawberry.field
        def value(self, session: int = Inject[Session]) -> int: ...

    with pytest.raises(BindingError, match="put @inject"):
        schema_of(container, query=Forgotten)


def test_a_schema_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    schema = schema_of(container)
    with pytest.raises(BindingError, match="a container already"):
        setup(schema, container)


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(strawberry.Schema(Query), containers.DynamicContainer())


@pytest.mark.anyio
async def test_inside_another_framework(container, log):
    """The scope of the operation is inside that of the request, whose values it sees."""
    from fastapi import FastAPI
    from starlette.requests import Request
    from strawberry.fastapi import GraphQLRouter

    from tenure.ext import fastapi

    @strawberry.type
    class Asked:
        @strawberry.field
        @inject
        async def path(self, request: Request = Inject[Request], session: Session = Inject[Session]) -> str:
            return f"{request.url.path} {session.number}"

    app = FastAPI()
    app.include_router(GraphQLRouter(schema_of(container, query=Asked, mutation=None)), prefix="/graphql")
    fastapi.setup(app, container)
    async with running(app), client(app) as calls:
        answer = await calls.post("/graphql", json={"query": "{ path }"})
    assert answer.json() == {"data": {"path": "/graphql 1"}}
    assert list(log) == ["database opened", "session opened", "session closed", "database closed"]
