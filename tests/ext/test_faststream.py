"""FastStream on a container: a real Redis over the loopback, and FastStream's own broker for tests."""

import asyncio
import contextlib
import contextvars

import anyio
import pytest
import redis
from calls_conformance import CallsConformance
from conformance import Answered, Database, Log, Repository, Session, Unbound, container_of
from ext_support import running
from faststream import AckPolicy, ExceptionMiddleware, FastStream, TestApp
from faststream.exceptions import AckMessage, NackMessage
from faststream.message import StreamMessage
from faststream.redis import (
    ListSub,
    RedisBroker,
    RedisChannelMessage,
    RedisMessage,
    RedisRouter,
    StreamSub,
    TestRedisBroker,
)
from faststream.specification import AsyncAPI

from tenure import containers
from tenure.errors import BindingError, GraphError
from tenure.ext.faststream import Inject, inject, setup
from tests.real.running import ServerMissingError
from tests.real.started import server_of

TestApp.__test__ = TestRedisBroker.__test__ = False


class Visitor:
    def __init__(self, message: StreamMessage) -> None:
        self.name = message.headers["name"]


def url():
    """Return the address of a Redis of our own."""
    try:
        server = server_of("redis")
    except ServerMissingError as missing:
        pytest.skip(str(missing))
    return f"redis://127.0.0.1:{server.port}"


def broker_of(log, **options):
    errors = ExceptionMiddleware()
    broker = RedisBroker(url(), logger=None, middlewares=[errors], **options)

    @errors.add_handler(Answered, publish=True)
    async def answer(error: Answered):
        return "answered"

    @broker.subscriber("value")
    @inject
    async def value(text: str, number: int = 0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @broker.subscriber("sync")
    @inject
    def sync(text: str, database=Inject[Database]):
        return str(isinstance(database, Database))

    @broker.subscriber("message")
    @inject
    async def message(text: str, visitor=Inject[Visitor], there=Inject[RedisChannelMessage], same=Inject[RedisMessage]):
        assert there is same
        return visitor.name

    @broker.subscriber("answered")
    @inject
    async def answered(text: str, session=Inject[Session]):
        raise Answered

    @broker.subscriber("error")
    @inject
    async def error(text: str, session=Inject[Session]):
        return 1 / 0

    @broker.subscriber("waits", max_workers=5)
    @inject
    async def waits(text: str, session=Inject[Session]):
        log("waiting")
        await anyio.sleep_forever()

    return broker


@contextlib.asynccontextmanager
async def started(app):
    """Have *app* run as its own command line does, save for signals."""
    async with app.lifespan_context():
        await app.start()
        try:
            yield
        finally:
            await app.stop()


class TestFastStream(CallsConformance):
    framework = "FastStream, Redis"
    packages = ("faststream", "redis")
    answers_errors = False
    lacks = {"stream": "a message has one answer", "cancelled": "a message cannot be taken back"}

    @contextlib.asynccontextmanager
    async def running(self, container, log, graceful_timeout=15.0):
        app = FastStream(broker_of(log, graceful_timeout=graceful_timeout), logger=None)
        setup(app, container)
        async with started(app), RedisBroker(url(), logger=None, max_connections=500) as client:

            async def call(name, text):
                answer = await client.request(
                    {"text": text} if name == "value" else text, name, timeout=20, headers={"name": text}
                )
                return await answer.decode()

            yield call

    def stopped_early(self, container, log):
        return self.running(container, log, 0.01)

    async def broken(self, container):
        broker = RedisBroker(url(), logger=None)

        @broker.subscriber("broken")
        @inject
        async def broken(text: str, wanted=Inject[Unbound]): ...

        app = FastStream(broker, logger=None)
        setup(app, container)
        await app.start()

    async def schema(self, container, log):
        return AsyncAPI(broker_of(log)).to_specification().to_json()


@pytest.fixture
def anyio_backend():
    return "asyncio"  # the only one that these brokers run on


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


def plain_broker():
    return RedisBroker(url(), logger=None)


def app_on(container, broker):
    app = FastStream(broker, logger=None)
    setup(app, container)
    return app


async def until(log, text, n=1):
    """Wait without blocking the loop until *n* entries begin with *text*."""
    with anyio.fail_after(20):
        while sum(entry.startswith(text) for entry in log) < n:
            await anyio.sleep(0.001)


@pytest.mark.anyio
async def test_brokers_for_tests(container, log):
    """FastStream's own, without a network, with the application around it."""
    broker = RedisBroker(logger=None)

    @broker.subscriber("numbers")
    @inject
    async def numbers(text: str, session=Inject[Session], there=Inject[RedisMessage]):
        assert isinstance(there, StreamMessage)
        return f"{text} {session.number}"

    app = app_on(container, broker)
    async with TestRedisBroker(broker) as test, TestApp(app):
        for number in (1, 2):
            answer = await test.request("number", "numbers")
            assert await answer.decode() == f"number {number}"

    assert list(log)[-2:] == ["session closed", "database closed"]
    assert list(log).count("database opened") == 1


@pytest.mark.anyio
async def test_brokers_for_tests_by_themselves(container, log):
    """Without the application the container is whoever's opens it; messages have their scopes all the same."""
    broker = RedisBroker(logger=None)

    @broker.subscriber("fails")
    @inject
    async def fails(text: str, session=Inject[Session]):
        return 1 / 0

    app_on(container, broker)
    async with container:
        async with TestRedisBroker(broker) as test:
            with pytest.raises(ZeroDivisionError):
                await test.publish("", "fails")

    assert "session rolled back: ZeroDivisionError" in log


@pytest.mark.slow
@pytest.mark.anyio
async def test_publishers(container, log):
    """What a handler publishes belongs to its scope: by a decorator, by the broker, and by asking somebody."""
    broker = plain_broker()

    @broker.subscriber("first")
    @broker.publisher("second")
    @inject
    async def first(text: str, session=Inject[Session]):
        answer = await broker.request("", "asked", timeout=20)
        log(f"asked: {await answer.decode()} {session.is_open}")
        return str(session.number)

    @broker.subscriber("asked")
    async def asked(text: str):
        return "yes"

    @broker.subscriber("second")
    @inject
    async def second(text: str, session=Inject[Session]):
        log(f"second: {text} {session.number}")

    async with started(app_on(container, broker)):
        await broker.publish("", "first")
        await until(log, "session closed", 2)

    assert [each for each in log if each.startswith(("asked", "second"))] == ["asked: yes True", "second: 1 2"]
    assert list(log).count("session opened") == 2


@pytest.mark.anyio
async def test_a_publisher_that_fails(container, log):
    """The resources of the handler see it."""
    broker = RedisBroker(logger=None)

    @broker.subscriber("first")
    @broker.publisher("second")
    @inject
    async def first(text: str, session=Inject[Session]):
        return "answer"

    @broker.subscriber("second")
    async def second(text: str):
        return 1 / 0

    app = app_on(container, broker)
    async with TestRedisBroker(broker) as test, TestApp(app):
        with pytest.raises(ZeroDivisionError):
            await test.publish("", "first")

    assert "session rolled back: ZeroDivisionError" in log


class Order:
    """What is committed, or cannot be."""


@pytest.mark.slow
@pytest.mark.anyio
@pytest.mark.parametrize("case", ["well", "raises", "ack", "nack", "commit"])
async def test_what_is_acknowledged(container, log, case):
    """It is told after the resources were closed: what they could not keep comes again."""
    broker = plain_broker()
    redis_stream = StreamSub(f"orders-{case}", group="group", consumer="consumer")

    async def order():
        try:
            yield Order()
        except BaseException as error:
            log(f"rolled back: {type(error).__name__}")
            raise
        if case == "commit":
            log("rolled back: in the end")
            raise OSError
        log("committed")

    container.bind(Order, order, scope="request")

    @broker.subscriber(stream=redis_stream, ack_policy=AckPolicy.NACK_ON_ERROR)
    @inject
    async def take(text: str, order=Inject[Order]):
        raised = {"raises": ZeroDivisionError, "ack": AckMessage, "nack": NackMessage}.get(case)
        if raised is not None:
            raise raised

    app = app_on(container, broker)
    async with started(app):
        await broker.publish("", stream=redis_stream.name)
        await until(log, "committed" if case in ("well", "ack") else "rolled back")
    pending = server_of("redis").ask("XPENDING", redis_stream.name, "group")

    assert int(str(pending[0])) == (0 if case in ("well", "ack") else 1)


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_start_that_fails(container, log):
    """What was opened for it is closed again."""
    broker = RedisBroker("redis://127.0.0.1:1", logger=None)

    @broker.subscriber("value")
    async def value(text: str): ...

    app = app_on(container, broker)
    with pytest.raises(redis.exceptions.ConnectionError):
        async with started(app):
            pass

    assert "database opened" in log
    assert "closed, " in repr(container)


@pytest.mark.slow
@pytest.mark.anyio
async def test_without_a_lifespan(container, log):
    """`start` and `stop` alone do as well, and a second stop nothing."""
    app = app_on(container, plain_broker())
    await app.start()
    assert list(log) == ["database opened"]
    await app.stop()
    await app.stop()

    assert list(log) == ["database opened", "database closed"]


@pytest.mark.slow
@pytest.mark.anyio
async def test_around_its_own_start_and_stop(container, log):
    """What the application does when it starts and stops happens between, and is injected."""

    @contextlib.asynccontextmanager
    async def lifespan():
        log("app started")
        yield
        log("app stopped")

    app = FastStream(plain_broker(), logger=None, lifespan=lifespan)

    @app.on_startup
    @inject
    async def hook(database=Inject[Database]):
        log("hook")

    setup(app, container)
    async with started(app):
        pass

    assert list(log) == ["database opened", "app started", "hook", "app stopped", "database closed"]


@pytest.mark.slow
@pytest.mark.anyio
async def test_as_asgi(container, log):
    """An application that a web server runs is the same; it starts its brokers by other ways."""
    broker = plain_broker()

    @broker.subscriber(list="served")
    @inject
    async def served(text: str, session=Inject[Session]): ...

    app = FastStream(broker, logger=None).as_asgi()

    @app.on_startup
    @inject
    async def hook(database=Inject[Database]):
        log("hook")

    setup(app, container)
    server_of("redis").ask("RPUSH", "served", "text")
    async with running(app):
        assert list(log)[:2] == ["database opened", "hook"]
        await until(log, "session closed")

    assert list(log)[2:] == ["session opened", "session closed", "database closed"]


@pytest.mark.slow
@pytest.mark.anyio
async def test_lists(container, log):
    """A list of messages is one message."""
    broker = plain_broker()

    @broker.subscriber(list=ListSub("many", batch=True, max_records=2))
    @inject
    async def many(texts: list[str], session=Inject[Session], there=Inject[RedisMessage]):
        log(f"{len(texts)} {isinstance(there, StreamMessage)}")

    app = app_on(container, broker)
    server_of("redis").ask("RPUSH", "many", "a", "b")
    async with started(app):
        await until(log, "session closed")

    assert "2 True" in log


@pytest.mark.anyio
async def test_a_router(container, log):
    """What its handlers ask for is looked at as well."""
    broker, router = RedisBroker(logger=None), RedisRouter()

    @router.subscriber("broken")
    @inject
    async def broken(text: str, wanted=Inject[Unbound]): ...

    broker.include_router(router)
    with pytest.raises(GraphError, match=r"broken.*Unbound"):
        await app_on(container, broker).start()
    assert list(log) == []


@pytest.mark.anyio
async def test_a_handler_without_the_decorator(container, log):
    """The start says so, where FastStream does not do so before."""
    broker = RedisBroker(logger=None)

    @broker.subscriber("forgotten")
    async def forgotten(text: str, session: Session = Inject[Session]): ...

    with pytest.raises(BindingError, match=r"'session' of .*forgotten is Inject\[Session\].*put @inject"):
        await app_on(container, broker).start()
    assert list(log) == []


def test_an_application_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    app = app_on(container, RedisBroker(logger=None))
    with pytest.raises(BindingError, match="a container already"):
        setup(app, container)


def test_an_application_without_a_broker(container):
    """Its messages would have no scope."""
    with pytest.raises(BindingError, match="no broker yet"):
        setup(FastStream(), container)


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(FastStream(RedisBroker(logger=None)), containers.DynamicContainer())


@pytest.mark.anyio
async def test_a_start_and_a_stop_in_contexts_of_their_own(container, log):
    """So do fixtures of some test runners."""
    life = app_on(container, RedisBroker(logger=None)).lifespan_context()
    await asyncio.create_task(life.__aenter__(), context=contextvars.Context())
    await asyncio.create_task(life.__aexit__(None, None, None), context=contextvars.Context())

    assert list(log) == ["database opened", "database closed"]
