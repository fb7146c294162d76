"""Background tasks as resources: started, given what they need, supervised, ended in order."""

import inspect
import sys
import threading
from typing import Annotated

import pytest

from tenure import Container, resource
from tenure.errors import BindingError, CloseError
from tenure.lifecycle.latch import Latch
from tenure.workers import Stop, Worker, WorkerCancelled, WorkerCrashed, worker
from tests.engine.support import WORLDS, Fault, checkpoint

ASYNC = [WORLDS["asyncio"], WORLDS["trio"]]


class Queue:
    """What workers need."""


@pytest.fixture(params=ASYNC, ids=lambda world: world.name)
def world(request):
    return request.param()


@pytest.fixture
def log():
    return []


@pytest.fixture
def container(log):
    @resource(scope="singleton")
    def queue():
        log.append("open queue")
        yield Queue()
        log.append("close queue")

    container = Container()
    container.bind(Queue, queue)
    return container


def test_a_worker_runs_while_its_container_is_open(world, container, log):
    """L18: it starts with what it needs open, is cancelled at once without a stop, and ends before its need closes."""

    @worker
    async def consume(queue: Queue):
        log.append(f"consume a {type(queue).__name__}")
        try:
            await Latch().wait()
        finally:
            log.append("consume no more")

    async def body():
        container.bind(consume)
        async with container:
            await world.settle()
            handle = container.get(Annotated[Worker, "consume"])
            assert repr(handle) == "<Worker 'consume' running, 0 restarts>"
        assert (handle.state, handle.error) == ("ended", None)

    world.run(body)

    assert log == ["open queue", "consume a Queue", "consume no more", "close queue"]


def test_a_worker_with_a_stop_ends_by_itself(world, container, log):
    """It is told to stop at its turn, and nothing it needs closes before it has ended."""

    @worker
    async def consume(queue: Queue, stop: Stop):
        await stop.wait()
        for _ in range(5):
            await checkpoint()
        log.append("finished")

    async def body():
        container.bind(consume)
        async with container:
            await world.settle()

    world.run(body)

    assert log == ["open queue", "finished", "close queue"]


@pytest.mark.parametrize("is_observed", [False, True])
def test_a_worker_that_does_not_end_in_time_is_cancelled(world, container, log, is_observed, monkeypatch):
    """L61: the drain limit ends the patience, and is told; its `finally` runs, and what it needs closes after it."""
    events, unraisable = [], []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    if is_observed:
        container.observe(lambda event: events.append(event) if isinstance(event, WorkerCancelled) else None)

    @worker(drain_timeout=0.01)
    async def consume(queue: Queue, stop: Stop):
        try:
            await Latch().wait()
        finally:
            log.append("cancelled")

    async def body():
        container.bind(consume)
        async with container:
            await world.settle()

    world.run(body)

    assert log == ["open queue", "cancelled", "close queue"]
    assert [(event.name, event.drain_timeout_s) for event in events] == [("consume", 0.01)] * is_observed
    assert [each.err_msg for each in unraisable] == ["worker 'consume' is cancelled"] * (not is_observed)


@pytest.mark.parametrize("takes_stop", [False, True])
def test_a_worker_that_ends_as_it_should_is_no_news(world, container, takes_stop, monkeypatch):
    """One without a stop is cancelled at once, which is how it ends; one with a stop ends in time."""
    events, unraisable = [], []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    container.observe(lambda event: events.append(event) if isinstance(event, WorkerCancelled) else None)

    @worker
    async def without_stop(queue: Queue):
        await Latch().wait()

    @worker
    async def with_stop(stop: Stop):
        await stop.wait()

    async def body():
        container.bind(with_stop if takes_stop else without_stop)
        async with container:
            await world.settle()

    world.run(body)

    assert (events, unraisable) == ([], [])


def test_dependents_of_a_worker_close_before_it(world, container, log):
    """L18: whoever was given the handle is closed while the worker still runs."""

    @worker
    async def consume(queue: Queue, stop: Stop):
        await stop.wait()
        log.append("consume no more")

    @resource(scope="singleton")
    async def server(consumer: Annotated[Worker, "consume"]):
        yield 1
        log.append(f"server closes, consumer is {consumer.state}")

    async def body():
        container.bind(consume)
        container.bind("server", server)
        async with container:
            await world.settle()

    world.run(body)

    assert log == ["open queue", "server closes, consumer is running", "consume no more", "close queue"]


def test_a_crash_is_raised_when_the_container_closes(world, container, log):
    """L56: the error of a worker that failed reaches whoever closes, as the object that it is."""
    fault = Fault("boom")

    @worker
    async def consume(queue: Queue):
        raise fault

    async def body():
        container.bind(consume)
        await container.start()
        await world.settle()
        with pytest.raises(CloseError) as caught:
            await container.aclose()
        assert caught.value.exceptions == (fault,)

    world.run(body)

    assert log == ["open queue", "close queue"]


def test_a_worker_is_restarted_until_it_crashes_too_often(world):
    """L65: it is called again, as often as the intensity allows; one crash more is a failure."""
    calls, events = [], []

    @worker(on_crash="restart", max_restarts=2, backoff=0.0)
    async def consume():
        calls.append(1)
        raise Fault(len(calls))

    async def body():
        container = Container(observers=[lambda e: events.append(e) if isinstance(e, WorkerCrashed) else None])
        container.bind(consume)
        await container.start()
        handle = container.get(Annotated[Worker, "consume"])
        await handle.wait()
        assert (handle.state, handle.n_restarts, handle.error.args) == ("failed", 2, (3,))
        with pytest.raises(CloseError):
            await container.aclose()

    world.run(body)

    assert len(calls) == 3
    assert [(e.name, e.error.args, e.n_restarts, e.delay_s) for e in events] == [
        ("consume", (1,), 0, 0.0),
        ("consume", (2,), 1, 0.0),
    ]


def test_a_worker_that_waits_for_its_restart_is_closed_at_once(world, log):
    """A back-off of an hour does not hold up the end."""

    @worker(on_crash="restart", backoff=30.0)
    async def consume():
        raise Fault

    async def body():
        container = Container(observers=[log.append])
        container.bind(consume)
        async with container:
            handle = container.get(Annotated[Worker, "consume"])
            while handle.state != "waiting":
                await checkpoint()
        assert handle.state == "ended"

    world.run(body)


@pytest.mark.parametrize("is_observed", [True, False])
def test_an_ignored_crash_is_told(world, is_observed, monkeypatch):
    """L29: the program goes on, and somebody hears of it: observers, or else the hook of the interpreter."""
    events, unraisable = [], []
    monkeypatch.setattr(sys, "unraisablehook", unraisable.append)
    fault = Fault("boom")

    @worker(on_crash="ignore")
    async def consume():
        raise fault

    async def body():
        container = Container(observers=[events.append] if is_observed else ())
        container.bind(consume)
        async with container:
            await container.get(Annotated[Worker, "consume"]).wait()

    world.run(body)
    told = [event.error for event in events if isinstance(event, WorkerCrashed)]

    assert told == ([fault] if is_observed else [])
    assert [each.exc_value for each in unraisable] == ([] if is_observed else [fault])


def test_a_worker_that_ends_is_not_called_again(world):
    """Returning is no crash, whatever the policy says of crashes."""
    calls = []

    @worker(on_crash="restart")
    async def consume():
        calls.append(1)

    async def body():
        container = Container()
        container.bind(consume)
        async with container:
            handle = container.get(Annotated[Worker, "consume"])
            await handle.wait()
            assert handle.state == "ended"

    world.run(body)

    assert calls == [1]


def test_a_crash_while_it_is_told_to_stop_is_raised(world):
    """L23: what goes wrong on the last metres is an error of the closing."""
    fault = Fault("late")

    @worker(on_crash="restart")
    async def consume(stop: Stop):
        await stop.wait()
        raise fault

    async def body():
        container = Container()
        container.bind(consume)
        await container.start()
        await world.settle()
        with pytest.raises(CloseError) as caught:
            await container.aclose()
        assert caught.value.exceptions == (fault,)

    world.run(body)


def test_a_worker_sees_the_error_of_the_body_pass(world):
    """L14: the error of the body leaves as itself although a worker was running."""
    fault = Fault("body")

    @worker
    async def consume(stop: Stop):
        await stop.wait()

    async def body():
        container = Container()
        container.bind(consume)
        with pytest.raises(Fault) as caught:
            async with container:
                await world.settle()
                raise fault
        assert caught.value is fault

    world.run(body)


def test_a_worker_on_a_thread():
    """A plain function runs on a thread of its own and ends when it is told to, in a program without any loop."""
    seen = []

    @worker
    def consume(queue: Queue, stop: Stop):
        seen.append(threading.current_thread().name)
        stop.wait_sync()
        seen.append("told")

    container = Container()
    container.bind(Queue, scope="singleton")
    container.bind(consume)
    with container:
        handle = container.get(Annotated[Worker, "consume"])
        assert handle.state == "running"
    handle.wait_sync()

    assert seen == ["worker consume", "told"]
    assert handle.state == "ended"


def test_a_thread_that_does_not_end_is_abandoned():
    """L62: it is named, and holds up neither the closing nor the end of the process."""
    go_on = threading.Event()

    @worker(drain_timeout=0.01)
    def consume(stop: Stop):
        go_on.wait()

    container = Container()
    container.bind(consume)
    container.start_sync()
    with pytest.raises(CloseError, match="errors while closing") as caught:
        container.close()
    go_on.set()

    assert "consume" in str(caught.value.exceptions[0])


def test_a_crash_on_a_thread_is_raised_when_the_container_closes():
    """L56 without a loop: the body is not interrupted, and the error is raised at its end."""
    fault = Fault("thread")

    @worker
    def consume(stop: Stop):
        raise fault

    container = Container()
    container.bind(consume)
    with pytest.raises(CloseError) as caught, container:
        container.get(Annotated[Worker, "consume"]).wait_sync()

    assert caught.value.exceptions == (fault,)


def test_workers_are_collected():
    """`list[Worker]` gives the handle of every worker that is bound."""

    @worker
    def first(stop: Stop):
        stop.wait_sync()

    @worker(name="another")
    def second(stop: Stop):
        stop.wait_sync()

    container = Container()
    container.bind(first)
    container.bind(second)
    with container:
        assert [handle.name for handle in container.get(list[Worker])] == ["first", "another"]


def test_a_worker_is_not_unused():
    """It acts by itself: nothing has to need it, by whatever key."""

    @worker
    async def pump(): ...

    @worker
    def thread(stop: Stop): ...

    container = Container()
    container.bind(pump)
    container.bind("thread", thread)

    assert container.findings() == ()


def test_what_a_worker_looks_like():
    """It shows the parameters that are injected and keeps its name and text; it never pretends to be what it wraps."""

    @worker
    async def consume(queue: Queue, stop: Stop, size: int = 3) -> None:
        """Consume."""

    assert str(inspect.signature(consume)).startswith(f"(queue: {__name__}.Queue, size: int = 3) -> ")
    assert (consume.__name__, consume.__doc__) == ("consume", "Consume.")
    assert inspect.isasyncgenfunction(consume)


@pytest.mark.parametrize("position", ["first", "middle", "last", "keyword"])
def test_the_stop_may_stand_anywhere(position):
    """It is filled in wherever it stands among the parameters; the others come from the container."""
    seen = []

    def note(*values):
        seen.extend(type(value).__name__ for value in values)

    functions = {
        "first": lambda: worker(_first),
        "middle": lambda: worker(_middle),
        "last": lambda: worker(_last),
        "keyword": lambda: worker(_keyword),
    }

    def _first(stop: Stop, queue: Queue, number: int = 1):
        note(stop, queue, number)

    def _middle(queue: Queue, stop: Stop, number: int = 1):
        note(stop, queue, number)

    def _last(queue: Queue, number: int = 1, *, stop: Stop):
        note(stop, queue, number)

    def _keyword(*, queue: Queue, stop: Stop, number: int = 1):
        note(stop, queue, number)

    container = Container()
    container.bind("it", functions[position]())
    with container:
        container.get("it").wait_sync()

    assert seen == ["Stop", "Queue", "int"]


def _generator(stop: Stop):
    yield


@pytest.mark.parametrize(
    ("decorate", "text"),
    [
        (lambda: worker("consume"), r"did you mean name='consume'"),
        (lambda: worker(Queue), "decorates a function"),
        (lambda: worker(lambda: None), "give it a parameter annotated Stop"),
        (lambda: worker(_generator), "is a generator"),
        (lambda: worker(on_crash="explode"), 'on_crash must be "fail", "restart" or "ignore"'),
        (lambda: worker(max_restarts=-1), "max_restarts must be a whole number"),
        (lambda: worker(within_s=0), "within_s must be a number of seconds > 0"),
        (lambda: worker(backoff=-1), "backoff must be a number of seconds >= 0"),
        (lambda: worker(drain_timeout=0), "drain_timeout must be a number of seconds > 0 or None"),
    ],
)
def test_what_no_worker_is(decorate, text):
    """A mistake is told where the worker is declared."""
    with pytest.raises(BindingError, match=text):
        decorate()
