"""`tenure.run` without signals: what main gets, what comes back, where it may run."""

import asyncio
import functools
import signal
import threading

import pytest
import trio

from tenure import Container, Inject, inject, resource, worker
from tenure.containers import DeclarativeContainer
from tenure.errors import BindingError, MissingBindingError
from tenure.lifecycle.backends import running
from tenure.providers import Resource, Singleton
from tenure.runner import NestedRunError, run, run_and_exit
from tenure.workers import Stop, stopping
from tests.engine.support import Fault, run_threads

BACKENDS = [None, "asyncio", "uvloop", "trio"]
LATER_S = 0.1  # when a start has ended; were it sooner, a test would show less


class A:
    """What main needs."""


@pytest.fixture
def log():
    return []


@pytest.fixture
def container(log):
    @resource(scope="singleton")
    def a():
        log.append("open")
        try:
            yield A()
        except BaseException as error:
            log.append(repr(error))
            raise
        finally:
            log.append("close")

    container = Container()
    container.bind(A, a)
    return container


def handlers():
    return [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


def as_main(backend, function):
    """Return *function* as a main for *backend*: itself, or a coroutine function of the same parameters."""
    if backend is None:
        return function

    @functools.wraps(function)
    async def main(*args, **kwargs):
        return function(*args, **kwargs)

    return main


@pytest.mark.parametrize("backend", BACKENDS)
def test_main_gets_what_it_needs(backend, container, log):
    """Its first parameters come from the caller, the others from the container; what it returns comes back."""

    def main(greeting, value: A, within: Container, stop: Stop, *, size: int = 3, other: "A | None" = None):
        log.append("main")
        assert (greeting, type(value), within, stop.requested, size) == ("hello", A, container, False, 3)
        assert stop is stopping()
        assert other is value
        return 42

    before = handlers()

    assert run(container, as_main(backend, main), "hello", backend=backend) == 42
    assert log == ["open", "main", "close"]
    assert handlers() == before


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_main_raises_leaves_as_itself(backend, container, log):
    """L25, L26: after everything is closed, and the resources are shown it."""
    for fault in (Fault("main"), SystemExit(3), KeyboardInterrupt()):
        log.clear()

        def main(fault=fault):
            raise fault

        with pytest.raises(type(fault)) as caught:
            run(container, as_main(backend, main), backend=backend)
        assert caught.value is fault
        assert log == ["open", repr(fault), "close"]


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_start_that_fails(backend, container, log):
    """L4: it is rolled back, main is not begun, and the handlers are back."""
    fault, before = Fault("start"), handlers()

    @resource(scope="singleton")
    def broken(value: A):
        raise fault
        yield

    container.bind("broken", broken)
    with pytest.raises(Fault) as caught:
        run(container, as_main(backend, lambda: log.append("main")), backend=backend)

    assert caught.value is fault
    assert log == ["open", repr(fault), "close"]
    assert handlers() == before


@pytest.mark.parametrize("backend", BACKENDS)
def test_code_may_ask_to_stop(backend, container, log):
    """A run that its own code ends raises nothing; who asked for the stop ends by himself."""

    def main(stop: Stop):
        threading.Thread(target=stop.request, args=("enough",)).start()
        stop.wait_sync()
        return stop.reason

    assert run(container, as_main(backend, main), backend=backend) == "enough"
    assert log == ["open", "close"]


def test_a_main_that_knows_no_stop_is_interrupted(container, log):
    """Where code asks to stop, an interrupted main means no error."""

    @resource(scope="singleton")
    def impatient(value: A, stop: Stop):
        timer = threading.Timer(0.01, stop.request)
        timer.start()
        yield
        timer.join()

    container.bind("impatient", impatient)

    assert run(container, lambda: None) is None

    log.clear()
    hang = threading.Event()

    def main():
        begun.set()
        hang.wait()

    begun = threading.Event()
    other = Container()
    waiting = threading.Thread(target=lambda: (begun.wait(), stops[0].request()))
    stops = []

    @resource(scope="singleton")
    def stopper():
        from tenure.workers.stop import run_stop

        stops.append(run_stop())
        waiting.start()
        yield

    other.bind("stopper", stopper)
    assert run(other, main) is None


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_functions_that_are_injected_are_served(backend, container):
    """The container is current while main runs, also in tasks that it starts."""

    @inject
    async def serve(value: A = Inject[A]):
        return value

    async def main(value: A):
        assert await serve() is value
        if backend == "asyncio":
            return await asyncio.create_task(serve()) is value
        found = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: found_of(found))
        return found == [value]

    async def found_of(found):
        found.append(await serve())

    assert run(container, main, backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_declarative_container(backend, log):
    """The other face: main is given what a provider makes, by its class."""

    def opened():
        log.append("open")
        yield A()
        log.append("close")

    class App(DeclarativeContainer):
        a = Resource(opened)
        names = Singleton(dict, one=1)

    def main(names: dict, app: App, missing: int = 5):
        assert isinstance(app, App)
        return names["one"] + missing

    assert run(App(), as_main(backend, main), backend=backend) == 6
    assert log == ["open", "close"]


def test_what_is_missing_is_named(container, log):
    """A parameter that nothing fills in is an error of the container's, and everything is closed."""

    def main(number: int):
        raise AssertionError

    with pytest.raises(MissingBindingError):
        run(container, main)
    assert log[-1] == "close"


def test_a_container_may_run_again(container, log):
    """Each run starts and closes it, with a stop of its own."""
    stops = []
    for _ in range(2):
        run(container, lambda stop: stops.append(stop), Stop())
        run(container, _note_stop(stops))

    assert log == ["open", "close"] * 4
    assert len({id(stop) for stop in stops}) == len(stops)


def _note_stop(stops):
    def main(stop: Stop):
        stops.append(stop)

    return main


@pytest.mark.parametrize("backend", BACKENDS)
def test_another_thread(backend, container):
    """There are no signal handlers in it, and everything else works."""
    results, errors = run_threads(lambda: run(container, as_main(backend, _answer), backend=backend), 1)

    assert (results, errors) == ([42], [])


def _answer():
    return 42


@pytest.mark.parametrize("library", ["asyncio", "trio"])
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_loop_that_runs_already_is_refused(library, backend, container, log):
    """In a notebook, or in a coroutine: nothing is opened, and the text says what to write instead."""

    async def outer():
        with pytest.raises(NestedRunError, match=r"async with container: await main"):
            run(container, as_main(backend, _answer), backend=backend)

    asyncio.run(outer()) if library == "asyncio" else trio.run(outer)

    assert log == []


@pytest.mark.parametrize(
    ("backend", "library", "module"),
    [("asyncio", "asyncio", "asyncio"), ("uvloop", "asyncio", "uvloop"), ("trio", "trio", "trio")],
)
def test_the_backend_is_the_one_asked_for(backend, library, module, container):
    """Each name stands for its library; None stands for asyncio."""

    async def main():
        token = running().token()
        return running().name, type(token).__module__.partition(".")[0]

    assert run(container, main, backend=backend) == (library, module)


@pytest.mark.parametrize(("result", "status"), [(None, 0), (0, 0), (5, 5), (True, 1), ("text", 0)])
def test_run_and_exit(result, status, container):
    """A whole number is the exit status; anything else is success."""
    with pytest.raises(SystemExit) as caught:
        run_and_exit(container, lambda: result)
    assert caught.value.code == status


def test_run_and_exit_after_ctrl_c(container, log):
    """The conventional status, without a traceback."""

    def main():
        signal.raise_signal(signal.SIGINT)
        threading.Event().wait()

    with pytest.raises(SystemExit) as caught:
        run_and_exit(container, main)
    assert caught.value.code == 130
    assert log == ["open", "KeyboardInterrupt()", "close"]


async def _coroutine():
    raise AssertionError


def _yields():
    yield


async def _ayields():
    yield


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: run(Container), r"did you mean Container\(\)"),
        (lambda: run(5), "run takes a container first"),
        (lambda: run(Container(), 5), "run takes a function as main"),
        (lambda: run(Container(), _yields), "_yields is a generator function, of which a call runs nothing"),
        (lambda: run(Container(), _ayields), "_ayields is a generator function, of which a call runs nothing"),
        (lambda: run(Container(), _coroutine()), "give the function, not what calling it gives"),
        (lambda: run(Container(), _answer, drain_timeout=0), "drain_timeout must be a number of seconds"),
        (lambda: run(Container(), _answer, on_second_signal="x"), 'on_second_signal must be "abort" or "finish"'),
        (lambda: run(Container(), _answer, backend="gevent"), "backend must be 'asyncio', 'uvloop', 'trio' or None"),
    ],
)
def test_mistakes(call, text):
    """They are told before anything is opened."""
    with pytest.raises(BindingError, match=text):
        call()


@pytest.mark.parametrize("backend", [None, "asyncio"])
def test_a_declarative_container_with_a_provider_called_engine(backend):
    """Providers may have any name; the engine of the library is not looked up by one."""

    class App(DeclarativeContainer):
        engine = Singleton(str, "the user's")

    app = App()

    assert run(app, lambda: app.engine(), backend=backend) == "the user's"


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_worker_that_asks_for_the_stop_is_no_main(backend):
    """Only a main that has asked for it is waited for, here for ever; what a worker does with the stop is its own."""
    ended = []

    @worker
    async def awork(mine: Stop) -> None:  # takes one of its own, so that it is not cancelled
        stop = stopping()
        threading.Timer(LATER_S, stop.request).start()
        await stop.wait()
        ended.append(stop.requested)

    @worker
    def swork(mine: Stop) -> None:
        stop = stopping()
        threading.Timer(LATER_S, stop.request).start()
        ended.append(stop.wait_sync())

    container = Container()
    container.bind(swork if backend is None else awork)

    run(container, backend=backend, drain_timeout=None)

    assert ended == [True]
