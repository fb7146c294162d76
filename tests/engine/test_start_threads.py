"""An eager start without a loop, over threads (L63, L64, L44)."""

import threading

import pytest

from tenure import Container, resource
from tenure.errors import BindingError, ResourceUnavailableError, closing_errors
from tests.engine.support import Fault


def meeting(container, log, names, **options):
    """Bind resources that open only when all of them are opening at the same time."""
    barrier = threading.Barrier(len(names))

    def opened(name):
        @resource(scope="singleton", **options)
        def open_():
            barrier.wait(20)
            log.append(f"open {name}")
            try:
                yield name
            finally:
                log.append(f"close {name}")

        return open_

    for name in names:
        container.bind(name, opened(name))


def test_independent_ones_open_at_the_same_time():
    """L63: they overlap, each on a thread of its own; they close on the thread that closes."""
    container, log = Container(), []
    meeting(container, log, "ABCD")

    container.start_sync(parallel=True)
    container.close()

    assert sorted(log[:4]) == ["open A", "open B", "open C", "open D"]
    assert sorted(log[4:]) == ["close A", "close B", "close C", "close D"]


def test_dependencies_first(story):
    """L18: what needs something opens after it, through plain values too, and closes before it."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, scope="singleton")
    c = story.add(container, "C", a, scope="singleton")
    story.add(container, "D", b, c, scope="singleton")

    container.start_sync(parallel=True)
    container.close()

    assert story.opens[0] == "A"
    assert story.opens[-1] == "D"
    assert story.closes[0] == "D"
    assert story.closes[-1] == "A"
    assert sorted(story.opens) == sorted(story.closes) == ["A", "B", "C", "D"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_at_most_max_parallel(limit):
    """L63: never more at a time, and as many as may."""
    container = Container()
    lock, counts = threading.Lock(), {"now": 0, "most": 0}
    full = threading.Barrier(limit)

    def opened(number):
        @resource(scope="singleton")
        def open_():
            with lock:
                counts["now"] += 1
                counts["most"] = max(counts["most"], counts["now"])
            full.wait(20)
            with lock:
                counts["now"] -= 1
            yield number

        return open_

    for number in range(2 * limit):
        container.bind(f"R{number}", opened(number))

    container.start_sync(parallel=True, max_parallel=limit)
    container.close()

    assert counts["most"] == limit


def test_what_is_bound_to_its_thread():
    """L44: it opens on the calling thread, and closes on it."""
    container, threads = Container(), []

    def opened(**options):
        @resource(scope="singleton", **options)
        def open_():
            threads.append(threading.current_thread())
            yield "value"
            threads.append(threading.current_thread())

        return open_

    container.bind("bound", opened(thread_bound=True))
    container.start_sync(parallel=True)
    container.close()
    assert threads == [threading.current_thread()] * 2

    free = Container()
    free.bind("free", opened())
    free.start_sync(parallel=True)
    free.close()
    assert threads[2] is not threading.current_thread()
    assert threads[3] is threading.current_thread()


def test_the_first_failure_stops_the_rest(story):
    """L64: nothing new begins, what opens meanwhile is awaited and closed, the first error leads."""
    container = Container()
    opens, fails = threading.Event(), threading.Event()

    @resource(scope="singleton")
    def slow():
        opens.set()
        fails.wait(20)
        story.log.append("open slow")
        try:
            yield "slow"
        finally:
            story.log.append("close slow")
            raise Fault("closing")

    @resource(scope="singleton")
    def failing():
        opens.wait(20)
        fails.set()
        raise Fault("first")
        yield

    container.bind("slow", slow)
    container.bind("failing", failing)
    container.bind("above", resource(scope="singleton")(lambda: pytest.fail("it must not open")))
    never = story.add(container, "never", scope="singleton")

    with pytest.raises(Fault, match="first") as caught:
        container.start_sync("slow", "failing", never, parallel=True, max_parallel=2)

    assert story.log == ["open slow", "close slow"]
    assert [str(error) for error in closing_errors(caught.value)] == ["closing"]
    container.close()


def test_it_can_be_started_again():
    """L4: after a failure the container is as before."""
    container, fails, log = Container(), [Fault("once")], []

    @resource(scope="singleton")
    def open_():
        if fails:
            raise fails.pop()
        log.append("open")
        yield "value"
        log.append("close")

    container.bind("one", open_)
    with pytest.raises(Fault):
        container.start_sync(parallel=True)
    container.start_sync(parallel=True)
    container.close()

    assert log == ["open", "close"]


def test_optional_ones():
    """What is optional does not fail the start; what cannot do without it does."""
    container = Container()

    class Cache: ...

    @resource(scope="singleton", optional=True)
    def cache():
        raise Fault("down")
        yield Cache()

    container.bind(Cache, cache)
    container.start_sync(parallel=True)
    container.close()

    @resource(scope="singleton")
    def shop(cache: Cache):
        yield "shop"

    other = Container()
    other.bind(Cache, cache)
    other.bind("shop", shop)
    with pytest.raises(ResourceUnavailableError):
        other.start_sync(parallel=True)


def test_a_scope_starts_over_threads():
    """`scope.start_sync` takes the same."""
    container, log = Container(), []
    meeting(container, log, "AB")
    for name in "AB":
        assert name in container

    with container.resource_scope() as scope:
        scope.start_sync("A", "B", parallel=True)
    container.close()

    assert sorted(log[:2]) == ["open A", "open B"]


def test_ctrl_c_while_threads_open(monkeypatch):
    """L69, L26: KeyboardInterrupt on the calling thread: what opens is awaited and closed, then it is raised."""
    import queue

    container, log = Container(), []
    meeting(container, log, "AB")
    real, raised = queue.SimpleQueue, []

    class Interrupted:
        def __init__(self):
            self._queue = real()
            self.put = self._queue.put

        def get(self):
            if not raised:
                raised.append(KeyboardInterrupt())
                raise raised[0]
            return self._queue.get()

    monkeypatch.setattr("tenure.runtime.starting_threads.queue.SimpleQueue", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        container.start_sync(parallel=True)

    assert sorted(log) == ["close A", "close B", "open A", "open B"]


@pytest.mark.parametrize("limit", [0, -1, "2"])
def test_a_limit_that_is_none(limit):
    with pytest.raises(BindingError, match="max_parallel"):
        Container().start_sync(parallel=True, max_parallel=limit)


def test_bound_to_a_thread_and_limited():
    """L44, L62: a limit of its own closes on another thread, which contradicts it."""
    with pytest.raises(BindingError, match="thread_bound"):
        resource(thread_bound=True, close_timeout=1)
