"""
A child process of driver F: a program with a chain of resources A <- B <- C, to which one thing happens.

Started as `python child.py <backend> <event> <phase>`. What happens is written to stdout, a JSON object per line; the
wait at the moment of the event ends with a line on stdin.
"""

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tenure import Container, resource
from tenure.events import Abandoned
from tenure.lifecycle.latch import Latch
from tenure.runner import run
from tenure.workers import Stop, worker
from tenure.workers.stop import run_stop
from tests.laws.rig.oracle import reachable
from tests.laws.rig.trace import ABANDONED, CLOSE_FAILED, CLOSED, CLOSING, FAILED, INTERRUPTED, OPENED, OPENING

BACKEND, EVENT, PHASE = sys.argv[1:4] if len(sys.argv) > 3 else ("sync", "none", "use")
VICTIM = "B"
HUNG_S = 6.0
"""How long a closing hangs: longer than the end of the program takes."""
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGINT2", "SIGTERM2", "finish2", "ctrlc")


class Boom(Exception):
    """What user code raises on purpose."""


def emit(**facts):
    os.write(1, (json.dumps({"pid": os.getpid(), **facts}) + "\n").encode())


class Value:
    """What a node gives."""

    def __init__(self, life):
        self.life = life


class A(Value): ...


class B(Value): ...


class C(Value): ...


class D(Value): ...


numbers = {}


def begun(name, needs):
    numbers[name] = number = numbers.get(name, 0) + 1
    emit(act=OPENING, life=[name, number], needs=[list(need.life) for need in needs])
    return (name, number)


def noted(act, life, error=None):
    emit(act=act, life=list(life), error=repr(error) if error is not None else None)


def is_interruption(error):
    return isinstance(error, KeyboardInterrupt) or type(error).__name__ in ("CancelledError", "Cancelled")


# what happens


def ready():
    """Tell the parent that the moment has come; tell it as well when the first signal was noticed."""
    stop = run_stop()
    if stop is not None and not stop.requested:
        threading.Thread(target=lambda: (stop.wait_sync(), emit(noticed=True)), daemon=True).start()
    emit(ready=PHASE)


def go_ahead():
    os.read(0, 1)


async def wait_for_go():
    go = Latch()
    threading.Thread(target=lambda: (go_ahead(), go.set()), daemon=True).start()
    await go.wait()


async def wait_for_ever():
    await Latch().wait()


def happens_at(phase, name):
    return phase == PHASE and name == (VICTIM if phase != "use" else None)


def at_once():
    """What happens without waiting."""
    match EVENT:
        case "exit":
            sys.exit(3)
        case "error":
            raise Boom("on purpose")
        case "_exit":
            os._exit(5)
        case "fork":
            fork()
        case "mp-fork" | "mp-spawn" | "mp-forkserver":
            process = multiprocessing.get_context(EVENT[3:]).Process(target=in_another_process)
            process.start()
            process.join()
            emit(child_status=process.exitcode)


def fork():
    child = os.fork()
    if not child:
        emit(forked=True)
        (sys.exit if BACKEND == "sync" else os._exit)(0)  # a loop that runs cannot be unwound in a child
    _, status = os.waitpid(child, 0)
    emit(child_status=os.waitstatus_to_exitcode(status))


def in_another_process():
    emit(forked=True)


def event_sync(phase, name):
    if not happens_at(phase, name):
        return
    if EVENT not in SIGNALS:
        at_once()
        return
    ready()
    if phase == "use" or EVENT == "ctrlc":
        time.sleep(60)
    else:
        go_ahead()


async def event_async(phase, name):
    if not happens_at(phase, name):
        return
    if EVENT not in SIGNALS:
        at_once()
        return
    ready()
    if phase == "use":
        await wait_for_ever()
    else:
        await wait_for_go()


# the nodes


@contextmanager
def life(cls, *needs):
    name = cls.__name__
    at = begun(name, needs)
    try:
        event_sync("acquire", name)
    except BaseException as error:
        noted(FAILED, at, error)
        raise
    noted(OPENED, at)
    try:
        yield cls(at)
    finally:
        noted(CLOSING, at)
        try:
            event_sync("release", name)
        except BaseException as error:
            noted(INTERRUPTED if is_interruption(error) else CLOSE_FAILED, at, error)
            raise
        noted(CLOSED, at)


@asynccontextmanager
async def alife(cls, *needs):
    name = cls.__name__
    at = begun(name, needs)
    try:
        await event_async("acquire", name)
    except BaseException as error:
        noted(FAILED, at, error)
        raise
    noted(OPENED, at)
    try:
        yield cls(at)
    finally:
        noted(CLOSING, at)
        try:
            await event_async("release", name)
        except BaseException as error:
            noted(INTERRUPTED if is_interruption(error) else CLOSE_FAILED, at, error)
            raise
        noted(CLOSED, at)


@resource(scope="singleton")
def open_a() -> Iterator[A]:
    with life(A) as value:
        yield value


@resource(scope="singleton")
def open_b(a: A) -> Iterator[B]:
    with life(B, a) as value:
        yield value


@resource(scope="singleton")
def open_c(b: B) -> Iterator[C]:
    with life(C, b) as value:
        yield value


@resource(scope="request")
def open_d(c: C) -> Iterator[D]:
    with life(D, c) as value:
        yield value


@resource(scope="singleton")
async def aopen_b(a: A) -> AsyncIterator[B]:
    async with alife(B, a) as value:
        yield value


@resource(scope="singleton")
async def aopen_c(b: B) -> AsyncIterator[C]:
    async with alife(C, b) as value:
        yield value


@resource(scope="singleton", close_timeout=0.05)
def open_hung(a: A) -> Iterator[B]:
    at = begun("B", (a,))
    noted(OPENED, at)
    yield B(at)
    noted(CLOSING, at)
    time.sleep(HUNG_S)


def note_abandoned(event):
    if isinstance(event, Abandoned):
        noted(ABANDONED, ("B", 1))


@worker
async def crashes(c: C) -> None:
    raise Boom("in the background")


@worker
def crashes_on_a_thread(c: C, stop: Stop) -> None:
    raise Boom("in the background")


def make():
    container = Container()
    is_async = BACKEND != "sync"
    container.bind(open_a)
    if EVENT == "hung":
        container.bind(open_hung)
        container.observe(note_abandoned)
    else:
        container.bind(aopen_b if is_async else open_b)
    container.bind(aopen_c if is_async else open_c)
    if EVENT == "crash":
        container.bind(crashes if is_async else crashes_on_a_thread)
    if EVENT == "inner":
        container.bind(open_d)
    return container


# mains


def main_sync(c: C):
    emit(main=True)
    if EVENT == "crash":
        time.sleep(60)
    event_sync("use", None)


async def main_async(c: C):
    emit(main=True)
    if EVENT == "crash":
        await wait_for_ever()
    await event_async("use", None)


async def plain_async(container):
    async with container:
        await main_async(await container.aget(C))


def run_plainly(container):
    """The program without the runner."""
    if BACKEND == "sync":
        with container:
            main_sync(container.get(C))
        return
    if BACKEND == "trio":
        import trio

        trio.run(plain_async, container)
        return
    import asyncio

    factory = None
    if BACKEND == "uvloop":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(plain_async(container))


def forget(container):
    """Open everything and close nothing."""
    if BACKEND == "sync":
        container.get(C)
        return
    if BACKEND == "trio":
        import trio

        trio.run(container.aget, C)
        return
    import asyncio

    loop = asyncio.new_event_loop()
    if BACKEND == "uvloop":
        import uvloop

        loop = uvloop.new_event_loop()
    loop.run_until_complete(container.aget(C))
    container.keep = loop  # a loop that is closed would have its owners close


def forget_inside(container):
    """Open everything, a request's resource too, and leave nothing."""
    container.keep = container.resource_scope()
    container.keep.__enter__().get(D)


def hold_in_daemon(container):
    """Leave while a daemon thread still uses what is open."""
    begun_ = threading.Event()

    def use():
        while True:
            try:
                container.get(C)
            except Exception:
                return
            begun_.set()

    def start():
        threading.Thread(target=use, daemon=True).start()
        begun_.wait()

    if BACKEND == "sync":
        container.get(C)
        start()
        return

    async def main():
        async with container:
            start()

    import asyncio

    asyncio.run(main())


def wait_for_another_thread(container):
    """The main thread waits for what another thread opens, and gets the signal."""
    begun_, opened = threading.Event(), threading.Event()

    @resource(scope="singleton")
    def slow():
        at = begun("S", ())
        begun_.set()
        opened.wait()
        noted(OPENED, at)
        try:
            yield 1
        finally:
            noted(CLOSING, at)
            noted(CLOSED, at)

    def main():
        opening = threading.Thread(target=other.get, args=("slow",), daemon=True)
        try:
            opening.start()
            begun_.wait()
            ready()
            other.get("slow")
        finally:
            opened.set()
            opening.join()

    other = Container()
    with container:
        if PHASE == "use":
            run(other, main_of(other, slow, main))
        else:
            with other:
                main_of(other, slow, main)()


def main_of(other, slow, main):
    """Bind what is slow only now, so that no start opens it."""

    def bound():
        other.bind("slow", slow)
        main()

    return bound


SUBPROGRAM = """
import sys
sys.path[:0] = {path!r}
sys.argv = ["child", "sync", "none", "use"]
from tests.laws.processes import child
import tenure.runner
tenure.runner.run(child.make(), child.main_sync)
"""


def in_second_interpreter(_):
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    number = interpreters.create()
    failure = interpreters.run_string(number, SUBPROGRAM.format(path=sys.path))
    emit(failure=None if failure is None else str(failure))
    interpreters.destroy(number)


def go(container):
    """Run the program that the event asks for."""
    match EVENT:
        case "ctrlc":
            run_plainly(container)
        case "forgotten":
            forget(container)
        case "inner":
            forget_inside(container)
        case "daemon":
            hold_in_daemon(container)
        case "waiting":
            wait_for_another_thread(container)
        case "interpreter":
            in_second_interpreter(container)
        case _:
            policy = "finish" if EVENT == "finish2" else "abort"
            main = main_sync if BACKEND == "sync" else main_async
            run(container, main, backend=None if BACKEND == "sync" else BACKEND, on_second_signal=policy)


def keepers():
    """Return the names of the threads that keep the process from its end."""
    own = threading.main_thread()
    return [each.name for each in threading.enumerate() if each is not own and not each.daemon]


def handlers():
    return [str(signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


def program():
    before, error = handlers(), None
    try:
        go(container)
    except BaseException as raised:
        error = raised
        raise
    finally:
        if os.getpid() == PID:
            found = [repr(each) for each in reachable([error])] if error is not None else []
            emit(left=repr(error) if error is not None else None, reachable=found, restored=handlers() == before)
            emit(keepers=keepers())


if __name__ == "__main__":
    PID = os.getpid()
    if os.environ.get("RIG_SABOTAGE"):
        from tests.laws.processes import sabotage

        sabotage.apply(os.environ["RIG_SABOTAGE"])
    container = make()
    program()
