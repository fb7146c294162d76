"""Release: once, completely, never early, with the outcome told, and nothing kept afterwards (L9-L17)."""

import gc
import itertools
import weakref

import pytest

from tenure import Container, resource
from tenure.errors import ContainerClosedError
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")
ALL = SYNC_KINDS + ASYNC_KINDS


def needs_loop(world, kind):
    if kind not in world.kinds:
        pytest.skip("needs a loop")


@pytest.mark.parametrize("kind", ALL)
async def test_each_is_closed_once(world, story, kind):
    """L9: closing again after closing changes nothing."""
    needs_loop(world, kind)
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")

    async with world.inside(container):
        await world.get(container, a)
        await world.close(container)
        await world.close(container)
    await world.close(container)

    assert story.log == ["open A", "close A"]


async def test_closing_what_never_started(world):
    """L15: closing a container that made nothing is a no-op."""
    container = Container()

    await world.close(container)
    await world.close(container)

    assert container.snapshot().state == "closed"


async def test_a_second_close_after_a_failing_one_is_a_no_op(world, story):
    """L15: closing what is closed is a no-op, also after a close that raised."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    story.faults["close A"] = Fault("a")
    await world.get(container, a)
    with pytest.raises(BaseExceptionGroup):
        await world.close(container)

    await world.close(container)

    assert story.log == ["open A", "close A"]


@pytest.mark.parametrize("kind", ALL)
async def test_the_outcome_is_told(world, story, kind):
    """L13: every resource of the scope is shown the very exception that ended the body."""
    needs_loop(world, kind)
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind=kind)
    error = Fault("body")

    with pytest.raises(Fault) as caught:
        async with world.inside(container.resource_scope()):
            await world.get(container, b)
            raise error

    assert caught.value is error
    assert story.log == ["open A", "open B", "close B", "close A"]
    if "methods" not in kind:
        assert story.told["A"] is story.told["B"] is error


@pytest.mark.parametrize("kind", ALL)
async def test_no_outcome_is_told_where_nothing_failed(world, story, kind):
    """L13: on a plain close nothing is shown."""
    needs_loop(world, kind)
    container = Container()
    a = story.add(container, "A", kind=kind)

    async with world.inside(container.resource_scope()):
        await world.get(container, a)

    assert story.told == {}


async def test_a_failed_sibling_is_the_outcome_of_a_start(world, story):
    """L13: what is rolled back is shown the failure of the start."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    story.add(container, "B", a, scope="singleton")
    story.faults["open B"] = error = Fault("b")

    with pytest.raises(Fault):
        await world.start(container)

    assert story.told["A"] is error


def swallowing(log, name, is_async):
    def swallow():
        try:
            yield name
        except Exception as error:
            log.append((name, error))

    async def aswallow():
        try:
            yield name
        except Exception as error:
            log.append((name, error))

    return aswallow if is_async else swallow


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("scope", [None, "singleton"])
async def test_swallowing_hides_nothing(world, is_async, scope):
    """L14: a resource that swallows the exception hides it neither from the caller nor from the other resources."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")
    log = []
    container = Container()
    for name in ("first", "second"):
        container.bind(name, resource(scope=scope)(swallowing(log, name, is_async)))
    error = Fault("body")

    with pytest.raises(Fault) as caught:
        async with world.inside(container), world.inside(container.resource_scope()):
            await world.get(container, "first")
            await world.get(container, "second")
            raise error

    assert caught.value is error
    assert {name for name, _ in log} == {"first", "second"}
    assert all(told is error for _, told in log)


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("scope", [None, "singleton"])
async def test_swallowing_where_it_was_declared(world, is_async, scope):
    """L14: a resource with suppress=True turns the failure into success, and the others were still shown it."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")
    log = []
    container = Container()
    container.bind("first", resource(scope=scope)(swallowing(log, "first", is_async)))
    container.bind("second", resource(scope=scope, suppress=True)(swallowing(log, "second", is_async)))
    error = Fault("body")

    async with world.inside(container), world.inside(container.resource_scope()):
        await world.get(container, "first")
        await world.get(container, "second")
        raise error

    assert {name for name, _ in log} == {"first", "second"}
    assert all(told is error for _, told in log)


@pytest.mark.parametrize("error", [StopIteration("stop"), GeneratorExit(), KeyboardInterrupt(), SystemExit(3)])
@pytest.mark.parametrize("is_async", [False, True])
async def test_odd_outcomes_leave_as_themselves(world, story, error, is_async):
    """L13, L26: exceptions that generators treat in a way of their own are told and leave like any other."""
    if is_async and not world.is_async:
        pytest.skip("needs a loop")
    container = Container()
    kind = "async generator" if is_async else "generator"
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind="contextmanager")
    caught = None

    scope = world.inside(container.resource_scope())
    await scope.__aenter__()
    await world.get(container, b)
    try:
        assert not await scope.__aexit__(type(error), error, None)
    except BaseException as raised:
        caught = raised

    assert caught is None
    assert story.closes == ["B", "A"]
    assert story.told["A"] is story.told["B"] is error
    assert not hasattr(error, "__notes__")


@pytest.mark.worlds("asyncio", "trio")
async def test_stop_async_iteration_as_outcome(world, story):
    """L13: StopAsyncIteration is told to an async generator without being taken for its end."""
    container = Container()
    a = story.add(container, "A", kind="async generator")
    error = StopAsyncIteration("stop")

    scope = container.resource_scope()
    await scope.__aenter__()
    await container.aget(a)
    assert not await scope.__aexit__(type(error), error, None)

    assert story.told["A"] is error


@ASYNC
@pytest.mark.parametrize("kind", ["async generator", "async methods class", "generator"])
async def test_a_second_close_joins_the_first(world, story, kind):
    """L15: a concurrent second close returns only after the first has finished, with the same outcome."""
    container = Container()
    gate, begun = world.event(), world.event()
    story.faults["close A"] = Fault("a")
    a = story.add(container, "A", kind=kind, scope="singleton")

    @resource(scope="singleton")
    async def slow(dependency: a):
        yield "slow"
        begun.set()
        await gate.wait()

    container.bind("slow", slow)
    await container.aget("slow")
    async with world.tasks() as tasks:
        first = tasks.start(container.aclose)
        await begun.wait()
        second = tasks.start(container.aclose)
        await world.settle()
        early = (first.is_done, second.is_done)
        gate.set()

    assert early == (False, False)
    assert story.closes == ["A"]
    for job in (first, second):
        assert isinstance(job.error, BaseExceptionGroup)
        assert job.error.exceptions == (story.faults["close A"],)


@ASYNC
async def test_a_cancelled_joiner_leaves_at_once(world):
    """L33: the second close may be cancelled while it waits; the first goes on."""
    container = Container()
    gate, begun, ended = world.event(), world.event(), []

    @resource(scope="singleton")
    async def slow():
        yield "slow"
        begun.set()
        await gate.wait()
        ended.append("closed")

    container.bind("slow", slow)
    await container.aget("slow")
    async with world.tasks() as tasks:
        first = tasks.start(container.aclose)
        await begun.wait()
        second = tasks.start(container.aclose)
        await world.settle()
        second.cancel()
        await second.wait()
        early = first.is_done
        gate.set()

    assert second.was_cancelled
    assert not early
    assert first.error is None
    assert ended == ["closed"]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("where", ["root", "scope"])
@pytest.mark.parametrize("failing", [None, "body", "close"])
async def test_nothing_is_kept_after_close(world, story, kind, where, failing):
    """L16: after close every instance dies without the garbage collector, also where something failed."""
    needs_loop(world, kind)
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton" if where == "root" else None)
    b = story.add(container, "B", a, kind=kind, scope="singleton" if where == "root" else None)

    class Plain:
        def __init__(self, one: a, two: b):
            self.one, self.two = one, two

    plains = []
    container.bind(Plain, scope="singleton" if where == "root" else "request")
    if failing == "close":
        story.faults["close A"] = Fault("close")

    async def life():
        try:
            async with world.inside(container if where == "root" else container.resource_scope()):
                plains.append(weakref.ref(await world.get(container, Plain)))
                if failing == "body":
                    raise Fault("body")
        except (Fault, ExceptionGroup):
            pass

    gc.collect()
    gc.disable()
    try:
        await life()
        story.faults.clear()
        story.told.clear()
        if world.is_async:
            await world.settle()
        alive = [name for name, refs in story.made_weakly.items() for ref in refs if ref() is not None]
        alive += [ref() for ref in plains if ref() is not None]
    finally:
        gc.enable()

    assert alive == []


async def test_get_after_close_is_refused(world, story):
    """L50: a closed container gives nothing, whether it was made before or not, and makes nothing."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", scope="singleton")
    c = story.add(container, "C")
    container.bind("plain", value=1)
    container.bind("made", lambda: object(), scope="singleton")
    await world.get(container, a)
    await world.get(container, "made")
    await world.close(container)

    for key in (a, b, c, "made"):
        with pytest.raises(ContainerClosedError):
            await world.get(container, key)
    with pytest.raises(ContainerClosedError):
        async with world.inside(container.resource_scope()):
            raise AssertionError("a scope of a closed container")
    with pytest.raises(ContainerClosedError):
        container.bind("another", value=2)
    with pytest.raises(ContainerClosedError):
        async with world.inside(container.override(a, value=3)):
            raise AssertionError("an override in a closed container")

    assert story.log == ["open A", "close A"]


async def test_a_left_scope_is_closed(world, story):
    """L50: a scope that was left gives nothing, opens nothing and is not entered again."""
    container = Container()
    a = story.add(container, "A")
    b = story.add(container, "B", scope="request")
    handle = world.inside(container.resource_scope())
    async with handle as scope:
        await world.get(scope, a)

    for key in (a, b):
        with pytest.raises(ContainerClosedError):
            await world.get(scope, key)
    with pytest.raises(ContainerClosedError):
        await world.start(scope, a)
    with pytest.raises(RuntimeError, match="entered"):
        await handle.__aenter__()

    assert story.log == ["open A", "close A"]


@pytest.mark.parametrize("kind", ALL)
async def test_restart_gives_fresh_instances(world, story, kind):
    """L59: start and close can be repeated; each life has instances of its own, and nothing piles up."""
    needs_loop(world, kind)
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    container.bind("plain", lambda: object(), scope="singleton")
    found, plain = [], []

    for _ in range(5):
        async with world.inside(container):
            found.append(await world.get(container, a))
            plain.append(await world.get(container, "plain"))

    assert len({id(each) for each in found}) == len({id(each) for each in plain}) == 5
    assert story.log == ["open A", "close A"] * 5


async def test_entering_a_container_twice(world):
    """L59: entering a container that is entered is an error, and it stays as it is."""
    container = Container()

    async with world.inside(container):
        with pytest.raises(RuntimeError, match="entered"):
            async with world.inside(container):
                raise AssertionError("entered twice")

        assert container.snapshot().state == "open"


async def test_request_scopes_leave_nothing_behind(world, story):
    """L46: after many request scopes the container is as small as after one."""
    container = Container()
    kind = "async generator" if world.is_async else "generator"
    a = story.add(container, "A", kind=kind, scope="request")
    b = story.add(container, "B", a, scope="transient")

    async def one():
        async with world.inside(container.resource_scope()):
            await world.get(container, b)

    async def size(count):
        for _ in range(count):
            await one()
        story.__init__()
        gc.collect()
        return len(gc.get_objects())

    await size(10)
    before = await size(10)
    after = await size(500)

    assert after - before < 50
    assert len(container.engine.root.children) == 0


async def test_early_release_by_hand(world, story):
    """L17: what was closed by hand is owed no more."""
    container = Container()
    kind = "async methods class" if world.is_async else "methods class"
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", kind=kind)

    async with world.inside(container.resource_scope()):
        value = await world.get(container, a)
        await world.get(container, b)
        disposed = value.dispose()
        if world.is_async:
            await disposed
        at_once = list(story.log)

    assert at_once == ["open A", "open B", "close A"]
    assert story.log == [*at_once, "close B"]


@ASYNC
async def test_no_cyclic_garbage(world, story):
    """L16: a scope with resources of every kind leaves nothing for the garbage collector."""
    container = Container()
    keys = [story.add(container, f"R{n}", kind=kind) for n, kind in enumerate(ALL)]

    async def one():
        async with container.resource_scope() as scope:
            for key in keys:
                await scope.aget(key)

    await one()
    gc.collect()
    gc.disable()
    try:
        await one()
        flags = gc.get_debug()
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        ours = [each for each in gc.garbage if type(each).__module__.startswith(("tenure", "tests.engine"))]
        kinds = {type(each).__name__ for each in ours}
    finally:
        gc.set_debug(flags)
        gc.garbage.clear()
        gc.enable()

    assert kinds == set()


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(["A", "B"])))
async def test_never_early(world, story, first, second):
    """L11: no resource is closed while its scope is open, whatever is asked for meanwhile."""
    container = Container()
    keys = {"A": story.add(container, "A"), "B": story.add(container, "B", scope="singleton")}

    async with world.inside(container):
        async with world.inside(container.resource_scope()):
            await world.get(container, keys[first])
            async with world.inside(container.resource_scope()):
                await world.get(container, keys[second])
                await world.get(container, keys[first])
            inside = list(story.closes)

    assert inside == ([] if second == "B" else ["A"])
