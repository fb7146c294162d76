"""Sync and async: what is refused when, lazily opened objects, opening and closing by hand (L51, sections 4 and 9)."""

import contextlib
import inspect
import pickle

import pytest

from tenure import Container, managed_resource, resource
from tenure.errors import AsyncInSyncError, BindingError, ContainerClosedError, GraphError
from tests.engine.support import ASYNC_KINDS, Fault, checkpoint

ASYNC = pytest.mark.worlds("asyncio", "trio")
NOT_LAZY = tuple(kind for kind in ASYNC_KINDS if "methods" not in kind)


@pytest.mark.worlds("sync")
@pytest.mark.parametrize("kind", NOT_LAZY)
async def test_async_from_sync_fails_before_any_side_effect(world, story, kind):
    """L51: a plain get that needs something asynchronous fails before anything is made, and names the way out."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", kind=kind, scope="singleton")
    c = story.add(container, "C", a, b, scope="singleton")

    with pytest.raises(AsyncInSyncError, match="aget") as caught:
        container.get(c)
    with pytest.raises(AsyncInSyncError):
        container.start_sync()
    container.close()

    assert caught.value.labels == ("B",)
    assert story.log == []


@ASYNC
@pytest.mark.parametrize("kind", ASYNC_KINDS)
async def test_a_plain_get_gives_what_is_open(world, story, kind):
    """Section 4: a plain get gives an asynchronous resource that is open already, also inside sync dependents."""
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    b = story.add(container, "B", a)
    value = await container.aget(a)

    async with container.resource_scope():
        assert container.get(a) is value
        assert container.get(b).needs[0] is value
    await container.aclose()

    assert story.log == ["open A", "open B", "close B", "close A"]


@ASYNC
@pytest.mark.parametrize("kind", ASYNC_KINDS)
async def test_a_plain_close_of_something_async(world, story, kind):
    """L51: a plain close that would have to await fails before anything is closed; a later aclose does the job."""
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    b = story.add(container, "B", a, scope="singleton")
    await container.aget(b)

    with pytest.raises(AsyncInSyncError, match="aclose"):
        container.close()
    after_refusal = list(story.log)
    still = await container.aget(b)
    await container.aclose()

    assert after_refusal == ["open A", "open B"]
    assert still.name == "B"
    assert story.log == ["open A", "open B", "close B", "close A"]


@ASYNC
@pytest.mark.parametrize("kind", ASYNC_KINDS)
async def test_async_resources_in_a_plain_scope(world, story, kind):
    """Section 9: a scope entered by plain `with` refuses what it could not close, before it is opened."""
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a)

    with container.resource_scope():
        for wanted in (a, b):
            with pytest.raises(AsyncInSyncError):
                await container.aget(wanted)
            with pytest.raises(AsyncInSyncError):
                container.get(wanted)

    assert story.log == []


@ASYNC
async def test_an_open_instance_in_an_overlapping_plain_scope(world, story):
    """Section 9: also an object that another scope holds open is refused in a plain scope that overlaps it."""
    container = Container()
    key, target = story.target("A", kind="async methods class")
    container.bind(key, resource(target)())
    entered, may_leave = world.event(), world.event()

    async def request():
        async with container.resource_scope():
            await container.aget(key)
            entered.set()
            await may_leave.wait()

    async with world.tasks() as tasks:
        job = tasks.start(request)
        await entered.wait()
        with pytest.raises(AsyncInSyncError):
            with container.resource_scope():
                container.get(key)
                may_leave.set()
                await job.wait()
        may_leave.set()

    assert job.error is None
    assert story.log == ["open A", "close A"]
    assert len(container.snapshot().scopes) == 1


@ASYNC
async def test_an_outer_async_scope_serves_a_plain_one(world, story):
    """Section 9: what an outer asynchronous scope holds open can be used in a plain scope inside it."""
    container = Container()
    a = story.add(container, "A", kind="async generator")
    b = story.add(container, "B", a)

    async with container.resource_scope():
        value = await container.aget(a)
        with container.resource_scope():
            assert container.get(a) is value
            assert container.get(b).needs[0] is value

    assert story.log == ["open A", "open B", "close B", "close A"]


def test_check_finds_async_in_sync(story):
    """L51: check(sync=True) reports everything that a program without a loop could not open."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    story.add(container, "B", a, scope="singleton")

    container.check()
    with pytest.raises(GraphError, match="async-in-sync") as caught:
        container.check(sync=True)

    assert "A" in str(caught.value)


# lazily opened objects


def lazy_class(log, **options):  # noqa: C901 - one class with a method of each kind
    @resource(**options)
    class Client:
        """A client."""

        def __init__(self):
            self.n_calls = 0

        async def initialize(self):
            await checkpoint()
            log.append("open")

        async def dispose(self):
            log.append("close")
            await checkpoint()

        async def fetch(self, number=1):
            self.n_calls += 1
            log.append(f"fetch {number}")
            return number

        async def stream(self, count):
            for number in range(count):
                got = yield number
                if got:
                    log.append(f"got {got}")

        @contextlib.asynccontextmanager
        async def session(self):
            log.append("enter")
            try:
                yield self
            finally:
                log.append("leave")

        async def connection(self):
            return self.session()

        def plain(self):
            return "plain"

        @property
        def size(self):
            return self.n_calls

    return Client


@ASYNC
@pytest.mark.parametrize("bound", ["class", "instance", "autobound"])
async def test_the_first_awaited_method_opens(world, bound):
    """Section 4: the first awaited method call of an object that a plain get gave opens it, once."""
    log = []
    Client = lazy_class(log)
    container = Container()
    if bound != "autobound":
        container.bind(Client, Client() if bound == "instance" else Client)

    async with container.resource_scope():
        client = container.get(Client)
        assert container.get(Client) is client
        assert log == []
        assert client.plain() == "plain"
        assert client.size == 0
        assert await client.fetch(5) == 5
        assert await client.fetch(6) == 6

    assert log == ["open", "fetch 5", "fetch 6", "close"]


@ASYNC
async def test_a_hundred_first_calls(world):
    """Section 4: a hundred concurrent first calls open once."""
    log = []
    Client = lazy_class(log)
    container = Container()

    async with container.resource_scope():
        client = container.get(Client)
        async with world.tasks() as tasks:
            jobs = [tasks.start(client.fetch, number) for number in range(100)]

    assert [job.error for job in jobs] == [None] * 100
    assert log.count("open") == log.count("close") == 1
    assert log[0] == "open"
    assert log[-1] == "close"


@ASYNC
async def test_async_generator_methods_open(world):
    """Section 9: asynchronous generator methods open their object too, and are driven like any generator."""
    log = []
    Client = lazy_class(log)
    container = Container()

    async with container.resource_scope():
        stream = container.get(Client).stream(3)
        assert await anext(stream) == 0
        assert await stream.asend("hello") == 1
        assert [number async for number in stream] == [2]

    assert log == ["open", "got hello", "close"]


@ASYNC
async def test_a_call_that_gives_a_context_manager(world):
    """Section 4: `async with obj.method()` and `await obj.method()` both work."""
    log = []
    Client = lazy_class(log)
    container = Container()

    async with container.resource_scope():
        client = container.get(Client)
        async with client.connection() as session:
            assert session is client
        manager = await client.connection()
        async with manager:
            pass
        with pytest.raises(TypeError, match="fetch"):
            async with client.fetch():
                pass

    assert log == ["open", "enter", "leave", "enter", "leave", "fetch 1", "close"]


@ASYNC
async def test_an_opening_that_fails_leaves_through_the_method(world):
    """L7: the error of a lazy opening leaves the method call, and the next call tries again."""
    log, faults = [], [Fault("first")]

    @resource
    class Client:
        async def initialize(self):
            if faults:
                raise faults[0]
            log.append("open")

        async def dispose(self):
            log.append("close")

        async def fetch(self):
            log.append("fetch")

    container = Container()
    async with container.resource_scope():
        client = container.get(Client)
        with pytest.raises(Fault) as caught:
            await client.fetch()
        assert caught.value is faults.pop()
        await client.fetch()

    assert log == ["open", "fetch", "close"]


@ASYNC
async def test_after_its_scope_an_object_is_not_opened_again(world):
    """4.12: an object whose scope was left is never opened again by itself: its methods are refused."""
    log = []
    Client = lazy_class(log)
    container = Container()
    async with container.resource_scope():
        client = container.get(Client)
        await client.fetch()

    with pytest.raises(ContainerClosedError):
        await client.fetch()

    assert log == ["open", "fetch 1", "close"]


def test_the_class_stays_the_class():
    """Section 4: the decorator returns the same class: isinstance, pickling, annotations and introspection hold."""
    log = []

    class Client:
        async def initialize(self):
            log.append("open")

        async def fetch(self, number: int) -> str:
            """Fetch it."""

        def plain(self):
            pass

    decorated = resource(Client)

    assert decorated is Client
    assert isinstance(Client(), Client)
    assert inspect.signature(Client.fetch).parameters["number"].annotation is int
    assert Client.fetch.__doc__ == "Fetch it."
    assert Client.fetch.__name__ == "fetch"


@resource
class Pickled:
    def __init__(self, number):
        self.number = number

    async def initialize(self):
        pass

    async def fetch(self):
        return self.number


def test_instances_can_be_pickled():
    """Section 4: instances of a decorated class pickle as before."""
    assert pickle.loads(pickle.dumps(Pickled(7))).number == 7


@ASYNC
async def test_unmanaged_objects_behave_as_if_never_decorated(world):
    """Section 4: an object that no container manages behaves as if its class had never been decorated."""
    log = []
    client = lazy_class(log)()

    assert await client.fetch(3) == 3
    await client.initialize()
    await client.initialize()
    assert [number async for number in client.stream(2)] == [0, 1]
    await client.dispose()

    assert log == ["fetch 3", "open", "open", "close"]


@ASYNC
async def test_own_calls_while_opening_and_closing(world):
    """Section 9: calls that a resource makes on itself while it opens or closes go straight to its own methods."""
    log = []

    @resource
    class Client:
        async def initialize(self):
            await self.ping("opening")
            log.append("open")

        async def dispose(self):
            await self.ping("closing")
            log.extend([number async for number in self.numbers()])
            self.plain()
            log.append("close")

        async def ping(self, when):
            log.append(when)

        async def numbers(self):
            yield 1

        def plain(self):
            log.append("plain")

    for bound in (Client, Client()):
        log.clear()
        container = Container()
        container.bind(Client, bound, scope="singleton")
        async with container:
            await (await container.aget(Client)).ping("use")
        assert log == ["opening", "open", "use", "closing", 1, "plain", "close"]


@pytest.mark.worlds("sync")
async def test_own_calls_of_a_plain_resource(world):
    """Section 9: the same for a class whose methods are synchronous."""
    log = []

    @resource
    class Client:
        def initialize(self):
            self.ping("opening")

        def dispose(self):
            self.ping("closing")

        def ping(self, when):
            log.append(when)

    for bound in (Client, Client()):
        log.clear()
        container = Container()
        container.bind(Client, bound)
        with container.resource_scope():
            container.get(Client).ping("use")
        assert log == ["opening", "use", "closing"]


async def test_by_hand(world, story):
    """Section 4: on a managed object `initialize` and `dispose` are the library's: never twice, and owed no more."""
    container = Container()
    kind = "async methods class" if world.is_async else "methods class"
    key, target = story.target("A", kind=kind)
    container.bind(key, resource(target))

    async def act(call):
        result = call()
        if world.is_async:
            await result

    async with world.inside(container.resource_scope()):
        value = await world.get(container, key)
        await act(value.initialize)
        await act(value.initialize)
        opened = list(story.log)
        await act(value.dispose)
        await act(value.dispose)
        closed = list(story.log)
    await world.close(container)

    assert opened == ["open A"]
    assert closed == story.log == ["open A", "close A"]


async def test_by_hand_on_a_bound_instance(world, story):
    """Section 4: what the user opens by hand in a scope is closed with the scope."""
    container = Container()
    kind = "async methods class" if world.is_async else "methods class"
    key, target = story.target("A", kind=kind)
    value = resource(target)()
    container.bind(key, value)

    async with world.inside(container.resource_scope()):
        result = value.initialize()
        if world.is_async:
            await result
        assert await world.get(container, key) is value

    assert story.log == ["open A", "close A"]


async def test_closed_by_hand_and_opened_again(world, story):
    """Section 4: an object closed by hand can be opened by hand again, and is owed again."""
    container = Container()
    kind = "async methods class" if world.is_async else "methods class"
    a = story.add(container, "A", kind=kind, scope="singleton")

    async def act(call):
        result = call()
        if world.is_async:
            await result

    async with world.inside(container):
        value = await world.get(container, a)
        await act(value.dispose)
        await act(value.initialize)

    assert story.log == ["open A", "close A", "open A", "close A"]


async def test_an_error_of_a_close_by_hand(world, story):
    """Section 4: the error of a close by hand leaves as it is, and the scope owes nothing for it."""
    container = Container()
    kind = "async methods class" if world.is_async else "methods class"
    a = story.add(container, "A", kind=kind)
    story.faults["close A"] = Fault("a")

    async with world.inside(container.resource_scope()):
        value = await world.get(container, a)
        with pytest.raises(Fault):
            result = value.dispose()
            if world.is_async:
                await result

    assert story.log == ["open A", "close A"]


@ASYNC
async def test_concurrent_closes_by_hand(world, story):
    """L9: two closes by hand at the same time close once."""
    container = Container()
    a = story.add(container, "A", kind="async methods class", scope="singleton")
    value = await container.aget(a)

    async with world.tasks() as tasks:
        jobs = [tasks.start(value.dispose) for _ in range(5)]
        last = tasks.start(container.aclose)

    assert [job.error for job in (*jobs, last)] == [None] * 6
    assert story.log == ["open A", "close A"]


@pytest.mark.parametrize("declared", [False, True])
async def test_a_subclass_that_overrides(world, declared):  # noqa: C901 - the same two classes in both colours
    """Section 4: a subclass of a resource class is one too, with the methods it overrides."""
    log = []

    if world.is_async:

        @resource(scope="singleton")
        class Base:
            async def initialize(self):
                log.append("base open")

            async def dispose(self):
                log.append("base close")

            async def work(self):
                log.append("work")

        class Sub(Base):
            async def initialize(self):
                await super().initialize()
                log.append("sub open")

            async def dispose(self):
                log.append("sub close")
                await super().dispose()

            async def more(self):
                await self.work()
                log.append("more")

    else:

        @resource(scope="singleton")
        class Base:
            def initialize(self):
                log.append("base open")

            def dispose(self):
                log.append("base close")

            def work(self):
                log.append("work")

        class Sub(Base):
            def initialize(self):
                super().initialize()
                log.append("sub open")

            def dispose(self):
                log.append("sub close")
                super().dispose()

            def more(self):
                self.work()
                log.append("more")

    if declared:
        resource(scope="singleton")(Sub)
    container = Container()
    container.bind(Sub)
    container.bind(Base, Sub, scope="request")

    async with world.inside(container):
        result = (await world.get(container, Sub)).more()
        if world.is_async:
            await result

    assert log == ["base open", "sub open", "work", "more", "sub close", "base close"]


@ASYNC
async def test_only_dispose(world):
    """Section 9: a class with only an asynchronous dispose is open once it exists."""
    log = []

    @resource
    class Client:
        async def dispose(self):
            log.append("close")

        async def fetch(self):
            log.append("fetch")

    container = Container()
    async with container.resource_scope():
        client = container.get(Client)
        await client.fetch()
    with container.resource_scope():
        with pytest.raises(AsyncInSyncError):
            container.get(Client)

    assert log == ["fetch", "close"]


async def test_only_initialize(world):
    """Section 4: a class with initialize alone is opened, and nothing is owed."""
    log = []

    @resource
    class Client:
        def initialize(self):
            log.append("open")

    container = Container()
    async with world.inside(container.resource_scope()):
        await world.get(container, Client)

    assert log == ["open"]


async def test_cleanup_is_a_spelling_of_close(world):
    """Section 4: `cleanup` is a spelling of close."""
    log = []

    @resource
    class Client:
        def cleanup(self):
            log.append("close")

    container = Container()
    async with world.inside(container.resource_scope()):
        await world.get(container, Client)

    assert log == ["close"]


async def test_managed_resource(world):
    """Section 4: managed_resource gives a class opening and closing functions."""
    log = []

    @managed_resource(initialize_func=lambda c: c.start(), dispose_func=lambda c: c.stop())
    class Client:
        if world.is_async:

            async def start(self):
                log.append("open")

            async def stop(self):
                log.append("close")

            async def work(self):
                log.append("work")

        else:

            def start(self):
                log.append("open")

            def stop(self):
                log.append("close")

            def work(self):
                log.append("work")

    container = Container()
    async with world.inside(container.resource_scope()):
        result = (await world.get(container, Client)).work()
        if world.is_async:
            await result

    assert log == ["open", "work", "close"]


def test_both_kinds_of_context_manager():
    """Section 9: a class with both kinds of context-manager methods is asynchronous."""

    @resource
    class Both:
        def __enter__(self):
            return self

        def __exit__(self, *outcome):
            pass

        async def __aenter__(self):
            return self

        async def __aexit__(self, *outcome):
            pass

    container = Container()
    with pytest.raises(AsyncInSyncError):
        container.get(Both)


@pytest.mark.parametrize("target", [7, "text", None])
def test_what_cannot_be_declared(target):
    """Section 5: a decorator on something that is no class or function says what to do instead."""
    with pytest.raises((BindingError, TypeError)):
        resource(scope="singleton")(target)


async def test_plain_functions_as_resources(world):
    """Section 4: plain and coroutine functions are resources that owe nothing."""
    container = Container()

    @resource
    def plain():
        return {"a": 1}

    container.bind("plain", plain)
    async with world.inside(container.resource_scope()):
        first = await world.get(container, "plain")
        assert first is await world.get(container, "plain")
    if world.is_async:

        @resource(scope="singleton")
        async def coroutine():
            await checkpoint()
            return {"b": 2}

        container.bind("coroutine", coroutine)
        async with container:
            assert container.get("coroutine") == {"b": 2}
