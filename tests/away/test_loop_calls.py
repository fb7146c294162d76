"""A loop that other threads have coroutines run on."""

import asyncio
import contextvars
import ctypes
import signal
import threading
from contextlib import asynccontextmanager

import pytest

from tenure.away.loop_calls import held_on, interruptible, run_on
from tenure.away.portal import Portal


class Interrupted(BaseException):
    """What comes from outside."""


@pytest.fixture
def loop():
    portal = Portal()
    yield portal.loop
    portal.close()


def seen_by(log, hold=None):
    """Return a context manager that tells *log* what it sees."""

    @asynccontextmanager
    async def manager():
        log.append("entered")
        try:
            yield 7
        except BaseException as error:
            log.append(error)
            raise
        log.append("left")

    return manager()


def test_a_coroutine_runs_on_the_loop(loop):
    """What it returns comes back, from another thread than this one."""

    async def where():
        return threading.current_thread()

    found = run_on(loop, where())

    assert found is not threading.current_thread()
    assert run_on(loop, where()) is found


def test_what_it_raises_is_raised(loop):
    """Also where it is a TimeoutError, which says nothing about waiting."""

    async def fail():
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        run_on(loop, fail())


def test_it_sees_the_context_of_the_caller(loop):
    """Context variables go along."""
    variable = contextvars.ContextVar("variable")
    variable.set(3)

    async def look():
        return variable.get()

    assert run_on(loop, look()) == 3


def test_a_manager_is_held_around_a_body(loop):
    """It is entered and left on the loop; the body stays on its thread, and has the context of the entering."""
    log, variable = [], contextvars.ContextVar("variable")

    @asynccontextmanager
    async def manager():
        variable.set(5)
        async with seen_by(log) as value:
            yield value

    with held_on(loop, manager) as (value, context):
        assert (value, context.run(variable.get), log) == (7, 5, ["entered"])
        assert variable.get(None) is None

    assert log == ["entered", "left"]


def test_the_manager_sees_what_the_body_raises(loop):
    """The same error, which goes on."""
    log, error = [], ValueError("the body's")

    with pytest.raises(ValueError, match="the body's") as caught:
        with held_on(loop, lambda: seen_by(log)):
            raise error

    assert caught.value is error
    assert log == ["entered", error]


def test_a_manager_that_swallows(loop):
    """Nothing is raised, as with any manager."""

    @asynccontextmanager
    async def manager():
        try:
            yield
        except ValueError:
            pass

    with held_on(loop, manager):
        raise ValueError


def test_a_manager_that_does_not_open(loop):
    """Its error is raised in place of the body."""

    @asynccontextmanager
    async def manager():
        raise OSError("no network")
        yield

    with pytest.raises(OSError, match="no network"), held_on(loop, manager):
        pytest.fail("the body ran")


@pytest.mark.parametrize("raised_by", ["signal", "thread"])
def test_a_thread_that_is_interrupted_while_it_waits(loop, raised_by):
    """The coroutine is cancelled; what is open sees what interrupted, and has closed when that is raised."""
    log, is_running = [], threading.Event()

    async def job():
        async with seen_by(log):
            with interruptible():
                is_running.set()
                await asyncio.Event().wait()

    def raise_it(number, frame):
        raise Interrupted

    def interrupt():
        is_running.wait()
        if raised_by == "signal":
            signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
        else:
            here = ctypes.c_long(threading.main_thread().ident)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(here, ctypes.py_object(Interrupted))

    before = signal.signal(signal.SIGUSR1, raise_it)
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(Interrupted) as caught:
            run_on(loop, job())
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)

    assert log == ["entered", caught.value]
