"""gRPC on a container, over the network: the server on asyncio, and the one on threads."""

import asyncio
import contextlib
import inspect
import threading
from concurrent.futures import ThreadPoolExecutor

import anyio.to_thread
import grpc
import pytest
from calls_conformance import CallsConformance
from conformance import Database, Log, Repository, Session, Unbound, container_of
from grpc import aio

from tenure import containers
from tenure.errors import BindingError
from tenure.ext.grpc import Inject, inject, setup


class Visitor:
    def __init__(self, context: grpc.ServicerContext) -> None:
        self.name = dict(context.invocation_metadata())["name"]


def add(server, **methods):
    """Add a service `S`, as the code that is made of a .proto does; its methods take and return text."""
    made = {name: method_handler(function) for name, function in methods.items()}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("S", made),))
    server.add_registered_method_handlers("S", made)


def method_handler(function):
    arity = getattr(function, "arity", "unary_unary")
    make = getattr(grpc, f"{arity}_rpc_method_handler")
    return make(function, request_deserializer=bytes.decode, response_serializer=_encoded)


def _encoded(text):
    return text if isinstance(text, bytes) else text.encode()  # grpc.aio encodes text by itself


def arity(name):
    def mark(function):
        function.arity = name
        return function

    return mark


def methods(log):
    @inject
    async def value(request, context, number: int = 0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @inject
    def sync(request, context, database=Inject[Database]):
        return str(isinstance(database, Database))

    @inject
    async def message(request, context, visitor=Inject[Visitor], there=Inject[aio.ServicerContext]):
        assert there is context
        return visitor.name

    @arity("unary_stream")
    @inject
    async def stream(request, context, session=Inject[Session]):
        for _ in range(3):
            yield f"{session.is_open} "

    @inject
    async def answered(request, context, session=Inject[Session]):
        await context.abort(grpc.StatusCode.NOT_FOUND, "no")

    @inject
    async def error(request, context, session=Inject[Session]):
        return 1 / 0

    @inject
    async def waits(request, context, session=Inject[Session]):
        log("waiting")
        await anyio.sleep_forever()

    return dict(locals(), log=None)


def add_methods(server, log, made):
    add(server, **{name: each for name, each in made(log).items() if each is not None})


async def called(channel, name, text=""):
    """Return what the method *name* answers, all of a stream."""
    metadata = [("name", text)] if text else None
    if name == "stream":
        stream = channel.unary_stream(f"/S/{name}")(b"", metadata=metadata)
        return "".join([item.decode() async for item in stream])
    answer = await channel.unary_unary(f"/S/{name}")(text.encode(), metadata=metadata)
    return answer.decode()


@contextlib.asynccontextmanager
async def serving(server, grace=5):
    """Have *server* run, and give a channel to it."""
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        try:
            yield channel
        finally:
            await server.stop(grace)


class TestGrpcAio(CallsConformance):
    framework = "gRPC, asyncio"
    packages = ("grpcio",)
    answered_as = "session rolled back: AbortError"

    @contextlib.asynccontextmanager
    async def running(self, container, log, grace=5):
        server = aio.server()
        setup(server, container)
        add_methods(server, log, methods)
        async with serving(server, grace) as channel:
            yield lambda name, text: called(channel, name, text)

    def stopped_early(self, container, log):
        return self.running(container, log, None)

    async def broken(self, container):
        @inject
        async def broken(request, context, wanted=Inject[Unbound]): ...

        server = aio.server()
        setup(server, container)
        add(server, broken=broken)
        await server.start()

    async def schema(self, container, log):
        return str(inspect.signature(methods(log)["value"]))


def thread_methods(log):
    @inject
    def value(request, context, number: int = 0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        return f"{session.number} {session.is_open}"

    @inject
    def sync(request, context, database=Inject[Database]):
        return str(isinstance(database, Database))

    @inject
    def message(request, context, visitor=Inject[Visitor]):
        return visitor.name

    @arity("unary_stream")
    @inject
    def stream(request, context, session=Inject[Session]):
        for _ in range(3):
            yield f"{session.is_open} "

    @inject
    def answered(request, context, session=Inject[Session]):
        context.abort(grpc.StatusCode.NOT_FOUND, "no")

    @inject
    def error(request, context, session=Inject[Session]):
        return 1 / 0

    @inject
    def waits(request, context, session=Inject[Session]):
        ended = threading.Event()
        if not context.add_callback(ended.set):
            ended.set()  # it was cancelled before
        log("waiting")
        ended.wait(20)
        raise InterruptedError

    return dict(locals(), log=None)


class TestGrpcThreads(CallsConformance):
    framework = "gRPC, threads"
    packages = ("grpcio",)
    is_async = False
    answered_as = "session rolled back: Exception"
    cancelled_as = "session rolled back: InterruptedError"

    @contextlib.asynccontextmanager
    async def running(self, container, log, grace=5):
        with ThreadPoolExecutor(8) as pool:
            server = grpc.server(pool)
            setup(server, container)
            add_methods(server, log, thread_methods)
            port = server.add_insecure_port("127.0.0.1:0")
            await anyio.to_thread.run_sync(server.start)
            async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
                try:
                    yield lambda name, text: called(channel, name, text)
                finally:
                    assert await anyio.to_thread.run_sync(server.stop(grace).wait, 20)

    def stopped_early(self, container, log):
        return self.running(container, log, None)

    async def broken(self, container):
        @inject
        def broken(request, context, wanted=Inject[Unbound]): ...

        with ThreadPoolExecutor(1) as pool:
            server = grpc.server(pool)
            setup(server, container)
            add(server, broken=broken)
            server.start()

    async def schema(self, container, log):
        return str(inspect.signature(thread_methods(log)["value"]))


@pytest.fixture
def anyio_backend():
    return "asyncio"  # the only one that gRPC runs on


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


def server_with(container, **methods):
    server = aio.server()
    setup(server, container)
    add(server, **methods)
    return server


def ended(log, n=1):
    """Return how often a session ended without an error and with one, once *n* were opened and all of them ended."""
    entries = list(log)
    assert entries.count("session opened") == n
    return entries.count("session closed"), sum(each.startswith("session rolled back") for each in entries)


async def until(log, text, n=1):
    """Wait without blocking the loop until *n* entries begin with *text*."""
    with anyio.fail_after(20):
        while sum(entry.startswith(text) for entry in log) < n:
            await anyio.sleep(0.001)


@pytest.mark.anyio
async def test_a_stream_of_requests(container, log):
    """One session for all of them, in both arities that take a stream."""

    @arity("stream_unary")
    @inject
    async def total(requests, context, session=Inject[Session]):
        return " ".join([f"{text}{session.is_open}" async for text in requests])

    @arity("stream_stream")
    @inject
    async def echo(requests, context, session=Inject[Session]):
        async for text in requests:
            yield f"{text} {session.number} {session.is_open}"

    async with serving(server_with(container, total=total, echo=echo)) as channel:
        answer = await channel.stream_unary("/S/total")(iter([b"a", b"b"]))
        assert answer == b"aTrue bTrue"
        answers = channel.stream_stream("/S/echo")(iter([b"a", b"b"]))
        assert [each async for each in answers] == [b"a 2 True", b"b 2 True"]

    assert ended(log, 2) == (2, 0)


@pytest.mark.anyio
async def test_a_stream_that_is_written(container, log):
    """A coroutine function that writes its stream has a session until its end."""

    @arity("unary_stream")
    @inject
    async def written(request, context, session=Inject[Session]):
        for _ in range(2):
            await context.write(f"{session.is_open} ")

    async with serving(server_with(container, written=written)) as channel:
        assert [each async for each in channel.unary_stream("/S/written")(b"")] == [b"True ", b"True "]

    assert ended(log) == (1, 0)


@pytest.mark.anyio
async def test_a_deadline(container, log):
    """The resources see that the call was ended."""
    async with serving(server_with(container, waits=methods(log)["waits"])) as channel:
        with pytest.raises(aio.AioRpcError) as raised:
            await channel.unary_unary("/S/waits")(b"", timeout=1)
        await until(log, "session rolled back: CancelledError")

    assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert ended(log) == (0, 1)


@pytest.mark.anyio
async def test_a_stream_that_nobody_reads(container, log):
    """It is cancelled in the middle of a write, outside the generator, and closed all the same."""

    @arity("unary_stream")
    @inject
    async def endless(request, context, session=Inject[Session]):
        while session.is_open:
            log("more")
            yield "x" * 100_000

    async with serving(server_with(container, endless=endless)) as channel:
        call = channel.unary_stream("/S/endless")(b"")
        await call.read()
        await until(log, "more", 3)
        call.cancel()
        await until(log, "session rolled back")

    assert ended(log) == (0, 1)


@pytest.mark.anyio
async def test_methods_of_a_class_and_on_threads(container, log):
    """What a servicer has, of either colour: a synchronous one takes what is open, and streams."""

    class Servicer:
        @inject
        async def value(self, request, context, session=Inject[Session]):
            return f"{session.number}"

        @inject
        def items(self, request, context, database=Inject[Database], there=Inject[grpc.ServicerContext]):
            assert there is context
            yield from (str(isinstance(database, Database)), request)

    server = server_with(container, value=Servicer().value)
    made = grpc.unary_stream_rpc_method_handler(Servicer().items, bytes.decode, _encoded)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("T", {"items": made}),))
    async with serving(server) as channel:
        assert await channel.unary_unary("/S/value")(b"") == b"1"
        assert [each async for each in channel.unary_stream("/T/items")(b"end")] == [b"True", b"end"]


@pytest.mark.anyio
async def test_interceptors(container, log):
    """They stand around the scope, and see a method of the kind that it is."""
    seen = []

    class Interceptor(aio.ServerInterceptor):
        async def intercept_service(self, continuation, details):
            handler = await continuation(details)

            async def items(request, context):
                async for item in handler.unary_stream(request, context):
                    yield item
                seen.append(log.until("session closed")[-1])

            return grpc.unary_stream_rpc_method_handler(items, handler.request_deserializer, _encoded)

    server = aio.server(interceptors=[Interceptor()])
    setup(server, container)
    add(server, stream=methods(log)["stream"])
    async with serving(server) as channel:
        assert await called(channel, "stream") == "True True True "

    assert seen == ["session closed"]


@pytest.mark.anyio
async def test_stopped_by_many(container, log):
    """It is closed once, and nobody goes on before it is; whoever waits for the server waits for that as well."""
    server = server_with(container, waits=methods(log)["waits"])
    server.add_insecure_port("127.0.0.1:0")
    await server.start()
    assert await server.wait_for_termination(0.01)
    seen = []

    async def stop():
        await server.stop(1)
        seen.append(list(log)[-1])

    async def wait():
        assert not await server.wait_for_termination()
        seen.append(list(log)[-1])

    async with anyio.create_task_group() as tasks:
        for each in (wait, stop, stop):
            tasks.start_soon(each)

    assert seen == ["database closed"] * 3
    assert list(log) == ["database opened", "database closed"]


@pytest.mark.anyio
async def test_a_stop_that_is_cancelled(container, log):
    """The server stops and the container is closed nevertheless."""
    server = server_with(container, waits=methods(log)["waits"])
    await server.start()
    with anyio.CancelScope() as scope:
        scope.cancel()
        await server.stop(None)
    await server.stop(None)

    assert list(log) == ["database opened", "database closed"]


@pytest.mark.anyio
async def test_a_closing_that_fails(log):
    """Who stops the server is told."""
    container = container_of(log, is_async=True)

    class Opened: ...

    async def opened():
        yield Opened()
        raise ZeroDivisionError

    container.bind(Opened, opened, scope="singleton")
    server = server_with(container, waits=methods(log)["waits"])
    await server.start()
    with pytest.raises(ExceptionGroup) as raised:
        await server.stop(None)

    assert [type(error) for error in raised.value.exceptions] == [ZeroDivisionError]
    assert "database closed" in log


@pytest.mark.anyio
async def test_a_server_that_does_not_start(container, log):
    """What was opened for it is closed again."""
    server = server_with(container, waits=methods(log)["waits"])
    life = server.start.__self__
    life._own_start = lambda: asyncio.sleep(0, 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await server.start()
    await server.stop(None)

    assert "closed, " in repr(container)


@pytest.mark.anyio
async def test_services_from_before(container, log):
    """They would have no scope; the start says so."""
    server = aio.server()
    add(server, waits=methods(log)["waits"])
    setup(server, container)
    with pytest.raises(BindingError, match="call it first"):
        await server.start()
    assert list(log) == []


@pytest.mark.anyio
async def test_a_method_without_the_decorator(container, log):
    """The start says so."""

    async def forgotten(request, context, session=Inject[Session]): ...

    with pytest.raises(BindingError, match=r"'session' of .*forgotten is Inject\[Session\].*put @inject"):
        await server_with(container, forgotten=forgotten).start()
    assert list(log) == []


@pytest.mark.anyio
async def test_a_server_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    server = server_with(container)
    with pytest.raises(BindingError, match="a container already"):
        setup(server, container)


@pytest.mark.anyio
async def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(aio.server(), containers.DynamicContainer())


def test_a_closing_that_fails_on_threads(log):
    """Who waits for the stop is told."""
    container = container_of(log, is_async=False)

    class Opened: ...

    def opened():
        yield Opened()
        raise ZeroDivisionError

    container.bind(Opened, opened, scope="singleton")
    with ThreadPoolExecutor(1) as pool:
        server = grpc.server(pool)
        setup(server, container)
        add(server, value=thread_methods(log)["value"])
        server.start()
        stopped = server.stop(None)
        assert server.stop(None) is stopped
        with pytest.raises(ExceptionGroup):
            stopped.wait(20)

    assert list(log) == ["database opened", "database closed"]
