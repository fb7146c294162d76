"""What small changes of `runtime/` showed to be asserted nowhere: what is asked for, and what ends by itself."""

import asyncio

import pytest
import trio

from tenure import Container, resource
from tenure.errors import AsyncInSyncError, BindingInUseError, CloseError, ContainerClosedError, ScopeError
from tenure.runtime.forgotten import owed_by, warn_of
from tenure.runtime.managed import DiscardedError
from tenure.runtime.scope import closing
from tenure.runtime.snapshot import snapshot
from tests.engine.support import Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")


async def test_what_opening_code_asks_for_is_noted(world):
    """L20, L58: a resource that got a plain value while it opened closes before what that was made from."""
    log, container = [], Container()

    @resource(scope="singleton")
    def below():
        yield "below"
        log.append("close below")

    async def ask():
        engine = container.engine
        if world.is_async:
            return await engine.avalue("plain", engine.root)
        return engine.value("plain", engine.root)

    @resource(scope="singleton")
    async def asking_async():
        yield await ask()
        log.append("close asking")

    @resource(scope="singleton")
    def asking():
        yield container.engine.value("plain", container.engine.root)
        log.append("close asking")

    def plain(below):
        return [below]

    container.bind("below", below)
    container.bind("plain", lambda: plain(container.get("below")), scope="singleton")
    container.bind("asking", asking_async if world.is_async else asking)
    await world.get(container, "plain")
    await world.get(container, "asking")
    if world.is_async:
        await container.areset("below")
    else:
        container.reset("below")
    closed = list(log)
    await world.close(container)

    assert closed == ["close asking", "close below"]


async def test_a_scope_that_was_never_entered(world):
    """Section 9: leaving it says how it is used."""
    scope = Container().resource_scope()

    with pytest.raises(ScopeError, match="never entered"):
        if world.is_async:
            await scope.__aexit__(None, None, None)
        else:
            scope.__exit__(None, None, None)


@ASYNC
@pytest.mark.parametrize("is_object", [True, False])
@pytest.mark.parametrize("fails", [True, False])
async def test_a_failed_opening_that_nobody_waits_for_is_told(world, monkeypatch, fails, is_object):
    """L29: the error of an opening whose only waiter was cancelled goes to `sys.unraisablehook`; a cancel does not."""
    container, gate, told = Container(), world.event(), []
    fault = Fault("nobody's")

    @resource(scope="singleton")
    async def slow():
        await gate.wait()
        if fails:
            raise fault
        yield "slow"

    @resource(scope="singleton")
    class Slow:
        async def initialize(self):
            await gate.wait()
            if fails:
                raise fault

    monkeypatch.setattr("sys.unraisablehook", told.append)
    container.bind("slow", Slow if is_object else slow)
    async with world.tasks() as tasks:
        job = tasks.start(container.aget, "slow")
        await world.settle()
        job.cancel()
        await job.wait()
        gate.set()
        await world.settle()
    await container.aclose()

    assert job.was_cancelled
    assert [each.exc_value for each in told] == ([fault] if fails else [])
    assert all("nobody waits for it any more" in each.err_msg for each in told)


@ASYNC
async def test_who_asks_for_what_ends_by_itself_waits_for_its_end(world):
    """L15, L56: a resource whose own task failed is closing: who asks for it gets the next one, after the end."""
    log, container, gate, closing = [], Container(), world.event(), world.event()

    async def fail():
        raise Fault("a task of its own")

    @resource(scope="singleton")
    async def client():
        log.append("open")
        if log.count("open") > 1:
            yield "second"
            return
        try:
            if world.name == "asyncio":
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail())
                    yield "first"
            else:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(fail)
                    yield "first"
        except* Fault:
            closing.set()
            await gate.wait()
            log.append("closed")

    container.bind("client", client)
    await container.aget("client")
    await closing.wait()
    async with world.tasks() as tasks:
        job = tasks.start(container.aget, "client")
        await world.settle()
        assert not job.is_done
        gate.set()
        await job.wait()
    await container.aclose()

    assert job.value == "second"
    assert log == ["open", "closed", "open"]


def many(container, count):
    def opened():
        yield "value"

    for number in range(count):
        container.bind(f"r{number}", resource(scope="singleton")(opened))
        container.get(f"r{number}")
    return list(container.engine.root.exits.values())


@pytest.mark.parametrize(("count", "last"), [(20, "'r19'"), (23, "and 3 more")])
def test_a_warning_names_twenty(count, last):
    """L70: a warning of what was left open names the first twenty, and how many more there are."""
    with Container() as container:
        exits = many(container, count)
        with pytest.warns(ResourceWarning, match="left open") as caught:
            warn_of(exits, "left open")

    lines = str(caught[0].message).splitlines()
    named = [line for line in lines if "opened by" in line]
    assert len(named) == 20
    assert last in lines[-2] if count > 20 else last in named[-1]
    assert any("more" in line for line in lines) == (count > 20)


def test_what_is_closing_already_is_not_owed_at_the_end():
    """L9, L70: once a container is closing, its closing has everything in hand: nothing else may close it as well."""
    container, owed = Container(), []

    @resource(scope="singleton")
    def last():
        yield "last"
        owed.append(owed_by(container.engine.root))

    many(container, 2)
    container.bind("last", last)
    container.get("last")
    before = owed_by(container.engine.root)
    container.close()

    assert [exit_.binding.key for exit_ in before] == ["r0", "r1", "last"]
    assert owed == [[]]


async def test_a_close_is_over_when_it_is_over(world, story):
    """L39: code after a close is no part of it."""
    container = Container()
    key = story.add(container, "A", scope="singleton")
    await world.get(container, key)
    async with world.inside(container.resource_scope()):
        pass
    await world.close(container)

    assert closing.get() == ()


def test_what_was_used_stays_used():
    """Section 9: forgetting what is compiled does not allow another binding for a key that something was made from."""
    container = Container()
    container.bind("used", lambda: 1)
    container.bind("unused", lambda: 1)
    container.get("used")

    container.engine.renew()
    container.bind("unused", lambda: 2)
    with pytest.raises(BindingInUseError):
        container.bind("used", lambda: 2)

    assert [container.get(key) for key in ("used", "unused")] == [1, 2]


@ASYNC
async def test_a_close_from_inside_an_opening_that_others_wait_for(world):
    """L39: it waits neither for itself nor for the openings that need it: all of them are refused, none hangs."""
    container, begun, gate = Container(), world.event(), world.event()

    @resource(scope="singleton")
    async def below():
        begun.set()
        await gate.wait()
        await container.aclose()
        yield "below"

    @resource(scope="singleton")
    async def above():
        yield await container.aget("below")

    container.bind("below", below)
    container.bind("above", above)
    async with world.tasks() as tasks:
        first = tasks.start(container.aget, "below")
        await begun.wait()
        second = tasks.start(container.aget, "above")
        await world.settle()
        gate.set()
        await first.wait()
        await second.wait()

    assert [type(job.error) for job in (first, second)] == [ContainerClosedError] * 2


def test_a_start_refuses_before_it_opens_anything(story):
    """Where only the making has to be awaited a synchronous start says so as well, and nothing was touched."""
    container = Container()
    key = story.add(container, "A", scope="singleton")

    class Client:
        def shut(self):
            raise AssertionError("it was never opened")

    async def connect() -> Client:
        raise AssertionError("nobody awaits here")

    container.bind("client", resource(scope="singleton", close="shut")(connect))
    with pytest.raises(AsyncInSyncError):
        container.start_sync(key, "client")

    assert story.log == []


def test_what_a_failed_start_discarded_says_so():
    """The error of an object that must not be opened any more names the start."""
    error = DiscardedError()

    assert isinstance(error, ContainerClosedError)
    assert "the start that made it" in str(error)


@ASYNC
async def test_what_opening_code_opens_by_hand_is_needed(world):
    """L18, L20: an object that the opening code of another resource opens by its own method closes after that one."""
    log, container = [], Container()

    @resource(scope="singleton")
    class Client:
        async def initialize(self):
            log.append("open client")

        async def dispose(self):
            log.append("close client")

    client = container.get(Client)

    @resource(scope="singleton")
    async def service():
        await client.initialize()
        yield "service"
        log.append("close service")

    container.bind("service", service)
    await container.aget("service")
    exits = {exit_.binding.key: exit_ for exit_ in container.engine.root.exits.values()}
    await container.aclose()

    assert exits["service"].needs == (exits[Client],)
    assert log == ["open client", "close service", "close client"]


@ASYNC
async def test_an_object_made_outside_every_scope_belongs_to_who_opens_it(world):
    """Section 9: it has no home of its own until it is opened: the scope that it is opened in closes it."""
    log, container = [], Container()

    @resource
    class Client:
        async def initialize(self):
            log.append("open")

        async def dispose(self):
            log.append("close")

    client = container.get(Client)
    async with container.resource_scope():
        await client.initialize()
    log.append("left")
    await container.aclose()

    assert log == ["open", "close", "left"]


def test_an_error_names_what_was_being_opened():
    """L28: the note of the way tells of openings that asked while they ran, which no signature shows."""
    container = Container()

    @resource(scope="singleton")
    def failing():
        raise Fault("no")
        yield

    @resource(scope="singleton")
    def asking():
        yield container.get("failing")

    container.bind("failing", failing)
    container.bind("asking", asking)
    with pytest.raises(Fault) as caught:
        container.get("asking")

    notes = "\n".join(caught.value.__notes__)
    assert notes.index("'asking'") < notes.index("'failing'")


@ASYNC
async def test_what_ended_by_itself_is_told_although_it_was_opened_anew(world):
    """L56: the error of a resource that failed by itself is not lost where the next one took its place."""
    container, closing_began, fault, opened = Container(), world.event(), Fault("a task of its own"), []

    async def fail():
        raise fault

    @resource(scope="singleton")
    async def client():
        opened.append(1)
        if len(opened) > 1:
            yield "second"
            return
        try:
            if world.name == "asyncio":
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail())
                    yield "first"
            else:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(fail)
                    yield "first"
        finally:
            closing_began.set()

    container.bind("client", client)
    await container.aget("client")
    await closing_began.wait()
    await world.settle()
    again = await container.aget("client")
    with pytest.raises(CloseError) as caught:
        await container.aclose()

    (group,) = caught.value.exceptions
    assert again == "second"
    assert group.exceptions == (fault,)


def test_a_snapshot_shows_what_is_open():
    """Each open resource once, with its key and where it lives."""
    with Container() as container:
        many(container, 2)
        shown = snapshot(container.engine).resources

    assert [(view.key, view.scope) for view in shown] == [("r0", "root"), ("r1", "root")]


@ASYNC
async def test_an_opening_under_way_when_the_close_begins_is_closed(world):
    """L37: the close waits for it, and closes what it opened; who asked for it is refused."""
    log, container, begun, gate = [], Container(), world.event(), world.event()

    @resource(scope="singleton")
    async def slow():
        begun.set()
        await gate.wait()
        log.append("open")
        yield "slow"
        log.append("close")

    container.bind("slow", slow)
    async with world.tasks() as tasks:
        asking = tasks.start(container.aget, "slow")
        await begun.wait()
        closing_it = tasks.start(container.aclose)
        await world.settle()
        gate.set()
        await closing_it.wait()
        await asking.wait()

    assert isinstance(asking.error, ContainerClosedError)
    assert closing_it.error is None
    assert log == ["open", "close"]
