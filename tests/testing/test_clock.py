"""Time that jumps: what waits for time to pass waits no longer, on asyncio, on trio, and in Tenure itself."""

import ast
import asyncio
import threading
import time
from pathlib import Path

import pytest

import tenure
from tenure import Container, Pool, Refreshing, Retry, resource, worker
from tenure.errors import CloseError, ResourceTimeoutError
from tenure.testing import VirtualClock
from tenure.testing.clock.own_time import REAL, ROOMS

trio = pytest.importorskip("trio")


class Database: ...


@pytest.fixture(params=["asyncio", "trio"])
def loop(request):
    return request.param


@pytest.fixture
def clock():
    with VirtualClock() as clock:
        yield clock


def sleep(loop, seconds):
    return asyncio.sleep(seconds) if loop == "asyncio" else trio.sleep(seconds)


def passed(clock, began):
    """Whole seconds: a jump may be a few nanoseconds too long."""
    return round(clock.now() - began, 3)


def play(clock, loop, main):
    """Run *main* and return how long it took, in virtual seconds."""
    began = clock.now()
    clock.run(main, loop=loop)
    return passed(clock, began)


# Tenure's own waits.


def test_a_limit_of_closing(clock, loop):
    """Ten seconds of hanging take none, and the error says ten."""

    @resource(scope="singleton", close_timeout=10)
    async def open_database():
        yield Database()
        await sleep(loop, 3600)

    async def main():
        async with container:
            pass

    container = Container()
    container.bind(Database, open_database)
    began = clock.now()
    with pytest.raises(CloseError) as failed:
        clock.run(main, loop=loop)

    (error,) = failed.value.exceptions
    assert isinstance(error, ResourceTimeoutError)
    assert "10" in str(error)
    assert passed(clock, began) == 10


def test_a_limit_of_opening(clock, loop):
    """As it is for closing."""

    @resource(scope="singleton", open_timeout=7)
    async def open_database():
        await sleep(loop, 3600)
        yield Database()

    container = Container()
    container.bind(Database, open_database)
    began = clock.now()
    with pytest.raises(ResourceTimeoutError):
        clock.run(container.aget, Database, loop=loop)

    assert passed(clock, began) == 7


def flaky(n_failing, seen, clock):
    @resource(scope="singleton", retry=Retry(attempts=5, backoff=10, growth=2, jitter=0, max_delay=1000))
    def open_database():
        seen.append(clock.now())
        if len(seen) <= n_failing:
            raise OSError("not yet")
        yield Database()

    return open_database


def test_delays_between_attempts(clock, loop):
    """Each comes when it is due."""
    seen = []
    container = Container()
    container.bind(Database, flaky(3, seen, clock))

    async def main():
        async with container:
            pass

    assert play(clock, loop, main) == 70
    assert [round(at - seen[0]) for at in seen] == [0, 10, 30, 70]


def test_delays_without_a_loop(clock):
    """A pause between attempts is jumped on a thread as well."""
    seen = []
    container = Container()
    container.bind(Database, flaky(2, seen, clock))
    with container:
        assert [round(at - seen[0]) for at in seen] == [0, 10, 30]


def test_the_total_limit_of_attempts(clock, loop):
    """Is counted in the same time: what would begin behind it is not waited for."""
    seen = []

    @resource(scope="singleton", retry=Retry(attempts=100, backoff=10, growth=1, jitter=0, total=35))
    async def open_database():
        seen.append(clock.now())
        raise OSError("never")
        yield

    container = Container()
    container.bind(Database, open_database)
    with pytest.raises(OSError, match="never"):
        clock.run(container.aget, Database, loop=loop)

    assert [round(at - seen[0]) for at in seen] == [0, 10, 20, 30]
    assert round(clock.now() - seen[0]) == 30


def test_renewals(clock, loop):
    """A value is renewed before it ends, as often as time passes."""
    n_made = 0

    class Token: ...

    async def make_token():
        nonlocal n_made
        n_made += 1
        yield Token()

    async def main():
        tokens = Refreshing(make_token, lifetime_s=100, renew_before_s=10)
        async with tokens:
            for _ in range(10):
                async with tokens.lease():
                    pass
                await sleep(loop, 50)

    clock.run(main, loop=loop)

    assert 5 <= n_made <= 7


def test_lifetimes_of_items_of_a_pool(clock, loop):
    """An item that is too old is not lent again."""
    items = []

    async def connect():
        items.append("open")
        yield Database()
        items.append("close")

    async def main():
        async with Pool(connect, max_size=1, max_lifetime_s=60) as pool:
            for _ in range(4):
                async with pool.acquire():
                    pass
                await sleep(loop, 40)

    clock.run(main, loop=loop)

    assert items.count("open") == items.count("close") >= 2


def test_items_of_a_pool_of_threads(clock):
    """Grow old as time is moved by hand; the same pool waits for threads in real time."""
    made = []

    def connect():
        made.append(clock.now())
        yield Database()

    with Pool(connect, max_size=1, max_lifetime_s=60, jitter=0) as pool:
        for _ in range(4):
            with pool.acquire():
                pass
            clock.advance(40)

    assert [round(at - made[0]) for at in made] == [0, 80]


def test_how_long_making_an_item_on_a_thread_takes(clock):
    """It is measured in one time, not from the machine's to the clock's."""

    def connect():
        clock.advance(3)
        yield Database()

    clock.advance(100)
    with Pool(connect, min_size=1) as pool:
        assert pool.stats().make_s.mean_s == pytest.approx(3)


def test_values_of_threads_are_renewed(clock):
    """By whoever asks, where no thread of its own does it."""
    made = []

    def make_token():
        made.append(clock.now())
        yield "token"

    with Refreshing(make_token, lifetime_s=100, background=False) as tokens:
        for _ in range(4):
            with tokens.lease():
                pass
            clock.advance(60)

    assert len(made) >= 2


def test_a_worker_that_is_restarted(clock, loop):
    """The delay before it runs again is jumped."""
    began = []

    @worker(on_crash="restart", backoff=30)
    async def work():
        began.append(clock.now())
        if len(began) == 1:
            raise OSError("never")
        await sleep(loop, 10)

    async def main():
        container = Container(observers=[lambda event: None])  # who looks on is told of the crash
        container.bind("work", work)
        async with container:
            await sleep(loop, 100)

    clock.run(main, loop=loop)

    assert began[1] - began[0] >= 15


# Other waits.


def test_any_sleep(clock, loop):
    """Also those that are not Tenure's, in order."""
    order = []

    async def after(seconds):
        await sleep(loop, seconds)
        order.append(seconds)

    async def main():
        if loop == "asyncio":
            await asyncio.gather(after(30), after(10), after(20))
        else:
            async with trio.open_nursery() as nursery:
                for seconds in (30, 10, 20):
                    nursery.start_soon(after, seconds)

    assert play(clock, loop, main) == 30
    assert order == [10, 20, 30]


def test_a_loop_that_somebody_else_made(clock):
    """asyncio.run, a Runner, new_event_loop: nobody has to be told of the clock."""
    began = clock.now()
    asyncio.run(asyncio.sleep(100))
    with asyncio.Runner() as runner:
        runner.run(asyncio.sleep(100))
        runner.run(asyncio.sleep(100))
    trio.run(trio.sleep, 100)

    assert passed(clock, began) == 400


def test_the_loop_that_runs_already():
    """A clock may be entered inside of it, and left."""

    async def main():
        loop = asyncio.get_running_loop()
        own = loop._selector
        with VirtualClock() as clock:
            began = clock.now()
            await asyncio.sleep(1000)
            assert passed(clock, began) == 1000
        assert loop._selector is own
        assert "time" not in vars(loop)
        assert "run_in_executor" not in vars(loop)
        assert "shutdown_default_executor" not in vars(loop)
        await asyncio.sleep(0.001)

    asyncio.run(main())


def test_time_moves_by_hand(clock, loop):
    """What is due then happens when the loop runs on."""
    began = clock.now()

    async def main():
        if loop == "asyncio":
            timer = asyncio.get_running_loop().create_future()
            asyncio.get_running_loop().call_later(5, timer.set_result, None)
            clock.advance(5)
            await timer
        else:
            with trio.move_on_after(5) as scope:
                clock.advance(5)
                assert passed(clock, began) == round(trio.current_time() - began, 3) == 5
                await trio.sleep_forever()
            assert scope.cancelled_caught

    assert play(clock, loop, main) == 5
    with pytest.raises(ValueError, match="time goes forward"):
        clock.advance(-1)


def test_what_threads_do_is_waited_for(clock):
    """A limit does not end what a thread is about to finish."""
    seen = threading.Event()

    def work():
        seen.wait(0.05)
        return "done"

    async def main():
        async with asyncio.timeout(60):
            return await asyncio.to_thread(work)

    assert clock.run(main) == "done"


def test_threads_are_waited_for_at_the_end(clock):
    """Since Python 3.12 a loop that ends waits for its threads under a limit, and warns where it passes."""
    ended = threading.Event()

    async def main():
        loop = asyncio.get_running_loop()
        loop.run_in_executor(None, lambda: (ended.wait(0.05), ended.set()))

    clock.run(main)

    assert ended.is_set()


def test_a_synchronous_closing_with_a_limit(clock, loop):
    """It runs on a thread, and ends in time."""
    waited = threading.Event()

    @resource(scope="singleton", close_timeout=60)
    def open_database():
        yield Database()
        waited.wait(0.05)
        closed.append(True)

    async def main():
        async with container:
            pass

    closed = []
    container = Container()
    container.bind(Database, open_database)
    clock.run(main, loop=loop)

    assert closed == [True]
    assert clock.at_work.n_threads == 0


def test_a_thread_that_hangs():
    """Is waited for so long in real time, then the clock jumps to its limit."""
    freed = threading.Event()

    @resource(scope="singleton", close_timeout=3600)
    def open_database():
        yield Database()
        freed.wait()

    async def main():
        async with container:
            pass

    container = Container()
    container.bind(Database, open_database)
    with VirtualClock(thread_idle_s=0.01) as clock, pytest.raises(CloseError):
        clock.run(main)
    freed.set()


# What it leaves, and what it refuses.


def test_everything_is_put_back():
    """Loops, trio, and the rooms of Tenure ask for real time again."""
    from tenure.lifecycle import effects, on_thread

    before = asyncio.BaseEventLoop.run_forever, trio.run, trio.lowlevel.start_guest_run, on_thread.threading
    with VirtualClock():
        assert effects.time is not time
        assert before[0] is not asyncio.BaseEventLoop.run_forever
    assert effects.time is time
    assert before == (
        asyncio.BaseEventLoop.run_forever, trio.run, trio.lowlevel.start_guest_run, on_thread.threading
    )  # fmt: skip


def test_one_clock_at_a_time(clock):
    """A second one is refused, and the first one goes on."""
    with pytest.raises(RuntimeError, match="one at a time"), VirtualClock():
        pass  # pragma: no cover

    assert play(clock, "asyncio", lambda: asyncio.sleep(5)) == 5


def test_a_clock_that_does_not_stand():
    """Runs nothing; nor does it stand twice."""
    clock = VirtualClock()
    with pytest.raises(RuntimeError, match="does not stand"):
        clock.run(asyncio.sleep, 1)
    with clock:
        pass
    with pytest.raises(RuntimeError, match="each for once"):
        clock.__enter__()


@pytest.mark.parametrize("how", [{"idle_s": -1}, {"thread_idle_s": float("nan")}])
def test_bad_arguments(how):
    """Are refused at once."""
    with pytest.raises(ValueError, match="real seconds, 0 or more"):
        VirtualClock(**how)


def test_a_loop_that_there_is_not(clock):
    """Is named."""
    with pytest.raises(ValueError, match="'asyncio' or 'trio'"):
        clock.run(asyncio.sleep, 1, loop="curio")


def test_inside_a_run_that_keeps_its_clock():
    """trio's runs cannot be given another one; nothing is left changed."""

    async def main():
        with pytest.raises(RuntimeError, match="before trio"):
            VirtualClock().__enter__()

    before = trio.run
    trio.run(main)
    assert trio.run is before
    with VirtualClock():
        pass


def test_a_loop_that_cannot_jump():
    """uvloop keeps its own time: that is told."""
    uvloop = pytest.importorskip("uvloop")

    async def main():
        with pytest.raises(RuntimeError, match="uvloop keeps its own time"):
            VirtualClock().__enter__()

    uvloop.run(main())
    with VirtualClock():
        pass


def test_every_room_that_asks_for_the_time_is_known():
    """A new one of the engine has to be said to be virtual or real."""
    source = Path(tenure.__file__).parent
    found = set()
    engine = ("health", "leasing", "lifecycle", "pool", "runner", "runtime", "workers")
    for file in [file for room in engine for file in (source / room).rglob("*.py")]:
        if "time" not in file.read_text(encoding="utf-8"):
            continue
        room = file.relative_to(source).with_suffix("").as_posix().replace("/", ".")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_import = isinstance(node, ast.Import) and any(name.name == "time" for name in node.names)
            if is_import or (isinstance(node, ast.ImportFrom) and node.module == "time"):
                found.add(room)

    assert found == {*ROOMS, *REAL}
