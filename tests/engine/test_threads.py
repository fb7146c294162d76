"""Threads: one opening, errors instead of deadlocks, no lock of ours while user code runs (L41-L43)."""

import asyncio
import sys
import threading
from functools import partial

import pytest

from tenure import Container, resource
from tenure.errors import CircularDependencyError, ContainerClosedError
from tests.engine.support import SYNC_KINDS, Fault, run_threads


@pytest.fixture(autouse=True)
def _switch_often():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("kind", SYNC_KINDS)
@pytest.mark.parametrize("where", ["root", "scope"])
def test_eight_threads_one_opening(story, kind, where):
    """L41: eight threads that ask at the same time cause one opening."""
    for attempt in range(20):
        story.log.clear()
        container = Container()
        a = story.add(container, f"A{attempt}", kind=kind)
        b = story.add(container, f"B{attempt}", a, kind=kind)

        if where == "root":
            results, errors = run_threads(partial(container.get, b), 8)
            container.close()
        else:
            with container.resource_scope() as scope:
                results, errors = run_threads(partial(scope.get, b), 8)

        assert errors == []
        assert len({id(each) for each in results}) == 1
        assert story.log == [f"open A{attempt}", f"open B{attempt}", f"close B{attempt}", f"close A{attempt}"]


def test_eight_threads_one_plain_singleton():
    """L41: a plain singleton is made once, also by a slow factory."""
    made = []

    def factory():
        made.append(1)
        threading.Event().wait(0.01)
        return object()

    container = Container()
    container.bind("plain", factory, scope="singleton")
    results, errors = run_threads(lambda: container.get("plain"), 8)

    assert errors == []
    assert len({id(each) for each in results}) == len(made) == 1


class Database:
    def __init__(self):
        self.log = []

    def initialize(self):
        self.log.append("open")

    def dispose(self):
        self.log.append("close")

    def work(self):
        return 42


resource(Database)


@pytest.mark.parametrize("by", ["get", "method"])
def test_eight_threads_one_bound_instance(by):
    """L41: a bound instance is opened once, whether threads get it or call its methods."""
    for _ in range(30):
        db, container = Database(), Container()
        container.bind(Database, db)
        results, errors = run_threads(partial(_use, container) if by == "get" else db.work, 8)
        container.close()

        assert errors == []
        assert results == [42] * 8
        assert db.log == ["open", "close"]


def _use(container):
    return container.get(Database).work()


def test_eight_threads_close_once(story):
    """L41, L9, L15: eight threads that close at the same time close once, and all return after the end."""
    for attempt in range(20):
        story.log.clear()
        container = Container()
        a = story.add(container, f"A{attempt}", scope="singleton")
        container.get(a)

        def close(container=container, attempt=attempt):
            container.close()
            return f"A{attempt}" not in story.live

        results, errors = run_threads(close, 8)

        assert errors == []
        assert results == [True] * 8
        assert story.log == [f"open A{attempt}", f"close A{attempt}"]


def test_a_second_close_waits_in_its_thread(story):
    """L15: a second close in another thread returns only after the first has finished."""
    container = Container()
    begun, gate = threading.Event(), threading.Event()

    @resource(scope="singleton")
    def slow():
        yield "slow"
        begun.set()
        gate.wait(5)
        story.log.append("closed")

    container.bind("slow", slow)
    container.get("slow")
    ended = []
    first = threading.Thread(target=lambda: (container.close(), ended.append("first")))
    second = threading.Thread(target=lambda: (container.close(), ended.append(("second", list(story.log)))))
    first.start()
    begun.wait(5)
    second.start()
    second.join(0.05)
    assert ended == []
    gate.set()
    first.join(5)
    second.join(5)

    assert sorted(map(str, ended)) == ["('second', ['closed'])", "first"]


def test_close_races_an_opening_in_another_thread(story):
    """L37: a resource whose opening ends after close began is closed before close returns."""
    container = Container()
    begun, gate = threading.Event(), threading.Event()

    @resource(scope="singleton")
    def slow():
        begun.set()
        gate.wait(5)
        story.log.append("open")
        yield "slow"
        story.log.append("close")

    container.bind("slow", slow)
    found = []

    def ask():
        try:
            found.append(container.get("slow"))
        except ContainerClosedError as error:
            found.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    begun.wait(5)
    closing = threading.Thread(target=container.close)
    closing.start()
    closing.join(0.05)
    early = not closing.is_alive()
    gate.set()
    closing.join(5)
    asking.join(5)

    assert not early
    assert story.log == ["open", "close"]
    assert found[0] == "slow" or isinstance(found[0], ContainerClosedError)


def test_get_and_close_stress(story):
    """L37, L41: threads that get while another closes get a value or are refused, and nothing is left open."""
    for attempt in range(40):
        container = Container()
        a = story.add(container, f"A{attempt}", scope="singleton")
        b = story.add(container, f"B{attempt}", a, scope="singleton")
        turns = iter(range(8))

        def act(container=container, b=b, turns=turns):
            if next(turns) == 3:
                container.close()
                return None
            return container.get(b)

        _, errors = run_threads(act, 8)
        container.close()

        assert all(isinstance(error, ContainerClosedError) for error in errors)
        assert story.live == []
    assert sorted(story.opens) == sorted(story.closes)


def test_a_cycle_over_two_threads():
    """L38: A asks for B while B asks for A, each in a thread of its own: an error, not a hang."""
    container = Container()
    barrier = threading.Barrier(2)

    def crossing(own, other):
        def opened():
            barrier.wait(5)
            container.get(other)
            yield own

        return opened

    container.bind("a", resource(scope="singleton")(crossing("a", "b")))
    container.bind("b", resource(scope="singleton")(crossing("b", "a")))
    names = iter("ab")
    results, errors = run_threads(lambda: container.get(next(names)), 2)
    container.close()

    assert results == []
    assert [type(error) for error in errors] == [CircularDependencyError] * 2


@pytest.mark.parametrize("error", [Fault("opening"), KeyboardInterrupt()])
def test_a_thread_that_fails_wakes_the_others(error):
    """L43: where the opening thread fails, nobody hangs: the others get the error, or one of them tries again."""
    container = Container()
    begun, gate = threading.Event(), threading.Event()
    attempts = []

    @resource(scope="singleton")
    def opened():
        attempts.append(1)
        if len(attempts) == 1:
            begun.set()
            gate.wait(5)
            raise error
        yield "value"

    container.bind("r", opened)
    first_errors, others = [], []

    def first():
        try:
            container.get("r")
        except BaseException as raised:
            first_errors.append(raised)

    def other():
        try:
            others.append(container.get("r"))
        except BaseException as raised:
            others.append(raised)

    threads = [threading.Thread(target=first)]
    threads[0].start()
    begun.wait(5)
    threads += [threading.Thread(target=other) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
        thread.join(0.02)
    gate.set()
    for thread in threads:
        thread.join(5)
    alive = [thread for thread in threads if thread.is_alive()]
    container.close()

    assert alive == []
    assert first_errors == [error]
    assert all(each == "value" or each is error for each in others)


def test_disjoint_resources_open_in_parallel():
    """L42: while one resource opens, another one can be opened by another thread."""
    container = Container()
    barrier = threading.Barrier(2)

    def meeting(name):
        def opened():
            barrier.wait(5)
            yield name

        return opened

    for name in "ab":
        container.bind(name, resource(scope="singleton")(meeting(name)))
    names = iter("ab")
    results, errors = run_threads(lambda: container.get(next(names)), 2)
    container.close()

    assert errors == []
    assert sorted(results) == ["a", "b"]


def test_a_lock_of_the_users_taken_in_the_other_order():
    """L42: a lock of the user's that is held while asking, and taken while opening, cannot deadlock with ours."""
    container = Container()
    lock = threading.Lock()
    opening, holding = threading.Event(), threading.Event()

    @resource(scope="singleton")
    def needs_lock():
        opening.set()
        holding.wait(5)
        with lock:
            yield "value"

    container.bind("a", needs_lock)
    container.bind("b", lambda: object(), scope="singleton")
    found = []

    def opener():
        found.append(container.get("a"))

    def holder():
        opening.wait(5)
        with lock:
            holding.set()
            found.append(container.get("b"))

    threads = [threading.Thread(target=opener), threading.Thread(target=holder)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()
    closing = threading.Thread(target=container.close)
    closing.start()
    closing.join(5)

    assert "value" in found
    assert len(found) == 2


def test_a_thread_asks_for_what_the_loop_is_opening(story):
    """L41: a plain get in another thread waits for an opening on the loop, and gets its value."""
    container = Container()
    found = []

    async def main():
        gate = asyncio.Event()

        @resource(scope="singleton")
        async def slow():
            await gate.wait()
            yield "slow"

        container.bind("slow", slow)
        container.bind("after", lambda value: value, scope="singleton", arguments={"value": 7})
        task = asyncio.create_task(container.aget("slow"))
        await asyncio.sleep(0)
        thread = asyncio.create_task(asyncio.to_thread(container.get, "after"))
        found.append(await asyncio.wait_for(thread, 2))
        gate.set()
        found.append(await task)
        found.append(await asyncio.to_thread(container.get, "slow"))
        await container.aclose()

    asyncio.run(main())

    assert found == [7, "slow", "slow"]


def test_scopes_of_two_threads(story):
    """L47: a scope is current in the thread that entered it only."""
    container = Container()
    a = story.add(container, "A", scope="request")
    barrier = threading.Barrier(2)

    def request():
        with container.resource_scope():
            barrier.wait(5)
            found = container.get(a)
            barrier.wait(5)
            return found

    results, errors = run_threads(request, 2)

    assert errors == []
    assert results[0] is not results[1]
    assert story.live == []


def test_first_compile_from_many_threads():
    """L41: resolvers compiled by many threads at once give the same singletons."""
    for _ in range(10):
        container = Container()

        class A:
            pass

        class B:
            def __init__(self, a: A):
                self.a = a

        class C:
            def __init__(self, a: A, b: B):
                self.a, self.b = a, b

        for cls in (A, B, C):
            container.bind(cls, scope="singleton")
        results, errors = run_threads(partial(container.get, C), 8)

        assert errors == []
        assert len({id(each) for each in results}) == 1
        assert results[0].a is results[0].b.a
