"""aiogram on a container, by real long polling of a server over the loopback, and by webhooks."""

import asyncio
import contextlib

import anyio
import pytest
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import ExceptionTypeFilter
from aiogram.types import CallbackQuery, Message, Update
from bot_server import BotServer
from calls_conformance import CallsConformance
from conformance import Answered, Database, Log, Repository, Session, Unbound, container_of

from tenure import containers
from tenure.errors import BindingError, GraphError
from tenure.ext.aiogram import Inject, inject, setup

TOKEN = "42:TEST"


class Visitor:
    def __init__(self, message: Message, bot: Bot, update: Update) -> None:
        assert update.message is message
        assert bot.id == 42
        self.name = message.text.split()[1]


def dispatcher_of(log):
    dispatcher = Dispatcher()
    router = Router()
    dispatcher.include_router(router)

    @router.message(F.text.startswith("value"))
    @inject
    async def value(message: Message, number: int = 0, session=Inject[Session], repository=Inject[Repository]):
        assert repository.session is session
        await message.answer(f"{session.number} {session.is_open}")

    @router.message(F.text.startswith("sync"))
    @inject
    def sync(message: Message, database=Inject[Database]):
        return message.answer(str(isinstance(database, Database)))

    @router.message(F.text.startswith("message"))
    @inject
    async def named(message: Message, visitor=Inject[Visitor]):
        await message.answer(visitor.name)

    @router.message(F.text.startswith("answered"))
    @inject
    async def answered(message: Message, session=Inject[Session]):
        raise Answered

    @dispatcher.errors(ExceptionTypeFilter(Answered))
    @inject
    async def answer(event, session=Inject[Session]):
        assert session.is_open
        await event.update.message.answer("answered")

    @router.message(F.text.startswith("error"))
    @inject
    async def error(message: Message, session=Inject[Session]):
        return 1 / 0

    @router.message(F.text.startswith("waits"))
    @inject
    async def waits(message: Message, session=Inject[Session]):
        log("waiting")
        await anyio.sleep_forever()

    return dispatcher


def bot_on(server):
    return Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(server.url)))


@contextlib.asynccontextmanager
async def polling(dispatcher, server):
    """Have *dispatcher* ask *server* for updates."""
    started = asyncio.Event()
    dispatcher.startup.register(started.set)
    task = asyncio.create_task(dispatcher.start_polling(bot_on(server), polling_timeout=5, handle_signals=False))
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        await task
    try:
        yield server
    finally:
        await dispatcher.stop_polling()
        await task


class TestAiogram(CallsConformance):
    framework = "aiogram"
    packages = ("aiogram",)
    answers_errors = False
    lacks = {
        "stream": "an update has no answer of its own",
        "cancelled": "an update cannot be taken back",
        "schema clean": "nothing is shown of a handler",
    }

    @contextlib.asynccontextmanager
    async def running(self, container, log, grace=10.0):
        dispatcher = dispatcher_of(log)
        setup(dispatcher, container, grace=grace)
        async with BotServer() as server, polling(dispatcher, server):
            yield lambda name, text: server.ask(f"{name} {text}")

    def stopped_early(self, container, log):
        return self.running(container, log, 0.01)

    async def broken(self, container):
        dispatcher, router = Dispatcher(), Router()
        dispatcher.include_router(router)

        @router.message()
        @inject
        async def broken(message: Message, wanted=Inject[Unbound]): ...

        setup(dispatcher, container)
        async with BotServer() as server, polling(dispatcher, server):
            pass


@pytest.fixture
def anyio_backend():
    return "asyncio"  # the only one that aiogram runs on


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def container(log):
    return container_of(log, is_async=True)


@contextlib.asynccontextmanager
async def running(dispatcher):
    """Have *dispatcher* start and stop, without a network."""
    bot = Bot(TOKEN)
    await dispatcher.emit_startup(bot=bot)
    try:
        yield bot
    finally:
        await dispatcher.emit_shutdown(bot=bot)


def dispatcher_with(container, function, *filters, event="message", **options):
    dispatcher = Dispatcher()
    dispatcher.observers[event].register(function, *filters)
    setup(dispatcher, container, **options)
    return dispatcher


def message(text="hello", number=1):
    chat = {"id": number, "type": "private"}
    return {"update_id": number, "message": {"message_id": 1, "date": 1, "text": text, "chat": chat}}


@pytest.mark.anyio
async def test_other_events(container):
    """What an update is about is given by its own class."""

    class Pressed:
        def __init__(self, query: CallbackQuery) -> None:
            self.text = query.data

    seen = []

    @inject
    async def pressed(query: CallbackQuery, what=Inject[Pressed], bot: Bot = Inject[Bot]):
        seen.append((what.text, bot.id))

    container.bind(Pressed, scope="request")
    dispatcher = dispatcher_with(container, pressed, event="callback_query")
    query = {"id": "1", "from": {"id": 1, "is_bot": False, "first_name": "Ann"}, "chat_instance": "1", "data": "yes"}
    async with running(dispatcher) as bot:
        await dispatcher.feed_raw_update(bot, {"update_id": 1, "callback_query": query})
        await dispatcher.feed_raw_update(bot, message())  # of a kind that there are no handlers for

    assert seen == [("yes", 42)]


@pytest.mark.slow
@pytest.mark.anyio
async def test_webhooks(container, log):
    """The container lives with the web application, and each request's update has a scope."""
    import httpx
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
    from aiohttp import web

    @inject
    async def take(message: Message, session=Inject[Session]):
        return message.answer(f"{session.number}")

    dispatcher = dispatcher_with(container, take)
    app = web.Application()
    SimpleRequestHandler(dispatcher, Bot(TOKEN), handle_in_background=False).register(app, path="/hook")
    setup_application(app, dispatcher)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with httpx.AsyncClient(base_url="http://{}:{}".format(*runner.addresses[0])) as client:
        answer = await client.post("/hook", json=message())
        assert 'name="text"\r\n\r\n1\r\n' in answer.text.replace("Content-Type: text/plain; charset=utf-8\r\n", "")
    await runner.cleanup()

    assert list(log) == ["database opened", "session opened", "session closed", "database closed"]


@pytest.mark.anyio
async def test_updates_have_time_to_end(container, log):
    """An update under way ends before the shutdown handlers run, and before anything is closed."""
    started, going = asyncio.Event(), asyncio.Event()

    @inject
    async def take(message: Message, session=Inject[Session]):
        started.set()
        await going.wait()
        log(f"handled {session.is_open}")

    dispatcher = dispatcher_with(container, take)
    dispatcher.shutdown.register(lambda: log("app stopped"))
    async with running(dispatcher) as bot:
        task = asyncio.create_task(dispatcher.feed_raw_update(bot, message()))
        await started.wait()
        asyncio.get_running_loop().call_soon(going.set)
    await task

    assert list(log)[2:] == ["handled True", "session closed", "app stopped", "database closed"]


@pytest.mark.anyio
async def test_handlers_of_start_and_stop(container, log):
    """They are injected, and the container is around them."""
    dispatcher = Dispatcher()

    @dispatcher.startup()
    @inject
    async def started(database=Inject[Database]):
        log("app started")

    @dispatcher.shutdown()
    @inject
    async def stopped(database=Inject[Database]):
        log("app stopped")

    setup(dispatcher, container)
    async with running(dispatcher):
        pass

    assert list(log) == ["database opened", "app started", "app stopped", "database closed"]


@pytest.mark.anyio
async def test_a_start_that_fails(container):
    """What was opened for it is closed again."""
    dispatcher = Dispatcher()
    dispatcher.startup.register(lambda: 1 / 0)
    setup(dispatcher, container)
    with pytest.raises(ZeroDivisionError):
        async with running(dispatcher):
            pass

    assert "closed, " in repr(container)


@pytest.mark.anyio
async def test_filters(container, log):
    """They are in the scope of the update, and looked at before the start."""

    @inject
    async def is_open(message: Message, session=Inject[Session]):
        return {"number": session.number}

    @inject
    async def take(message: Message, number: int, session=Inject[Session]):
        log(f"{number} {session.number}")

    dispatcher = dispatcher_with(container, take, is_open)
    async with running(dispatcher) as bot:
        await dispatcher.feed_raw_update(bot, message())
    assert "1 1" in log

    @inject
    async def broken(message: Message, wanted=Inject[Unbound]): ...

    with pytest.raises(GraphError, match=r"broken.*Unbound"):
        await dispatcher_with(container, take, broken).emit_startup()


@pytest.mark.anyio
async def test_names_of_aiograms(container):
    """A parameter that would get something else than it asks for is refused."""

    @inject
    async def take(message: Message, state=Inject[Session]): ...

    with pytest.raises(BindingError, match=r"'state' of .*take would get what aiogram passes under that name"):
        await dispatcher_with(container, take).emit_startup()


@pytest.mark.anyio
async def test_a_handler_without_the_decorator(container, log):
    """The start says so."""

    async def forgotten(message: Message, session=Inject[Session]): ...

    with pytest.raises(BindingError, match=r"'session' of .*forgotten is Inject\[Session\].*put @inject"):
        await dispatcher_with(container, forgotten).emit_startup()
    assert list(log) == []


def test_a_dispatcher_twice(container):
    """A scope inside a scope of the same name would be of no use."""
    dispatcher = Dispatcher()
    setup(dispatcher, container)
    with pytest.raises(BindingError, match="a container already"):
        setup(dispatcher, container)


def test_no_time(container):
    """Zero seconds would cancel what has just ended."""
    with pytest.raises(BindingError, match="grace must be a number of seconds > 0"):
        setup(Dispatcher(), container, grace=0)


def test_a_container_of_the_other_face():
    """The error says what to do."""
    with pytest.raises(BindingError, match="include"):
        setup(Dispatcher(), containers.DynamicContainer())
