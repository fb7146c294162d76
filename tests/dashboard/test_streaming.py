"""Live: what is new is told, together, to everybody who looks, and to nobody else."""

import asyncio
import json
import threading
import time

import anyio
import pytest
from looking import ask, watching
from watched_shop import SECRET, Checkout, Database, Mailer, Orders, Queue, Troubles, shop

from tenure import Container
from tenure.dashboard import Dashboard, Pace

pytestmark = pytest.mark.anyio

QUICK = Pace(gap_s=0.01, look_s=0.05)
"""For tests that wait for something that happens."""


def node(graph, label):
    return next(each["id"] for each in graph["nodes"] if each["label"] == label)


async def test_a_start_and_a_close_are_seen(anyio_backend):
    """Whoever looks is told the graph, and each state as it comes and goes; the timelines are there afterwards."""
    container = shop()
    app = Dashboard(container, pace=QUICK)

    async with watching(app) as events:
        graph = await events.next("graph")
        database = node(graph, "Database")
        assert {each["kind"] for each in graph["nodes"]} == {"resource", "value"}
        boxes = {each["id"]: each for each in graph["nodes"]}
        for line in graph["lines"]:
            to = boxes[line["to"]]
            assert to["y"] < line["ends_at"] < to["y"] + to["height"]
        async with container:
            status = await events.until(lambda status: status["state"] == "started" and database in status["nodes"])
            assert status["nodes"][database]["state"] == "open"
            assert status["nodes"][database]["since"] > 0
            timelines = await events.next("timelines")
            assert [each["act"] for each in timelines] == ["start"]
            assert {"Database", "Cache", "Search"} <= {span["label"] for span in timelines[0]["spans"]}
        await events.until(lambda status: status["state"] == "closed")


async def test_a_resource_that_fails_and_recovers(anyio_backend):
    """A failed opening is told with the name of its error, and is over when the next one succeeds."""
    container = shop()
    app = Dashboard(container, pace=QUICK)

    async with container, watching(app) as events:
        mailer = node(await events.next("graph"), "Mailer")
        container.get(Troubles).mail = True
        with pytest.raises(ConnectionRefusedError):
            async with container.resource_scope("request") as scope:
                await scope.aget(Mailer)
        status = await events.until(lambda status: status["nodes"].get(mailer, {}).get("state") == "failed")
        assert status["nodes"][mailer]["error"] == "ConnectionRefusedError"
        assert status["errors"][0] == {
            "at": status["errors"][0]["at"], "act": "open", "name": "Mailer", "scope": "request",
            "error": "ConnectionRefusedError",
        }  # fmt: skip

        container.get(Troubles).mail = False
        async with container.resource_scope("request") as scope:
            await scope.aget(Mailer)
            status = await events.until(lambda status: status["nodes"][mailer]["state"] == "open")
            assert [each["name"] for each in status["scopes"]] == ["request"]


async def test_a_check_that_fails_and_recovers(anyio_backend):
    """While somebody looks, checks are made; what they say is told."""
    container = shop()
    app = Dashboard(container, pace=QUICK, health_every_s=0.01)

    async with container, watching(app) as events:
        for is_down, expected in ((True, "unhealthy"), (False, "healthy")):
            container.get(Troubles).database = is_down
            status = await events.until(lambda status: status["health"]["status"] == expected)  # noqa: B023
            ready, reasons = status["health"]["probes"]["ready"]
            assert ready is not is_down
            assert reasons == (["Database is unhealthy"] if is_down else [])


async def test_a_pool(anyio_backend):
    """What a pool has lent is told, although lending makes no event."""
    container = shop()
    app = Dashboard(container, pace=QUICK)

    async with container, watching(app) as events:
        await events.next("status")
        async with container.resource_scope("request") as scope:
            await scope.aget(Orders)
            status = await events.until(lambda status: status["pools"] and status["pools"][0]["n_out"] == 1)
            assert status["pools"][0]["max_size"] == 8
        await events.until(lambda status: status["pools"][0]["n_out"] == 0)


@pytest.mark.parametrize("details", [False, True])
async def test_no_value_is_told(details, anyio_backend):
    """Whatever happens, no value leaves: texts of errors are not told, or masked where they are asked for."""
    container = shop()
    app = Dashboard(container, pace=QUICK, health_every_s=0.01, details=details)
    container.get(Troubles).mail = container.get(Troubles).database = True

    async with container, watching(app) as events:
        await events.next("graph")
        with pytest.raises(ConnectionRefusedError):
            async with container.resource_scope("request") as scope:
                await scope.aget(Checkout)
        status = await events.until(lambda s: s["errors"] and s["health"]["status"] == "unhealthy")
        told = await ask(app, "/state")

    assert SECRET not in json.dumps(status["errors"])
    assert (status["errors"][0].get("text") == "smtp://shop:***@mail.internal refused") is details
    assert "at 0x" not in told.text
    if not details:
        assert SECRET not in told.text
        assert "mail.internal" not in told.text


async def test_many_events_are_one_word(anyio_backend):
    """What happens between two looks is told together: a thousand scopes are not a thousand words."""
    container = Container()
    container.bind(Queue)
    container.bind(Troubles)
    gap_s = 0.1
    app = Dashboard(container, pace=Pace(gap_s=gap_s, look_s=0.5), health_every_s=None)

    async with container, watching(app) as events:
        await events.next("graph")
        before, began = events.names.count("status"), time.monotonic()
        for _ in range(1000):
            async with container.resource_scope("request"):
                await anyio.sleep(0)  # whoever has something to say may say it here
        await events.until(lambda status: status["n_entered"] == 1000)
        elapsed_s = time.monotonic() - began
        assert events.names.count("status") - before <= 2 + elapsed_s / gap_s


async def test_nothing_new_is_nothing_told(anyio_backend):
    """While nothing changes nothing is told but, after a while, that the line is alive."""
    app = Dashboard(shop(), pace=Pace(gap_s=0.01, look_s=0.02, beat_s=0.05), health_every_s=None)

    async with watching(app) as events:
        await events.next("graph")
        await events.next("clock")  # nothing is new any more
        told = len(events.names)
        await events.next("clock")
        await events.next("clock")
        assert events.names[told:] == ["clock", "clock"]


async def test_coming_back(anyio_backend):
    """Whoever comes back with the last id gets what is new since; with an id of another process, everything."""
    container = shop()
    app = Dashboard(container, pace=QUICK, health_every_s=None)

    async with container:
        async with watching(app) as events:
            await events.next("graph")
        last_id = events.last_id
        async with watching(app, headers={"last-event-id": last_id}) as events:
            async with container.resource_scope("request"):
                await events.until(lambda status: status["n_scopes"] == 1)
            assert "graph" not in events.names
        for unknown in ("", "0000.graph-1.status-1", "garbage", last_id.replace("-", "-x")):
            async with watching(app, headers={"last-event-id": unknown}) as events:
                await events.next("graph")


async def test_nobody_looks(anyio_backend):
    """The container is observed from the first viewer to the last, and asked for nothing before and after."""
    container = shop()
    n_looks = 0
    app = Dashboard(container, pace=QUICK, record_start=False)
    make = app._broadcast._make

    def counted():
        nonlocal n_looks
        n_looks += 1
        return make()

    app._broadcast._make = counted
    async with container:
        assert container.engine.observers == ()
        async with watching(app) as first:
            await first.next("status")
            assert len(container.engine.observers) == 1
            async with watching(app) as second:
                await second.next("status")
                assert (len(container.engine.observers), app.n_viewers) == (1, 2)
            await first.next("status", "clock")
            assert len(container.engine.observers) == 1
        assert (container.engine.observers, app.n_viewers) == ((), 0)
        assert container.engine.notify is None
        seen = n_looks
        async with container.resource_scope("request") as scope:
            await scope.aget(Orders)
        assert n_looks == seen


async def test_the_start_is_recorded(anyio_backend):
    """The start is observed although nobody looks, and the container left alone when it has ended."""
    container = shop()
    app = Dashboard(container)
    assert len(container.engine.observers) == 1

    async with container:
        assert container.engine.observers == ()
        told = json.loads((await ask(app, "/state")).text)
        assert [each["act"] for each in told["timelines"]] == ["start"]
        assert told["timelines"][0]["critical_s"] > 0


async def test_a_start_that_failed_is_recorded(anyio_backend):
    """What failed is there to be seen by whoever looks afterwards."""

    class Broken:
        def __init__(self, database: Database) -> None: ...

        def __enter__(self):
            raise OSError("no space left")

        def __exit__(self, *_): ...

    container = shop()
    container.bind(Broken, scope="singleton", resource=True)
    app = Dashboard(container)

    with pytest.raises(OSError, match="no space"):
        await container.start()
    told = json.loads((await ask(app, "/state")).text)
    timeline = told["timelines"][0]
    assert timeline["error"] == "OSError"
    outcomes = {span["label"].rpartition(".")[2]: span["outcome"] for span in timeline["spans"]}
    assert (outcomes["Database"], outcomes["Broken"]) == ("done", "failed")
    assert "no space" not in json.dumps(told)
    await container.aclose()


async def test_a_container_that_is_not_started_as_a_whole(anyio_backend):
    """Where requests come before any start, nobody waits for the start any longer."""
    container = shop()
    Dashboard(container)

    async with container.resource_scope("request"):
        pass
    assert container.engine.observers == ()
    await container.aclose()


async def test_as_many_as_may(anyio_backend):
    """One viewer too many is told so, and may come when another has gone."""
    app = Dashboard(shop(), max_viewers=2)

    async with watching(app) as first, watching(app) as second:
        await first.next("status")
        await second.next("status")
        answer = await ask(app, "/events")
        assert (answer.code, answer.headers["retry-after"]) == (503, "5")
    async with watching(app) as third:
        await third.next("status")


async def test_a_stream_has_an_end(anyio_backend):
    """After its time a stream ends by itself, so that no server waits for it for ever."""
    app = Dashboard(shop(), pace=Pace(gap_s=0.01, look_s=0.02, lasts_s=0.1))

    async with watching(app) as events:
        await events.next("status")
        while await events.next() is not None:
            pass
    assert app.n_viewers == 0


async def test_the_end_of_the_dashboard(anyio_backend):
    """`end` ends every stream, from any thread."""
    app = Dashboard(shop(), pace=QUICK)

    async with watching(app) as first, watching(app) as second:
        await first.next("status")
        await second.next("status")
        await anyio.to_thread.run_sync(app.end)
        for events in (first, second):
            while await events.next() is not None:
                pass


async def test_the_server_stops(anyio_backend, monkeypatch):
    """A server that was told to exit gets its stream ended at the next look."""
    import signal

    class Server:
        should_exit = False

        def on_signal(self, number, frame): ...

    app, server = Dashboard(shop(), pace=QUICK), Server()
    before = signal.signal(signal.SIGTERM, server.on_signal)
    try:
        async with watching(app) as events:
            await events.next("status")
            server.should_exit = True
            while await events.next() is not None:
                pass
            assert events.names[-1] == "stop"
    finally:
        signal.signal(signal.SIGTERM, before)


async def test_events_from_threads(anyio_backend):
    """Threads that work in the container wake who looks."""
    container = Container()
    container.bind(Troubles)
    container.bind(Queue)
    container.bind(Mailer, scope="transient")
    app = Dashboard(container, pace=Pace(gap_s=0.01, look_s=10), health_every_s=None)
    done = threading.Event()

    def work():
        with container.resource_scope("request"):
            done.wait(20)

    thread = threading.Thread(target=work)
    async with watching(app) as events:
        await events.next("graph")
        thread.start()
        try:
            await events.until(lambda status: status["n_scopes"] == 1)
        finally:
            done.set()
            await anyio.to_thread.run_sync(thread.join)


async def test_the_graph_grows(anyio_backend):
    """What is bound later is drawn."""

    class Late: ...

    container = shop()
    app = Dashboard(container, pace=QUICK, health_every_s=None)

    async with watching(app) as events:
        before = await events.next("graph")
        container.bind(Late)
        graph = await events.next("graph")
        assert len(graph["nodes"]) == len(before["nodes"]) + 1


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_client_that_reads_slowly(anyio_backend):
    """Who does not read skips what it missed: nothing piles up for it."""
    container = shop()
    app = Dashboard(container, pace=Pace(gap_s=0.001, look_s=0.002, beat_s=0.01), health_every_s=None)
    sent, may_send = [], asyncio.Semaphore(4)

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        await may_send.acquire()
        sent.append(message)

    from looking import scope

    serving = asyncio.create_task(app(scope("/events"), receive, send))
    async with container:
        for _ in range(200):
            async with container.resource_scope("request"):
                await asyncio.sleep(0)
        assert len(sent) <= 4
        for _ in range(3):
            may_send.release()
        async with asyncio.timeout(20):
            while len(sent) < 7:
                await asyncio.sleep(0)
    app.end()
    may_send.release()
    may_send.release()
    await serving
    text = b"".join(message.get("body", b"") for message in sent).decode()
    assert '"n_entered":200' in text


async def test_a_declarative_container(anyio_backend):
    """A container of the other face is shown as well, each of its providers."""
    from tenure import containers, providers

    class Settings(containers.DeclarativeContainer):
        config = providers.Configuration()
        queue = providers.Singleton(Troubles)

    container = Settings()
    app = Dashboard(container, pace=QUICK, health_every_s=None)
    async with watching(app) as events:
        graph = await events.next("graph")
        assert any("queue" in each["label"] for each in graph["nodes"])
