"""Acquisition: what is made when, how often, and what a failure leaves behind (L1-L8)."""

import asyncio

import pytest

from tenure import Container, resource
from tenure.errors import ResourceProtocolError
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")


async def test_declaring_runs_nothing(world, story):
    """L1: binding, checking and overriding run no code of the user's."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    story.add(container, "B", a)

    container.check()
    container.findings()
    async with world.inside(container.override(a, a())):
        pass

    assert story.log == []


@pytest.mark.parametrize("kind", SYNC_KINDS)
@pytest.mark.parametrize("scope", ["singleton", "request", None])
async def test_one_per_scope(world, story, kind, scope):
    """L2: within one scope every one who asks gets the identical object, opened once."""
    container = Container()
    a = story.add(container, "A", kind=kind, scope=scope)
    b = story.add(container, "B", a)
    c = story.add(container, "C", a)

    async with world.inside(container), world.inside(container.resource_scope()):
        first = await world.get(container, a)
        through_b = (await world.get(container, b)).needs[0]
        through_c = (await world.get(container, c)).needs[0]

    assert first is through_b is through_c
    assert story.opens == ["A", "B", "C"]


@ASYNC
@pytest.mark.parametrize("kind", ASYNC_KINDS)
@pytest.mark.parametrize("scope", ["singleton", "request", None])
async def test_one_per_scope_asynchronous(world, story, kind, scope):
    """L2: an asynchronous resource is opened once for everybody in its scope."""
    container = Container()
    a = story.add(container, "A", kind=kind, scope=scope)
    b = story.add(container, "B", a, kind="async generator")

    async with container, container.resource_scope():
        first = await container.aget(a)
        through_b = (await container.aget(b)).needs[0]
        from_sync = container.get(a)

    assert first is through_b is from_sync
    assert story.log == ["open A", "open B", "close B", "close A"]


@ASYNC
@pytest.mark.parametrize("kind", SYNC_KINDS + ASYNC_KINDS)
@pytest.mark.parametrize("where", ["root", "scope", "nested"])
async def test_a_hundred_tasks_one_opening(world, story, kind, where):
    """L2: a hundred tasks that ask at the same time cause one opening."""
    container = Container()
    a = story.add(container, "A", kind=kind)

    async def ask():
        found.append(await container.aget(a))

    async def ask_in_scope():
        async with container.resource_scope():
            await ask()

    found = []
    async with container:
        if where == "root":
            async with world.tasks() as tasks:
                jobs = [tasks.start(ask) for _ in range(100)]
        elif where == "scope":
            async with container.resource_scope(), world.tasks() as tasks:
                jobs = [tasks.start(ask) for _ in range(100)]
        else:
            await container.aget(a)
            async with world.tasks() as tasks:
                jobs = [tasks.start(ask_in_scope) for _ in range(100)]

    assert [job.error for job in jobs] == [None] * 100
    assert len({id(each) for each in found}) == 1
    assert story.log == ["open A", "close A"]


@pytest.mark.parametrize("kind", SYNC_KINDS + ASYNC_KINDS)
async def test_a_failed_opening_owes_nothing(world, story, kind):
    """L3, L5: what failed to open is not closed; what it needed stays owed by the scope and is closed with it."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B", a, kind=kind)
    story.faults["open B"] = Fault("b")

    async with world.inside(container.resource_scope()):
        with pytest.raises(Fault) as caught:
            await world.get(container, b)
        at_failure = list(story.log)

    assert caught.value is story.faults["open B"]
    assert at_failure == ["open A", "fail B"]
    assert story.log == ["open A", "fail B", "close A"]


@pytest.mark.parametrize("kind", SYNC_KINDS + ASYNC_KINDS)
@pytest.mark.parametrize("scope", ["singleton", "request", "transient", None])
async def test_failure_is_not_remembered(world, story, kind, scope):
    """L7: the get after a failed one tries again."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind, scope=scope)
    story.faults["open A"] = Fault("once")

    async with world.inside(container.resource_scope()):
        with pytest.raises(Fault):
            await world.get(container, a)
        story.faults.clear()
        value = await world.get(container, a)
    await world.close(container)

    assert value.name == "A"
    assert story.log == ["fail A", "open A", "close A"]


@pytest.mark.parametrize("value", [None, 0, False, "", ValueError("a value"), StopIteration(1), NotImplemented])
@pytest.mark.parametrize("is_async", [False, True])
async def test_odd_values_are_values(world, value, is_async):
    """L6: None, 0, False and exception objects are legal resources, and are remembered."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")
    n_opened = 0

    def opened():
        nonlocal n_opened
        n_opened += 1
        yield value

    async def aopened():
        nonlocal n_opened
        n_opened += 1
        yield value

    container = Container()
    container.bind("odd", resource(aopened if is_async else opened))

    async with world.inside(container.resource_scope()):
        first = await world.get(container, "odd")
        second = await world.get(container, "odd")

    assert first is second is value
    assert n_opened == 1


async def test_a_coroutine_is_a_value(world):
    """L6: a resource that is a coroutine is handed out, not awaited."""

    async def later():
        return 42

    def opened():
        coroutine = later()
        yield coroutine
        coroutine.close()

    container = Container()
    container.bind("coroutine", resource(opened))

    async with world.inside(container.resource_scope()):
        found = await world.get(container, "coroutine")

        assert asyncio.iscoroutine(found)


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_generator_that_never_yields(world, is_async):
    """L6: a generator without a yield is an error that names it, and nothing is owed."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")

    def never():
        return
        yield

    async def anever():
        return
        yield

    container = Container()
    container.bind("never", resource(anever if is_async else never))

    async with world.inside(container.resource_scope()):
        with pytest.raises(ResourceProtocolError, match="never"):
            await world.get(container, "never")

        assert container.get_all_resources() == {}


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("failing", [False, True])
async def test_a_generator_that_yields_twice(world, is_async, failing):
    """L6: a second yield is an error at closing, the generator is closed, the body's error still leaves as itself."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")
    log = []

    def twice():
        try:
            try:
                yield 1
            except Fault:
                pass
            yield 2
        finally:
            log.append("closed")

    async def atwice():
        try:
            try:
                yield 1
            except Fault:
                pass
            yield 2
        finally:
            log.append("closed")

    container = Container()
    container.bind("twice", resource(atwice if is_async else twice))
    body_error = Fault("body")

    with pytest.raises(BaseException) as caught:  # noqa: PT011 - looked at below
        async with world.inside(container.resource_scope()):
            await world.get(container, "twice")
            if failing:
                raise body_error

    assert log == ["closed"]
    if failing:
        assert caught.value is body_error
        assert "second time" in "".join(body_error.__notes__)
    else:
        assert isinstance(caught.value.exceptions[0], ResourceProtocolError)


@ASYNC
@pytest.mark.parametrize("kind", ["async generator", "async context class", "async methods class"])
async def test_a_shared_failure_does_not_grow(world, story, kind):
    """L7: waiters that share one failure get the same exception with a traceback that does not grow by raising."""
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    story.faults["open A"] = Fault("shared")

    def depth(error):
        trace, count = error.__traceback__, 0
        while trace is not None:
            trace, count = trace.tb_next, count + 1
        return count

    async def ask():
        try:
            await container.aget(a)
        except Fault as error:
            depths.append(depth(error))

    depths = []
    async with world.tasks() as tasks:
        for _ in range(10):
            tasks.start(ask)
    await container.aclose()

    assert len(depths) == 10
    assert max(depths) <= depths[0] + 6


@pytest.mark.parametrize("kind", SYNC_KINDS)
async def test_rolled_back_start_can_be_repeated(world, story, kind):
    """L4: a failed eager start closes in reverse what it opened, and the container can be started again."""
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    b = story.add(container, "B", a, kind=kind, scope="singleton")
    c = story.add(container, "C", b, kind=kind, scope="singleton")
    story.faults["open C"] = error = Fault("c")

    with pytest.raises(Fault) as caught:
        async with world.inside(container):
            raise AssertionError("the body must not run")
    after_failure = list(story.log)
    story.faults.clear()
    async with world.inside(container):
        values = await world.get(container, c)

    assert caught.value is error
    assert after_failure == ["open A", "open B", "fail C", "close B", "close A"]
    assert story.log[5:] == ["open A", "open B", "open C", "close C", "close B", "close A"]
    assert values.needs[0].needs[0].name == "A"
    assert story.live == []


async def test_a_rolled_back_resource_leaves_no_dead_dependency(world, story):
    """L4, L58: after a rolled back start no plain value keeps a resource that was closed."""
    container = Container()
    a = story.add(container, "A", scope="singleton")

    class Plain:
        def __init__(self, resource):
            self.resource = resource

    def plain(resource: a) -> Plain:
        return Plain(resource)

    container.bind(Plain, plain, scope="singleton")
    b = story.add(container, "B", Plain, scope="singleton")
    story.faults["open B"] = Fault("b")

    with pytest.raises(Fault):
        await world.start(container)
    story.faults.clear()
    async with world.inside(container):
        value = await world.get(container, Plain)
        current = await world.get(container, a)
        assert b

        assert value.resource is current


async def test_given_values_are_never_closed(world, story):
    """L12: what the user gives to a scope is handed out and never opened or closed."""
    container = Container()
    key, target = story.target("A", kind="context class")
    given = resource(target)()
    container.declare(key)

    async with world.inside(container.resource_scope(values={key: given})):
        assert await world.get(container, key) is given
    await world.close(container)

    assert story.log == []


@pytest.mark.parametrize("kind", [kind for kind in SYNC_KINDS if "class" in kind])
async def test_plain_instances_are_never_entered(world, story, kind):
    """Section 9: an instance of a class that nobody declared a resource is a plain value."""
    container = Container()
    key, target = story.target("A", kind=kind)
    container.bind(key, target())

    async with world.inside(container), world.inside(container.resource_scope()):
        assert await world.get(container, key)

    assert story.log == []


async def test_an_undeclared_class_is_never_entered(world, story):
    """Section 9: a class that merely happens to be a context manager is made, not entered."""
    container = Container()
    key, target = story.target("A", kind="context class")
    container.bind(key, target)
    other, by_methods = story.target("B", kind="methods class")
    container.bind(other, by_methods, scope="singleton")

    async with world.inside(container), world.inside(container.resource_scope()):
        assert await world.get(container, key)
        assert await world.get(container, other)

    assert story.log == []


async def test_bound_on_request(world, story):
    """Section 9: `resource=True` and `close=` make a resource of a class that nobody decorated."""
    container = Container()
    key, target = story.target("A", kind="context class")
    container.bind(key, target, resource=True)

    class Client:
        def shut(self):
            story.log.append("shut")

    container.bind(Client, close="shut")
    container.bind("by function", Client, close=lambda client: story.log.append("function"))

    async with world.inside(container.resource_scope()):
        for wanted in (key, Client, "by function"):
            assert await world.get(container, wanted)

    assert story.log == ["open A", "function", "shut", "close A"]
