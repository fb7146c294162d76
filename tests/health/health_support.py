"""What the tests of health share: virtual clocks, resources whose health can be set, a loop in a thread."""

import asyncio
import contextlib
import threading

import trio
import trio.testing

from tenure import Container, resource
from tenure.health.flights import desk_of
from tests.laws.faults.loops import VirtualLoop


def run_asyncio(main):
    loop = VirtualLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop.time))


def run_trio(main):
    return trio.run(main, trio.current_time, clock=trio.testing.MockClock(autojump_threshold=0))


VIRTUAL = {"asyncio": run_asyncio, "trio": run_trio}


def virtually(container, now):
    """Have what is remembered of *container*'s checks grow old on the clock *now*."""
    desk_of(container.engine).clock = now


def singleton(name, *needs, ask=None, **options):
    """
    Return a class of resources with that name, opened and closed without waiting, that needs *needs*.

    Args:
        name: of the class.
        needs: classes.
        ask: the function of the object that is its `health_check`, None: it has none.
        options: of `@resource`.
    """

    def __init__(self, **needs):
        self.needs = needs

    def initialize(self):
        type(self).n_opened += 1

    def dispose(self):
        type(self).n_opened -= 1

    __init__.__annotations__ = {need.__name__.lower(): need for need in needs}
    parameters = ", ".join(need.__name__.lower() for need in needs)
    exec(f"def make(self, {parameters}): pass", made := {})
    made["make"].__annotations__ = __init__.__annotations__
    body = {"n_opened": 0, "__init__": made["make"], "initialize": initialize, "dispose": dispose}
    if ask is not None:
        body["health_check"] = ask
    return resource(scope="singleton", **options)(type(name, (), body))


def bound(*classes, **options):
    """Return a container with *classes*."""
    container = Container(**options)
    for cls in classes:
        container.bind(cls)
    return container


def of(report):
    """Return the statuses of *report* by label."""
    return {short(each.label): each.status for each in report.resources}


def short(label):
    """Return *label* without the function that its class was made in."""
    return label.rpartition(".")[2]


async def raises(self):
    raise OSError("no route")


async def answers(self):
    return None


@contextlib.contextmanager
def loop_in_a_thread(main):
    """
    Run `main(ready, over)` on an asyncio loop in a thread, give its loop once it has called *ready*, and end it.

    *over* is a coroutine function to wait for the end.
    """
    is_ready, ends, failed = threading.Event(), [], []

    async def run():
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        ends.append((loop, over))
        await main(is_ready.set, over.wait)

    def serve():
        try:
            asyncio.run(run())
        except BaseException as error:
            failed.append(error)
            is_ready.set()

    thread = threading.Thread(target=serve, name="loop")
    thread.start()
    try:
        assert is_ready.wait(20)
        yield ends[0][0]
    finally:
        if not failed:
            loop, over = ends[0]
            loop.call_soon_threadsafe(over.set)
        thread.join(20)
    assert failed == []
