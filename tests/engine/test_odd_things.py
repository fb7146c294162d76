"""Odd objects, odd exceptions and odd moments that programs have all the same."""

import dataclasses
import sqlite3
import threading
from typing import Generic, TypeVar
from unittest import mock

import pytest
import trio
import trio.testing

from tenure import Container, resource
from tenure.errors import CloseError, TenureError, closing_errors
from tests.engine.support import SYNC_KINDS, Fault, TrioWorld, checkpoint

ASYNC = pytest.mark.worlds("asyncio", "trio")
T = TypeVar("T")


# objects


@dataclasses.dataclass(slots=True)
class Slotted:
    log: list

    def initialize(self):
        self.log.append("open")

    def dispose(self):
        self.log.append("close")


class Unhashable:
    def __init__(self, log):
        self.log = log

    def __eq__(self, other):
        return True

    def initialize(self):
        self.log.append("open")

    def dispose(self):
        self.log.append("close")


class Answering:
    """Answers to every name."""

    def __init__(self, log):
        self.__dict__["log"] = log

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_: self.log.append(name)

    def __setattr__(self, name, value):
        raise AssertionError("nobody may set anything")

    def __bool__(self):
        raise AssertionError("nobody may ask for the truth")

    def __len__(self):
        raise AssertionError("nobody may ask for the length")

    def initialize(self):
        self.log.append("open")

    def dispose(self):
        self.log.append("close")


@pytest.mark.parametrize("cls", [Slotted, Unhashable, Answering])
@pytest.mark.parametrize("bound", ["class", "instance", "generator"])
async def test_odd_objects(world, cls, bound):
    """Objects with slots, without a hash, or that answer to every name are opened and closed like any other."""
    log = []
    container = Container()
    if bound == "generator":

        def opened():
            log.append("open")
            yield cls(log)
            log.append("close")

        container.bind("key", resource(opened))
    elif bound == "class":
        container.bind("key", cls, arguments={"log": log}, resource=True)
    else:
        container.bind("key", cls(log), resource=True)

    async with world.inside(container.resource_scope()):
        first = await world.get(container, "key")
        assert first is await world.get(container, "key")
        assert type(first) is cls

    assert log == ["open", "close"]


async def test_a_database_connection(world):
    """Section 4: an sqlite3 connection is closed, not committed, where it is a resource."""
    container = Container()
    container.bind(sqlite3.Connection, lambda: sqlite3.connect(":memory:"), close="close")

    async with world.inside(container.resource_scope()):
        connection = await world.get(container, sqlite3.Connection)
        connection.execute("CREATE TABLE t (x)")

    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


async def test_locks_and_mocks_are_never_entered(world):
    """Section 4: what happens to be a context manager is not entered by accident."""
    lock, anything = threading.Lock(), mock.MagicMock()
    container = Container()
    container.bind("lock", lock)
    container.bind("anything", anything)

    async with world.inside(container), world.inside(container.resource_scope()):
        assert await world.get(container, "lock") is lock
        assert await world.get(container, "anything") is anything

    assert not lock.locked()
    assert anything.mock_calls == []


async def test_generic_resource_classes(world):
    """Section 5: generic resource classes are kept apart, and each is opened."""
    log = []

    @resource(scope="singleton")
    class Pool(Generic[T]):
        def initialize(self):
            log.append("open")

        def dispose(self):
            log.append("close")

    class User:
        def __init__(self, numbers: Pool[int], texts: Pool[str]):
            self.pools = (numbers, texts)

    container = Container()
    async with world.inside(container):
        user = await world.get(container, User)
        assert user.pools[0] is not user.pools[1]
        assert await world.get(container, Pool[int]) is user.pools[0]

    assert log == ["open", "open", "close", "close"]


async def test_undecorated_subclasses_and_base_classes(world):
    """Section 4: decorating a class leaves the classes that it inherits from as they are."""
    log = []

    class Base:
        def initialize(self):
            log.append("base")

        def work(self):
            log.append("work")

    @resource
    class Sub(Base):
        def dispose(self):
            log.append("close")

    container = Container()
    container.bind(Base, scope="singleton")
    async with world.inside(container.resource_scope()):
        (await world.get(container, Base)).work()
        (await world.get(container, Sub)).work()
    await world.close(container)

    assert log == ["work", "base", "work", "close"]


# exceptions


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    text: str


class Mute(Exception):
    """Cannot be shown."""

    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class Rigid(Exception):
    """Refuses notes and attributes."""

    def __setattr__(self, name, value):
        raise TypeError("no attributes")

    def add_note(self, note):
        raise TypeError("no notes")


ERRORS = [Frozen("frozen"), Mute("mute"), Rigid("rigid")]


@pytest.mark.parametrize("error", ERRORS, ids=["frozen", "mute", "rigid"])
@pytest.mark.parametrize("kind", SYNC_KINDS)
async def test_odd_errors_of_an_opening(world, story, error, kind):
    """L25: an exception that cannot be marked or shown leaves an opening as itself; the rest is closed."""
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind=kind)
    story.faults["open B"] = error
    caught = None

    try:
        async with world.inside(container.resource_scope()):
            await world.get(container, b)
    except BaseException as raised:
        caught = raised

    assert caught is error
    assert story.closes == ["A"]


@pytest.mark.parametrize("error", ERRORS, ids=["frozen", "mute", "rigid"])
@pytest.mark.parametrize("kind", [kind for kind in SYNC_KINDS if kind != "contextmanager"])
async def test_odd_errors_of_a_body(world, story, error, kind):
    """L25: an exception that cannot be marked or shown leaves a body as itself, also where closings fail."""
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind=kind)
    story.faults["close B"] = Fault("b")
    caught = None

    try:
        async with world.inside(container.resource_scope()):
            await world.get(container, b)
            raise error
    except BaseException as raised:
        caught = raised

    assert caught is error
    assert story.closes == ["B", "A"]


@pytest.mark.parametrize("error", ERRORS, ids=["frozen", "mute", "rigid"])
@pytest.mark.parametrize("failing", [False, True])
async def test_odd_errors_of_a_closing(world, story, error, failing):
    """L23: an exception that cannot be marked or shown is reported by close like any other."""
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B", a)
    story.faults["close B"] = error
    body = Fault("body")
    caught = None

    try:
        async with world.inside(container.resource_scope()):
            await world.get(container, b)
            if failing:
                raise body
    except BaseException as raised:
        caught = raised

    assert story.closes == ["B", "A"]
    if failing:
        assert caught is body
        assert closing_errors(body) == (error,)
    else:
        assert isinstance(caught, CloseError)
        assert caught.exceptions == (error,)


async def test_one_error_raised_by_two_closings(world, story):
    """L23: an exception object that two closings raise is told for each."""
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B", a)
    story.faults["close A"] = story.faults["close B"] = error = Fault("both")

    with pytest.raises(CloseError) as caught:
        async with world.inside(container.resource_scope()):
            await world.get(container, b)

    assert caught.value.exceptions == (error, error)


async def test_a_closing_that_raises_the_bodys_cause(world, story):
    """L25: a closing that raises a new error from the body's error masks nothing."""
    container = Container()
    error = Fault("body")

    def opened():
        try:
            yield 1
        except Fault as raised:
            raise ValueError("translated") from raised

    container.bind("r", resource(opened))
    with pytest.raises(Fault) as caught:
        async with world.inside(container.resource_scope()):
            await world.get(container, "r")
            raise error

    assert caught.value is error
    assert [str(each) for each in closing_errors(error)] == ["translated"]


# moments


async def test_an_observer_that_looks_at_the_container(world, story):
    """Section 9, events: an observer may look at the container at any moment; nothing of ours is locked meanwhile."""
    container = Container()
    looked = []
    container.observe(lambda event: looked.append((container.snapshot(), container.get_all_resources())))
    kind = "async generator" if world.is_async else "generator"
    a = story.add(container, "A", kind=kind, scope="singleton")
    b = story.add(container, "B", a, kind=kind)

    async with world.inside(container), world.inside(container.resource_scope()):
        await world.get(container, b)

    assert len(looked) == 15


async def test_an_observer_that_gets(world, story):
    """Section 9, events: an observer that asks for something disturbs nothing."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, scope="singleton")
    met = []

    def observer(event):
        try:
            met.append(container.get("plain"))
        except TenureError as error:
            met.append(error)

    container.bind("plain", lambda: 7)
    container.observe(observer)
    async with world.inside(container):
        await world.get(container, b)

    assert 7 in met
    assert story.log == ["open A", "open B", "close B", "close A"]


async def test_a_scope_inside_an_opening(world, story):
    """L39: opening code may open a scope of its own; what that owns is closed before the opening ends."""
    container = Container()
    a = story.add(container, "A", scope="request")

    def opened():
        with container.resource_scope():
            container.get(a)
        story.log.append("open S")
        yield "S"
        story.log.append("close S")

    async def aopened():
        async with container.resource_scope():
            await container.aget(a)
        story.log.append("open S")
        yield "S"
        story.log.append("close S")

    container.bind("S", resource(scope="singleton")(aopened if world.is_async else opened))
    async with world.inside(container):
        await world.get(container, "S")

    assert story.log == ["open A", "close A", "open S", "close S"]


async def test_a_scope_inside_a_closing_is_refused(world, story):
    """L39, L50: closing code of the container's own resources opens no scope any more."""
    container = Container()
    met = []

    def opened():
        yield "S"
        try:
            with container.resource_scope():
                met.append("entered")
        except TenureError as error:
            met.append(type(error).__name__)

    container.bind("S", resource(scope="singleton")(opened))
    async with world.inside(container):
        await world.get(container, "S")

    assert met == ["ContainerClosedError"]


async def test_binding_while_opening(world):
    """Section 9: opening code may bind something new and ask for it."""
    container = Container()

    def opened():
        container.bind("late", value=5)
        yield container.get("late")

    container.bind("r", resource(opened))
    async with world.inside(container.resource_scope()):
        assert await world.get(container, "r") == 5


async def test_two_containers_in_one_graph(world, story):
    """L18: a resource that is made from another container's value is closed before that container is."""
    outer, inner = Container(), Container()
    a = story.add(outer, "A", scope="singleton")
    inner.bind("from outer", lambda: outer.get(a), scope="singleton")

    def make(value):
        story.log.append("open B")
        yield value
        story.log.append("close B")

    make.__annotations__ = {"value": "from outer"}

    def opened():
        value = inner.get("from outer")
        story.log.append("open B")
        yield value
        story.log.append("close B")

    inner.bind("B", resource(scope="singleton")(opened))
    async with world.inside(outer), world.inside(inner):
        assert await world.get(inner, "B") is await world.get(outer, a)

    assert story.log == ["open A", "open B", "close B", "close A"]


@ASYNC
async def test_a_cancelled_first_call(world):
    """L33: cancelling the first of several first calls of a lazy object harms the others not."""
    gate, log = world.event(), []

    @resource
    class Client:
        async def initialize(self):
            await gate.wait()
            log.append("open")

        async def dispose(self):
            log.append("close")

        async def fetch(self):
            return 1

    for bound in (Client, Client()):
        log.clear()
        gate = world.event()
        container = Container()
        container.bind(Client, bound)
        async with container.resource_scope():
            client = container.get(Client)
            async with world.tasks() as tasks:
                jobs = [tasks.start(client.fetch) for _ in range(3)]
                await world.settle()
                jobs[0].cancel()
                await jobs[0].wait()
                gate.set()
        assert jobs[0].was_cancelled
        assert [job.value for job in jobs[1:]] == [1, 1]
        assert log == ["open", "close"]


def test_an_abandoned_closing_of_a_shared_instance():
    """L61: after an abandoned closing the shared instance can be opened anew."""
    log = []

    @resource(close_timeout=1)
    class Client:
        async def initialize(self):
            log.append("open")

        async def dispose(self):
            log.append("closing")
            if log.count("closing") == 1:
                await trio.sleep(100)

        async def fetch(self):
            log.append("fetch")

    async def main():
        container = Container()
        container.bind(Client, Client())
        with pytest.raises(CloseError):
            async with container.resource_scope():
                await container.get(Client).fetch()
        async with container.resource_scope():
            await container.get(Client).fetch()
        await container.aclose()

    TrioWorld().run(main, clock=trio.testing.MockClock(autojump_threshold=0))

    assert log == ["open", "fetch", "closing"] * 2


@ASYNC
async def test_two_starts_in_one_scope(world, story):
    """L2: two starts of overlapping keys at the same time open each resource once."""
    container = Container()
    a = story.add(container, "A", kind="async generator")
    b = story.add(container, "B", a, kind="async generator")
    c = story.add(container, "C", a, kind="async generator")

    async with container.resource_scope() as scope:
        async with world.tasks() as tasks:
            jobs = [tasks.start(scope.start, b), tasks.start(scope.start, c), tasks.start(scope.start, b, c)]

    assert [job.error for job in jobs] == [None] * 3
    assert sorted(story.opens) == ["A", "B", "C"]
    assert story.closes[-1] == "A"


@ASYNC
async def test_two_starts_of_which_one_fails(world, story):
    """L4, L11: a start that fails closes nothing that another start needs."""
    container = Container()
    gate, begun = world.event(), world.event()
    a = story.add(container, "A", kind="async generator")
    b = story.add(container, "B", a, kind="async generator")

    @resource
    async def failing(need: a):
        begun.set()
        await gate.wait()
        raise Fault("failing")
        yield

    container.bind("failing", failing)
    async with container.resource_scope() as scope:
        async with world.tasks() as tasks:
            bad = tasks.start(scope.start, "failing")
            await begun.wait()
            good = tasks.start(scope.start, b)
            await good.wait()
            gate.set()
            await bad.wait()
        assert isinstance(bad.error, Fault)
        assert good.error is None
        assert (await scope.aget(b)).needs[0] is await scope.aget(a)
        assert "B" in story.live
        assert "A" in story.live


async def test_a_resource_that_closes_its_own_container(world, story):
    """L39: closing code that closes its container again changes nothing."""
    container = Container()

    def opened():
        yield "S"
        container.close()
        story.log.append("closed")

    container.bind("S", resource(scope="singleton")(opened))
    async with world.inside(container):
        await world.get(container, "S")

    assert story.log == ["closed"]


@ASYNC
async def test_methods_run_concurrently(world):
    """L42: while one method of an open object waits, others run."""
    gate = world.event()

    @resource
    class Client:
        async def initialize(self):
            await checkpoint()

        async def wait(self):
            await gate.wait()
            return "waited"

        async def free(self):
            gate.set()

    container = Container()
    async with container.resource_scope():
        client = container.get(Client)
        async with world.tasks() as tasks:
            job = tasks.start(client.wait)
            await world.settle()
            await client.free()

    assert job.value == "waited"
