"""Checks that block: on daemon threads, so that one that hangs blocks neither a loop nor the end of the process."""

import asyncio
import os
import subprocess
import sys
import threading

import anyio
import pytest
import trio
from health_support import answers, bound, loop_in_a_thread, of, singleton

from tenure import Container, containers, providers, resource
from tenure.health import Health, report_sync
from tenure.lifecycle.backends import running

TIMEOUT_S = 0.05


def blocking(name, go_on, **terms):
    """Return a class whose check blocks until *go_on* is set."""
    return singleton(name, health=Health(lambda _: go_on.wait(20) and None, **terms))


# Where they run.


@pytest.mark.anyio
async def test_a_plain_check_runs_on_a_thread():
    """The loop turns meanwhile."""
    seen, go_on = [], threading.Event()

    def check(_):
        seen.append((threading.current_thread().daemon, running()))
        go_on.wait(20)

    async with bound(singleton("Db", health=check)) as container, anyio.create_task_group() as tasks:
        tasks.start_soon(container.health)
        while not seen:
            await anyio.sleep(0)
        go_on.set()

    assert seen == [(True, None)]


@pytest.mark.anyio
async def test_an_awaitable_that_a_plain_check_gives_is_awaited_on_the_loop():
    """Many clients have methods that are no coroutine functions."""
    seen = []

    async def ping():
        seen.append(running() is not None)

    async with bound(singleton("Db", health=lambda _: ping())) as container:
        assert of(await container.health()) == {"Db": "healthy"}
    assert seen == [True]


@pytest.mark.anyio
async def test_what_is_bound_to_its_thread_is_checked_there():
    """Such as an SQLite connection: its check runs where the report is asked for."""
    import sqlite3

    @resource(scope="singleton", thread_bound=True, health=lambda db: db.execute("SELECT 1"))
    def open_db():
        db = sqlite3.connect(":memory:")
        yield db
        db.close()

    container = Container()
    container.bind(sqlite3.Connection, open_db)
    async with container:
        assert (await container.health()).status == "healthy"
        assert container.health_sync().status == "healthy"


# Those that hang.


@pytest.mark.anyio
async def test_a_hanging_check_does_not_block_the_loop():
    """The report comes within the limit; the check is not begun again while its thread hangs."""
    go_on, n_before = threading.Event(), threading.active_count()
    Db = blocking("Db", go_on, timeout_s=TIMEOUT_S, ttl_s=0)
    try:
        async with bound(Db) as container:
            for _ in range(3):
                report = await container.health()
                assert (report[Db].status, report[Db].error[:21]) == ("unhealthy", "no answer within 0.05")
            assert threading.active_count() <= n_before + 1
    finally:
        go_on.set()


def test_a_hanging_check_does_not_block_health_sync():
    """Likewise."""
    go_on = threading.Event()
    Db, Well = blocking("Db", go_on, timeout_s=TIMEOUT_S), singleton("Well", ask=lambda self: True)
    try:
        with bound(Db, Well) as container:
            assert of(container.health_sync()) == {"Db": "unhealthy", "Well": "healthy"}
    finally:
        go_on.set()


def test_a_check_that_hung_and_ended_is_made_again():
    """What it answered too late is nobody's answer."""
    go_on, ended = threading.Event(), threading.Event()

    def check(_):
        go_on.wait(20)
        ended.set()

    Db = singleton("Db", health=Health(check, timeout_s=TIMEOUT_S, ttl_s=0))
    with bound(Db) as container:
        assert of(container.health_sync()) == {"Db": "unhealthy"}
        go_on.set()
        assert ended.wait(20)
        for thread in threading.enumerate():
            if thread.name == "tenure checks Db":
                thread.join(20)
        assert of(container.health_sync()) == {"Db": "healthy"}


@pytest.mark.slow
@pytest.mark.parametrize("main", ["c.health_sync()", "asyncio.run(look())"])
def test_a_hanging_check_does_not_block_the_exit(main):
    """Its thread is a daemon."""
    program = f"""
import asyncio, threading
from tenure import Container
from tenure.health import Health
c = Container()
c.bind(dict, value={{}}, health=Health(lambda _: threading.Event().wait(), timeout_s=0.05))
c.start_sync()
async def look():
    return await c.health()
print(({main}).status)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("unhealthy\n", "", 0)


def test_no_more_threads_than_so_many():
    """The rest waits for its turn; each is checked."""
    lock, now, most = threading.Lock(), [0], [0]

    def check(_):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        all_there.wait(0.05)
        with lock:
            now[0] -= 1

    all_there = threading.Event()
    classes = [singleton(f"S{i}", health=check) for i in range(80)]
    with bound(*classes) as container:
        report = container.health_sync()

    assert set(of(report).values()) == {"healthy"}
    assert 1 < most[0] <= 32


def test_no_thread_to_be_had(monkeypatch):
    """Nothing is known then, and nothing raised."""

    def refuse(self):
        raise RuntimeError("can't start new thread")

    with bound(singleton("Db", ask=lambda self: True)) as container:
        monkeypatch.setattr(threading.Thread, "start", refuse)
        report = container.health_sync()

    assert [(each.status, each.error) for each in report.resources] == [
        ("unknown", "no thread could be started for its check: can't start new thread")
    ]


def test_many_threads_ask_at_once():
    """One check is made for all of them."""
    n_asked, there = [], threading.Barrier(10)

    def check(_):
        n_asked.append(1)

    with bound(singleton("Db", health=Health(check, ttl_s=60))) as container:
        found = []

        def probe():
            there.wait(20)
            found.append(of(container.health_sync()))

        threads = [threading.Thread(target=probe) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

    assert found == [{"Db": "healthy"}] * 10
    assert len(n_asked) == 1


# Asynchronous checks without a loop here.


def test_an_asynchronous_check_without_any_loop():
    """It is unknown, and the text says what to do; nothing is left unawaited."""
    for check in (answers, lambda self: answers(self)):
        with bound(singleton("Db", health=check)) as container:
            report = container.health_sync()
        assert (report.status, report.resources[0].status) == ("healthy", "unknown")
        assert report.resources[0].error == (
            "its check is asynchronous, and there is no event loop here to run it on: await container.health()"
        )


async def live(container, ready, over):
    """Be what a server is: *container* is open on this loop."""
    async with container:
        ready()
        await over()


@resource(scope="singleton")
class Server:
    """Opened on a loop, checked there."""

    async def initialize(self):
        self.loop = asyncio.get_running_loop()

    async def dispose(self):
        pass

    async def ping(self):
        assert asyncio.get_running_loop() is self.loop
        self.pinged = True


def test_a_check_runs_on_the_loop_of_its_object():
    """Also where the report is asked for in another thread, with a loop of its own or without."""
    Value = singleton("Value", ask=answers)
    container = bound(Server, Value)
    with loop_in_a_thread(lambda ready, over: live(container, ready, over)):
        statuses = of(container.health_sync())
        again = of(asyncio.run(container.health()))

    assert statuses == {"Server": "healthy", "Value": "healthy", "event loop": "healthy"}
    assert again == statuses


def test_a_loop_that_is_blocked_is_not_alive():
    """A report from another thread says so, and names it as the cause."""
    go_on, is_blocked = threading.Event(), threading.Event()

    @resource(scope="singleton", health=Health("ping", timeout_s=TIMEOUT_S, ttl_s=0))
    class Quick(Server):
        pass

    def block():
        is_blocked.set()
        go_on.wait(20)

    container = bound(Quick)
    with loop_in_a_thread(lambda ready, over: live(container, ready, over)) as loop:
        loop.call_soon_threadsafe(block)
        assert is_blocked.wait(20)
        from tenure.health import subjects

        usual, subjects._ALIVE = subjects._ALIVE, Health(liveness=True, timeout_s=TIMEOUT_S)
        try:
            report = container.health_sync()
        finally:
            subjects._ALIVE = usual
            go_on.set()

    assert (report.liveness.ok, report.liveness.reasons) == (False, ("event loop is unhealthy",))
    assert report["event loop"].is_liveness
    (quick,) = (each for each in report.resources if each.label != "event loop")
    assert (quick.status, quick.root_causes) == ("unhealthy", ("event loop",))


def test_health_sync_on_the_loop_itself():
    """It blocks the loop that the check needs: nothing is known, instead of nothing moving any more."""
    container = bound(Server, singleton("Other", ask=answers))

    async def main():
        async with container:
            return container.health_sync()

    report = asyncio.run(main())
    assert [(each.status, each.error) for each in report.resources] == [
        ("unknown", "its check needs the event loop that health_sync() blocks here: await container.health()")
    ] * 2


@pytest.mark.anyio
async def test_health_sync_on_the_loop_asks_what_needs_no_loop():
    """It blocks for as long as that takes."""
    async with bound(singleton("Db", ask=lambda self: False)) as container:
        assert of(container.health_sync()) == {"Db": "unhealthy"}


def test_a_loop_that_does_not_run_at_the_moment():
    """Nothing can be known; once it is closed its objects are lost."""
    container = bound(Server)
    runner = asyncio.Runner()
    runner.run(container.start())
    idle = container.health_sync()
    again = asyncio.run(container.health())
    runner.run(container.aclose())

    assert [(each.label, each.status, each.error) for each in idle.resources] == [
        ("Server", "unknown", "its event loop does not run at the moment"),
        ("event loop", "unknown", "its event loop does not run at the moment"),
    ]
    assert of(again) == of(idle)
    runner.close()


def test_a_loop_that_has_ended():
    """Its objects are unhealthy, and so is the program."""
    container = bound(Server)
    ended = asyncio.new_event_loop()
    ended.close()
    with asyncio.Runner() as runner:
        runner.run(container.start())
        (exit_,) = container.engine.root.exits.values()
        usual, exit_.loop = exit_.loop, ended  # really closed, it would take its owner tasks with it
        report = container.health_sync()
        exit_.loop = usual
        runner.run(container.aclose())

    assert [(each.status, each.error) for each in report.resources] == [("unhealthy", "its event loop has ended")] * 2
    assert report.liveness.reasons == ("event loop is unhealthy",)


# The other face.


def test_a_declarative_container_without_a_loop():
    """By function."""

    class Db:
        def ping(self):
            return False

    def open_db():
        yield Db()

    class App(containers.DeclarativeContainer):
        db = providers.Resource(open_db)

    with App() as app:
        report = report_sync(app)

    assert (report.state, [each.status for each in report.resources]) == ("started", ["unhealthy"])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_a_forked_child():
    """It has nothing open, and is held up by no check of its parent's."""
    go_on = threading.Event()
    container = bound(blocking("Db", go_on, timeout_s=TIMEOUT_S))
    with container:
        container.health_sync()
        child = os.fork()
        if child == 0:
            status = 1
            try:
                report = container.health_sync()
                status = 0 if (report.state, of(report)) == ("not started", {"Db": "not open"}) else 2
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        go_on.set()

    assert os.waitstatus_to_exitcode(status) == 0


def test_a_trio_run_in_another_thread():
    """Its checks are made there."""
    seen, is_open, over = [], threading.Event(), []

    @resource(scope="singleton")
    class Server:
        async def initialize(self):
            pass

        async def dispose(self):
            pass

        async def ping(self):
            seen.append(trio.lowlevel.in_trio_run())

    container = bound(Server)

    async def live():
        async with container:
            event = trio.Event()
            over.append((trio.lowlevel.current_trio_token(), event))
            is_open.set()
            await event.wait()

    thread = threading.Thread(target=trio.run, args=(live,))
    thread.start()
    assert is_open.wait(20)
    report = container.health_sync()
    token, event = over[0]
    token.run_sync_soon(event.set)
    thread.join(20)

    assert [each.status for each in report.resources] == ["healthy", "healthy"]
    assert seen == [True]


def test_what_is_closed_before_it_is_asked_is_not_asked(monkeypatch):
    """Between the look and the call it was closed: it is not open, and nobody calls it."""
    asked = []
    Db = singleton("Db", health=lambda db: asked.append(db))
    with bound(Db) as container:
        start = threading.Thread.start

        def close_first(thread):
            container.reset(Db)
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", close_first)
        report = container.health_sync()

    assert (of(report), report[Db].state, asked) == ({"Db": "not open"}, "closing", [])
