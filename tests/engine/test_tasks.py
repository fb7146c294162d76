"""Tasks: owner tasks, races of get and close, cycles over tasks, and what must not deadlock (L37-L40, L52-L56)."""

import asyncio
import contextlib
import contextvars
import gc
import weakref

import anyio
import pytest
import trio

from tenure import Container, Retry, resource
from tenure.errors import AsyncInSyncError, CircularDependencyError, ContainerClosedError, TenureError, WrongLoopError
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, Fault, checkpoint

pytestmark = pytest.mark.worlds("asyncio", "trio")

variable = contextvars.ContextVar("variable", default="unset")


def straddler(world, kind, log):
    """Return a resource that holds something task-bound across its yield."""

    async def child():
        try:
            await world.forever()
        finally:
            log.append("child ended")

    async def timeout():
        async with asyncio.timeout(60) if world.name == "asyncio" else trio_timeout():
            yield "timeout"
        log.append("left")

    async def own_group():
        if world.name == "asyncio":
            async with asyncio.TaskGroup() as group:
                task = group.create_task(child())
                await asyncio.sleep(0)
                yield group
                task.cancel()
        else:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(child)
                yield nursery
                nursery.cancel_scope.cancel()
        log.append("left")

    async def anyio_group():
        async with anyio.create_task_group() as group:
            group.start_soon(child)
            yield group
            group.cancel_scope.cancel()
        log.append("left")

    async def token():
        held = variable.set("set by the resource")
        yield "token"
        assert variable.get() == "set by the resource"
        variable.reset(held)
        log.append("left")

    return {"timeout": timeout, "own group": own_group, "anyio group": anyio_group, "token": token}[kind]


@contextlib.asynccontextmanager
async def trio_timeout():
    with trio.fail_after(60):
        yield


STRADDLERS = ["timeout", "own group", "anyio group", "token"]


@pytest.mark.parametrize("kind", STRADDLERS)
@pytest.mark.parametrize("where", ["singleton", "request"])
@pytest.mark.parametrize("opener", ["start", "same task", "child task"])
async def test_task_bound_things_straddle_the_yield(world, story, kind, where, opener, monkeypatch):
    """L52: whichever tasks ask and close, both halves of an async resource run in one task and one context."""
    monkeypatch.setitem(__import__("sys").modules, "anyio", anyio)
    if opener == "start" and where == "request":
        pytest.skip("the start opens singletons")
    log = []
    container = Container()
    container.bind("straddler", resource(scope=where)(straddler(world, kind, log)))
    other = story.add(container, "other", kind="async generator", scope=where)

    async def ask():
        await container.aget("straddler")

    async with contextlib.AsyncExitStack() as stack:
        if opener == "start":
            await stack.enter_async_context(container)
        if where == "request":
            await stack.enter_async_context(container.resource_scope())
        if opener == "child task":
            async with world.tasks() as tasks:
                job = tasks.start(ask)
            assert job.error is None
        elif opener == "same task":
            await ask()
        await container.aget(other)
        assert log == []
    async with world.tasks() as tasks:
        closing = tasks.start(container.aclose)

    assert closing.error is None
    assert log == (["child ended", "left"] if "group" in kind else ["left"])


@pytest.mark.parametrize("kind", ["async generator", "async contextmanager"])
async def test_parallel_start_of_cancel_scopes(world, monkeypatch, kind):
    """L52: several resources that hold cancel scopes open in parallel and close in any order."""
    monkeypatch.setitem(__import__("sys").modules, "anyio", anyio)
    container = Container()

    def make():
        async def scoped():
            with anyio.CancelScope():
                await anyio.sleep(0)
                yield "value"

        return contextlib.asynccontextmanager(scoped) if "context" in kind else scoped

    for number in range(5):
        container.bind(f"r{number}", resource(scope="singleton")(make()))

    async with container:
        for number in range(5):
            await container.aget(f"r{number}")


async def test_a_variable_set_while_opening_does_not_leak(world):
    """L53: a context variable set by one opening is seen by its closing, and by no sibling."""
    container = Container()
    seen = []

    def setter(name):
        async def opened():
            seen.append(variable.get())
            held = variable.set(name)
            yield name
            seen.append(variable.get())
            variable.reset(held)

        return opened

    for name in ("a", "b"):
        container.bind(name, resource(scope="singleton")(setter(name)))

    async with container:
        await container.aget("a")
        await container.aget("b")
        inside = variable.get()

    assert inside == "unset"
    assert seen[:2] == ["unset", "unset"]
    assert sorted(seen[2:]) == ["a", "b"]


@pytest.mark.parametrize("kind", ASYNC_KINDS)
async def test_close_races_an_opening(world, story, kind):
    """L37: a resource whose opening ends after close began is closed before close returns."""
    container = Container()
    gate = world.event()
    a = story.add(container, "A", scope="singleton")

    @resource(scope="singleton")
    async def gated():
        await gate.wait()
        yield "gated"

    container.bind("gated", gated)
    b = story.add(container, "B", a, kind=kind, scope="singleton")

    def needs_gate(gate: "gated"):
        return gate

    assert needs_gate

    async def ask():
        await container.aget("gated")
        return await container.aget(b)

    async with world.tasks() as tasks:
        asking = tasks.start(ask)
        other = tasks.start(container.aget, b)
        await world.settle()
        closing = tasks.start(container.aclose)
        await world.settle()
        early = closing.is_done
        gate.set()

    assert not early
    assert closing.error is None
    assert isinstance(asking.error, ContainerClosedError)
    assert other.error is None
    assert story.live == []
    assert story.opens == story.closes[::-1]


@pytest.mark.parametrize("steps", range(1, 10))
@pytest.mark.parametrize("kind", ASYNC_KINDS)
@pytest.mark.parametrize("where", ["root", "scope"])
async def test_close_at_every_step_of_an_opening(world, story, steps, kind, where):
    """L37: whenever close begins, the get took effect before it or is refused, and nothing is left open."""
    container = Container()
    lifetime = "singleton" if where == "root" else "request"
    a = story.add(container, "A", kind=kind, scope=lifetime)
    b = story.add(container, "B", a, kind=kind, scope=lifetime)

    async with world.tasks() as tasks:
        if where == "root":
            asking = tasks.start(container.aget, b)
            for _ in range(steps):
                await world.checkpoint()
            await container.aclose()
        else:
            async with container.resource_scope() as scope:
                asking = tasks.start(scope.aget, b)
                for _ in range(steps):
                    await world.checkpoint()
        at_close = list(story.live)

    assert at_close == []
    assert story.live == []
    assert asking.error is None or isinstance(asking.error, ContainerClosedError)
    assert story.closes == story.opens[::-1]


async def test_a_cycle_over_two_tasks(world, story):
    """L38: A asks for B while B asks for A, each in a task of its own: an error with the path, not a hang."""
    container = Container()
    both = world.event()
    n_waiting = 0

    def crossing(own, other):
        async def opened():
            nonlocal n_waiting
            n_waiting += 1
            if n_waiting == 2:
                both.set()
            await both.wait()
            await container.aget(other)
            yield own

        return opened

    container.bind("a", resource(scope="singleton")(crossing("a", "b")))
    container.bind("b", resource(scope="singleton")(crossing("b", "a")))
    async with world.tasks() as tasks:
        jobs = [tasks.start(container.aget, name) for name in "ab"]
    await container.aclose()

    assert all(isinstance(job.error, CircularDependencyError) for job in jobs)
    assert "'a' -> 'b' -> 'a'" in str(jobs[0].error) or "'b' -> 'a' -> 'b'" in str(jobs[0].error)


@pytest.mark.worlds("sync", "asyncio", "trio")
@pytest.mark.parametrize("scope", ["singleton", "request", "transient", None])
@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("is_resource", [True, False])
async def test_a_cycle_found_at_run_time(world, scope, length, is_resource):
    """L38: a cycle through `get` in opening code is an error with the path."""
    if not is_resource and scope in (None, "transient"):
        pytest.skip("a plain transient factory is a plain call, and recurses")
    container = Container()
    asynchronous = world.is_async

    def link(number):
        wanted = f"k{(number + 1) % length}"

        def plain():
            return container.get(wanted)

        async def aplain():
            return await container.aget(wanted)

        def opened():
            container.get(wanted)
            yield wanted

        async def aopened():
            await container.aget(wanted)
            yield wanted

        if is_resource:
            return resource(aopened if asynchronous else opened)
        return aplain if asynchronous else plain

    for number in range(length):
        container.bind(f"k{number}", link(number), scope=scope)

    async with world.inside(container.resource_scope()):
        with pytest.raises(CircularDependencyError, match="k0"):
            await world.get(container, "k0")
    await world.close(container)


@pytest.mark.worlds("sync", "asyncio", "trio")
async def test_a_declared_cycle(world, story):
    """L38: a cycle of declared needs is an error before anything is made."""
    container = Container()
    one, two = type("One", (), {}), type("Two", (), {})

    def make_one(two: two):
        story.log.append("made")

    def make_two(one: one):
        story.log.append("made")

    container.bind(one, make_one)
    container.bind(two, make_two)

    with pytest.raises(CircularDependencyError, match="One -> Two -> One"):
        await world.get(container, one)

    assert story.log == []


@pytest.mark.worlds("sync", "asyncio", "trio")
@pytest.mark.parametrize("kind", SYNC_KINDS + ASYNC_KINDS)
@pytest.mark.parametrize("act", ["close", "get", "get other", "scope"])
async def test_the_container_used_from_closing_code(world, story, kind, act):
    """L39: get and close called from inside a closing work or raise at once; they never deadlock."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, kind=kind, scope="singleton")
    met = []

    def closed(name):
        story.live.remove(name)
        if name == "B":
            try:
                if act == "close":
                    container.close()
                elif act == "scope":
                    with container.resource_scope():
                        pass
                else:
                    container.get(b if act == "get" else a)
            except TenureError as error:
                met.append(error)

    story.closed = closed
    await world.get(container, b)
    await world.close(container)

    assert story.closes == ["B", "A"]
    assert act == "close" or isinstance(met[0], ContainerClosedError)


@pytest.mark.timeout(40)
@pytest.mark.parametrize("act", ["aclose", "aget"])
@pytest.mark.parametrize("phase", ["open", "close"])
@pytest.mark.parametrize("scope", ["singleton", "request"])
async def test_the_container_used_from_asynchronous_code_of_a_resource(world, act, phase, scope):
    """L39: aclose and aget awaited from inside an opening or closing work or raise at once; they never deadlock."""
    container = Container()
    log = []

    async def use():
        try:
            await (container.aclose() if act == "aclose" else container.aget("self"))
        except TenureError as error:
            log.append(type(error).__name__)

    @resource(scope=scope)
    async def opened():
        if phase == "open":
            await use()
        yield "value"
        if phase == "close":
            await use()
        log.append("closed")

    container.bind("self", opened)
    with contextlib.suppress(ContainerClosedError):
        async with container.resource_scope():
            await container.aget("self")
    await container.aclose()

    assert log[-1] == "closed"


async def test_a_synchronous_get_meets_an_opening_on_its_own_loop(world, story):
    """L39: a plain get of what another task is just opening cannot wait on the loop's thread: an error, not a hang."""
    container = Container()
    a = story.add(container, "A", scope="singleton", retry=Retry(attempts=2, backoff=0.01, jitter=0))
    story.faults["open A"] = Fault("first")

    async with world.tasks() as tasks:
        job = tasks.start(container.aget, a)
        await world.settle()
        story.faults.clear()
        try:
            found = container.get(a)
        except TenureError as error:
            found = error
    await container.aclose()

    assert isinstance(found, AsyncInSyncError) or found is job.value


async def test_a_synchronous_close_meets_an_opening_on_its_own_loop(world, story):
    """L39, L51: a plain close while another task is just opening something is refused, and changes nothing."""
    container = Container()
    gate = world.event()

    @resource(scope="singleton")
    async def gated():
        await gate.wait()
        yield "gated"
        story.log.append("closed")

    container.bind("gated", gated)
    async with world.tasks() as tasks:
        job = tasks.start(container.aget, "gated")
        await world.settle()
        with pytest.raises(AsyncInSyncError):
            container.close()
        gate.set()
    await container.aclose()

    assert job.value == "gated"
    assert story.log == ["closed"]


async def test_a_synchronous_close_meets_a_close_on_its_own_loop(world, story):
    """L39: a plain close while another task is closing cannot wait on the loop's thread: an error, not a hang."""
    container = Container()
    gate = world.event()

    @resource(scope="singleton")
    async def gated():
        yield "gated"
        await gate.wait()
        story.log.append("closed")

    container.bind("gated", gated)
    await container.aget("gated")
    async with world.tasks() as tasks:
        job = tasks.start(container.aclose)
        await world.settle()
        with contextlib.suppress(TenureError):
            container.close()
        gate.set()

    assert job.error is None
    assert story.log == ["closed"]


@pytest.mark.worlds("asyncio", "trio")
async def test_nothing_of_ours_is_left(world, story):
    """L40: after close no task is left; the gate of every test looks for more."""
    container = Container()
    for number, kind in enumerate(ASYNC_KINDS):
        story.add(container, f"R{number}", kind=kind, scope="singleton")
    cancelled = story.add(container, "C", kind="async generator")

    async with container:
        async with world.tasks() as tasks:
            job = tasks.start(container.aget, cancelled)
            job.cancel()

    assert story.live == []


async def test_a_child_that_crashes_ends_its_resource(world, story):
    """L56: the failure of a resource's own background task leaves the scope when it closes; the rest is closed."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    crash = world.event()
    error = Fault("background")

    async def child():
        await crash.wait()
        raise error

    @resource(scope="singleton")
    async def group(need: a):
        if world.name == "asyncio":
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(child())
                yield "group"
        else:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(child)
                yield "group"

    container.bind("group", group)
    b = story.add(container, "B", kind="async generator", scope="singleton")
    caught = None
    try:
        async with container:
            await container.aget(b)
            crash.set()
            await world.settle()
    except BaseException as raised:
        caught = raised

    def leaves(each):
        if isinstance(each, BaseExceptionGroup):
            return [leaf for inner in each.exceptions for leaf in leaves(inner)]
        return [each]

    assert error in leaves(caught)
    assert story.live == []


async def test_an_instance_that_ended_by_itself_is_not_handed_out(world):
    """4.12: a resource whose own background task crashed is closed, and is not handed out any more."""
    container = Container()
    crash, closed = world.event(), []

    async def child():
        await crash.wait()
        raise Fault("background")

    @resource(scope="singleton")
    async def group():
        try:
            if world.name == "asyncio":
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(child())
                    yield len(closed)
            else:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(child)
                    yield len(closed)
        finally:
            closed.append("closed")

    container.bind("group", group)
    try:
        await container.aget("group")
        crash.set()
        await world.settle()
        if closed:
            try:
                found = await container.aget("group")
            except BaseException:
                found = "an error"
            assert found != 0
    finally:
        with contextlib.suppress(BaseExceptionGroup):
            await container.aclose()

    assert closed


@pytest.mark.worlds("asyncio", "trio")
async def test_a_background_task_of_a_resource_does_not_pile_up_exits(world, story):
    """L16, L46: a task that a resource started while it opened can open scopes for ever without growing."""
    container = Container()
    work = story.add(container, "W", kind="async generator", scope="request")
    more, done = world.event(), world.event()

    async def worker():
        await more.wait()
        for _ in range(20):
            async with container.resource_scope():
                await container.aget(work)
        done.set()

    @resource(scope="singleton")
    async def service():
        async with contextlib.AsyncExitStack() as stack:
            if world.name == "asyncio":
                group = await stack.enter_async_context(asyncio.TaskGroup())
                group.create_task(worker())
            else:
                nursery = await stack.enter_async_context(trio.open_nursery())
                nursery.start_soon(worker)
            yield "service"

    container.bind("service", service)
    async with container:
        more.set()
        await done.wait()
        gc.collect()
        alive = [ref for ref in story.made_weakly["W"] if ref() is not None]

    assert len(alive) <= 1
    assert story.opens == story.closes == ["W"] * 20


async def test_a_background_task_may_ask_for_its_own_resource(world):
    """L39: a task that a resource started while it opened may ask for that resource, once it is open."""
    container = Container()
    found, done = [], world.event()

    async def worker():
        await world.checkpoint()
        await world.checkpoint()
        await world.checkpoint()
        found.append(await container.aget("service"))
        done.set()

    @resource(scope="singleton")
    async def service():
        async with contextlib.AsyncExitStack() as stack:
            if world.name == "asyncio":
                group = await stack.enter_async_context(asyncio.TaskGroup())
                group.create_task(worker())
            else:
                nursery = await stack.enter_async_context(trio.open_nursery())
                nursery.start_soon(worker)
            yield "service"
            await done.wait()

    container.bind("service", service)
    async with container:
        await container.aget("service")
        await done.wait()

    assert found == ["service"]


def test_a_resource_of_another_loop_is_refused(story):
    """L54: use or close from another loop is an error that names both; the right loop can still close."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    first.run_until_complete(container.aget(a))

    with pytest.raises(WrongLoopError) as caught:
        second.run_until_complete(container.aclose())
    still_open = list(story.live)
    first.run_until_complete(container.aclose())
    for loop in (first, second):
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    assert f"{id(first):#x}" in str(caught.value)
    assert f"{id(second):#x}" in str(caught.value)
    assert still_open == ["A"]
    assert story.live == []


def test_a_container_serves_one_loop_after_the_other():
    """L54: nothing of asyncio is made at construction: a container made anywhere serves any loop, life after life."""
    container = Container()
    log = []

    @resource(scope="singleton")
    async def opened():
        await checkpoint()
        yield object()
        log.append("closed")

    container.bind("r", opened)

    async def life():
        async with container:
            return await asyncio.gather(*(container.aget("r") for _ in range(5)))

    async def life_on_trio():
        async with container:
            await container.aget("r")

    for _ in range(3):
        assert len({id(each) for each in asyncio.run(life())}) == 1
    trio.run(life_on_trio)

    assert log == ["closed"] * 4


def test_a_dead_loop(story):
    """L54: where the loop is gone, synchronous resources are closed all the same, and asynchronous ones are named."""
    container = Container()
    a = story.add(container, "A", scope="singleton")

    @resource(scope="singleton")
    class Client:
        async def initialize(self):
            pass

        async def dispose(self):
            story.log.append("disposed")

    container.bind(Client)
    b = story.add(container, "B", a, scope="singleton")

    async def life():
        await container.aget(Client)
        await container.aget(b)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(life())
    for task in asyncio.all_tasks(loop):
        task._log_destroy_pending = False
    loop.close()
    with pytest.raises(BaseExceptionGroup) as caught:
        container.close()

    assert story.closes == ["B", "A"]
    assert [type(error) for error in caught.value.exceptions] == [WrongLoopError]
    assert "Client" in str(caught.value.exceptions[0])
    gc.collect()


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_a_loop_that_ends_closes_in_order(story, library, recwarn):
    """L70: under asyncio.run and trio.run what nobody closed is closed in order when the loop ends."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    b = story.add(container, "B", a, kind="async methods class", scope="singleton")
    c = story.add(container, "C", b, kind="async context class", scope="singleton")

    async def main():
        await container.aget(c)

    (asyncio.run if library == "asyncio" else trio.run)(main() if library == "asyncio" else main)

    assert story.closes == ["C", "B", "A"]
    assert story.finished == ["C", "B", "A"]
    container.close()


@pytest.mark.worlds("asyncio", "trio")
async def test_a_request_scope_dies_with_its_request(world, story):
    """L16: what a request's task opened at the root does not keep the request's scope alive."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    given = type("Request", (), {})
    container.declare(given)

    async def request():
        value = given()
        refs.append(weakref.ref(value))
        async with container.resource_scope(values={given: value}):
            await container.aget(a)

    refs = []
    async with world.tasks() as tasks:
        tasks.start(request)
    await world.settle()
    del tasks
    gc.collect()
    alive = refs[0]()
    await container.aclose()

    assert alive is None


def test_uvloop_is_asyncio(story):
    """L55: uvloop runs the same program with the same events."""
    uvloop = pytest.importorskip("uvloop")
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton")
    b = story.add(container, "B", a, kind="async methods class")

    async def main():
        async with container, container.resource_scope():
            await container.aget(b)

    uvloop.run(main())

    assert story.log == ["open A", "open B", "close B", "close A"]
