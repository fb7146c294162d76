"""Errors: nothing is masked, nothing stops the others, and each error says where it comes from (L23-L28)."""

import asyncio
import traceback

import pytest
import trio

from tenure import Container, resource
from tenure.errors import CloseError, TenureError, closing_errors
from tests.engine.support import ASYNC_KINDS, SYNC_KINDS, Fault

ASYNC = pytest.mark.worlds("asyncio", "trio")
ALL = SYNC_KINDS + ASYNC_KINDS


class Odd(BaseException):
    """No Exception, and no kind of its own."""


def leaves(error):
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("scope", [None, "singleton"])
async def test_all_closing_errors_are_told_in_order(world, story, kind, scope):
    """L23: what close raises is a group of exactly the errors raised, in order of closing."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind, scope=scope)
    b = story.add(container, "B", a, kind=kind, scope=scope)
    c = story.add(container, "C", b, kind=kind, scope=scope)
    story.faults |= {"close A": Fault("a"), "close C": Fault("c")}

    with pytest.raises(CloseError) as caught:
        async with world.inside(container), world.inside(container.resource_scope()):
            await world.get(container, c)

    assert caught.value.exceptions == (story.faults["close C"], story.faults["close A"])
    assert isinstance(caught.value, TenureError)
    assert story.closes == ["C", "B", "A"]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("scope", [None, "singleton"])
async def test_the_body_error_is_never_masked(world, story, kind, scope):
    """L25: the body's error leaves as itself, and the closing errors travel with it."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind, scope=scope)
    b = story.add(container, "B", a, kind=kind, scope=scope)
    story.faults |= {"close A": Fault("from a"), "close B": Fault("from b")}
    error = Fault("body")

    with pytest.raises(Fault) as caught:
        async with world.inside(container), world.inside(container.resource_scope()):
            await world.get(container, b)
            raise error

    assert caught.value is error
    assert closing_errors(error) == (story.faults["close B"], story.faults["close A"])
    assert [note for note in error.__notes__ if "from b" in note]
    assert [note for note in error.__notes__ if "from a" in note]


@pytest.mark.parametrize("kind", ALL)
async def test_a_failed_start_is_never_masked(world, story, kind):
    """L25: the error of an opening leaves a start as itself, the errors of the roll-back travel with it."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind, scope="singleton")
    story.add(container, "B", a, kind=kind, scope="singleton")
    story.faults |= {"open B": Fault("b"), "close A": Fault("a")}

    with pytest.raises(Fault) as caught:
        await world.start(container)
    await world.close(container)

    assert caught.value is story.faults["open B"]
    assert closing_errors(caught.value) == (story.faults["close A"],)
    assert story.log == ["open A", "fail B", "close A"]


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, Odd, asyncio.CancelledError])
@pytest.mark.parametrize("scope", [None, "singleton"])
async def test_no_error_stops_the_others(world, story, kind, error, scope):
    """L24: whatever kind of exception one closing raises, all the others close."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind, scope=scope)
    b = story.add(container, "B", a, kind=kind, scope=scope)
    c = story.add(container, "C", b, kind=kind, scope=scope)
    story.faults["close C"] = error("close")
    caught = None

    try:
        async with world.inside(container), world.inside(container.resource_scope()):
            await world.get(container, c)
    except BaseException as raised:
        caught = raised

    assert leaves(caught) == [story.faults["close C"]]
    assert story.closes == ["C", "B", "A"]
    if error in (KeyboardInterrupt, SystemExit):
        assert caught is story.faults["close C"]


@pytest.mark.parametrize("fatal", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("kind", ALL)
async def test_fatal_errors_outrank_the_body(world, story, fatal, kind):
    """L26: KeyboardInterrupt and SystemExit raised while closing leave as themselves, after everything is closed."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind=kind)
    story.faults |= {"close B": fatal(3), "close A": Fault("a")}
    caught = None
    body = Fault("body")

    try:
        async with world.inside(container.resource_scope()):
            await world.get(container, b)
            raise body
    except BaseException as raised:
        caught = raised

    assert caught is story.faults["close B"]
    assert closing_errors(caught) == (body, story.faults["close A"])
    assert story.closes == ["B", "A"]
    assert "body" in "".join(traceback.format_exception(caught))


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, Odd])
@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("how", ["get", "start", "root get"])
async def test_odd_errors_of_an_opening_leave_as_themselves(world, story, error, kind, how):
    """L26: what an opening raises leaves as itself, whatever its kind, after one attempt."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", a, kind=kind, scope=None if how == "get" else "singleton")
    attempts = []

    def opening(name):
        if name == "B":
            attempts.append(name)
            raise (error("open") if len(attempts) == 1 else Fault("a second attempt"))

    story.opening = opening
    caught = None
    try:
        if how == "start":
            await world.start(container)
        elif how == "root get":
            await world.get(container, b)
        else:
            async with world.inside(container.resource_scope()):
                await world.get(container, b)
    except BaseException as raised:
        caught = raised
    await world.close(container)

    assert type(caught) is error
    assert attempts == ["B"]
    assert story.log == ["open A", "close A"]


@ASYNC
@pytest.mark.parametrize("kind", ASYNC_KINDS)
@pytest.mark.parametrize("where", ["scope", "root"])
async def test_an_opening_that_meets_a_cancelled_task(world, story, kind, where):
    """L7, L27: a CancelledError that the opening code raises by itself, without being cancelled, ends the get."""
    if world.name == "trio":
        pytest.skip("trio has no such error")
    container = Container()
    a = story.add(container, "A", kind=kind)
    attempts = []

    def opening(name):
        attempts.append(name)
        raise (asyncio.CancelledError("inner") if len(attempts) < 3 else Fault("tried again and again"))

    story.opening = opening
    caught = None
    try:
        if where == "root":
            await container.aget(a)
        else:
            async with container.resource_scope():
                await container.aget(a)
    except BaseException as raised:
        caught = raised
    await container.aclose()

    assert isinstance(caught, asyncio.CancelledError)
    assert attempts == ["A"]


async def test_the_error_names_the_path(world, story):
    """L28: a user's exception carries one note with the path from what was asked for to what failed."""
    container = Container()
    a = story.add(container, "Alpha")
    b = story.add(container, "Beta", a)
    c = story.add(container, "Gamma", b)
    story.faults["open Alpha"] = Fault("alpha")

    with pytest.raises(Fault) as caught:
        async with world.inside(container.resource_scope()):
            await world.get(container, c)

    assert len(caught.value.__notes__) == 1
    note = caught.value.__notes__[0]
    assert note.index("Gamma") < note.index("Beta") < note.index("Alpha")


async def test_the_path_goes_through_plain_values(world, story):
    """L28: the path names the plain values on the way as well."""
    container = Container()
    a = story.add(container, "Alpha")

    class Service:
        def __init__(self, alpha: a):
            self.alpha = alpha

    class Handler:
        def __init__(self, service: Service):
            self.service = service

    story.faults["open Alpha"] = Fault("alpha")

    with pytest.raises(Fault) as caught:
        async with world.inside(container.resource_scope()):
            await world.get(container, Handler)

    note = "\n".join(caught.value.__notes__)
    assert note.index("Handler") < note.index("Service") < note.index("Alpha")


async def test_a_plain_factory_that_fails_names_the_path(world):
    """Section 5: the user's own exceptions pass through unwrapped, with a note that carries the dependency path."""

    class Settings:
        def __init__(self):
            raise Fault("settings")

    class Service:
        def __init__(self, settings: Settings):
            self.settings = settings

    container = Container()

    with pytest.raises(Fault) as caught:
        await world.get(container, Service)

    note = "\n".join(caught.value.__notes__)
    assert note.index("Service") < note.index("Settings")


@pytest.mark.parametrize("kind", ALL)
async def test_no_circles_of_context(world, story, kind):
    """L28: no exception is its own context, however many things fail."""
    if kind not in world.kinds:
        pytest.skip("needs a loop")
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind=kind)
    story.faults |= {"close A": Fault("a"), "close B": Fault("b")}
    error = Fault("body")

    with pytest.raises(Fault):
        async with world.inside(container.resource_scope()):
            await world.get(container, b)
            raise error

    for start in (error, story.faults["close A"], story.faults["close B"]):
        seen, at = [], start
        while at is not None:
            assert not any(at is other for other in seen)
            seen.append(at)
            at = at.__context__
    assert all(f is not error.__context__ for f in story.faults.values())


@ASYNC
@pytest.mark.parametrize("where", ["root", "scope"])
async def test_cancellation_leaves_bare(world, story, where):
    """L27: where nothing else failed a cancelled body ends as a cancelled task, not as a group."""
    container = Container()
    a = story.add(container, "A", kind="async generator", scope="singleton" if where == "root" else None)
    begun = world.event()

    async def body():
        async with container if where == "root" else container.resource_scope():
            await container.aget(a)
            begun.set()
            await world.forever()

    async with world.tasks() as tasks:
        job = tasks.start(body)
        await begun.wait()
        job.cancel()
        await job.wait()

    assert job.was_cancelled
    assert story.log == ["open A", "close A"]
    assert world.is_cancelled(story.told["A"])


@pytest.mark.worlds("asyncio")
@pytest.mark.parametrize("failing", [False, True])
async def test_asyncio_timeout_around_a_scope(world, story, failing):
    """L27: asyncio.timeout around a scope turns the cancellation into TimeoutError, also where a closing fails."""
    container = Container()
    a = story.add(container, "A", kind="async generator")
    if failing:
        story.faults["close A"] = Fault("a")

    with pytest.raises(TimeoutError) as caught:
        async with asyncio.timeout(0.001), container.resource_scope():
            await container.aget(a)
            await asyncio.Event().wait()

    assert asyncio.current_task().cancelling() == 0
    assert story.log == ["open A", "close A"]
    if failing:
        assert closing_errors(caught.value.__cause__) == (story.faults["close A"],)


@pytest.mark.worlds("trio")
async def test_trio_timeout_around_a_scope(world, story):
    """L27: trio's timeouts see the cancellation leave a scope."""
    container = Container()
    a = story.add(container, "A", kind="async generator")
    story.add(container, "S", kind="async generator", scope="singleton")

    with trio.move_on_after(60) as limit:
        async with container, container.resource_scope():
            await container.aget(a)
            limit.deadline = trio.current_time()
            await trio.sleep_forever()

    assert limit.cancelled_caught
    assert story.log == ["open S", "open A", "close A", "close S"]


async def test_a_closing_error_of_an_inner_scope_is_the_outcome_of_the_outer(world, story):
    """L13: what leaves an inner scope ends the body of the outer one, and is told there."""
    container = Container()
    a = story.add(container, "A", scope="singleton")
    b = story.add(container, "B", scope="request")
    story.faults["close B"] = Fault("b")

    with pytest.raises(CloseError) as caught:
        async with world.inside(container), world.inside(container.resource_scope()):
            await world.get(container, a)
            await world.get(container, b)

    assert caught.value.exceptions == (story.faults["close B"],)
    assert story.told["A"] is caught.value
    assert story.log == ["open A", "open B", "close B", "close A"]


async def test_an_observer_that_raises_is_dismissed(world, story, monkeypatch):
    """Section 9, events: an observer that raises is reported once, removed, and disturbs nothing."""
    reported = []
    monkeypatch.setattr("sys.unraisablehook", reported.append)
    seen = []

    def broken(event):
        raise Fault("observer")

    container = Container(observers=[broken, seen.append])
    a = story.add(container, "A", scope="singleton")

    async with world.inside(container):
        await world.get(container, a)

    assert [type(each.exc_value) for each in reported] == [Fault]
    assert [type(event).__name__ for event in seen] == [
        "StartBegan", "Opening", "Opened", "StartEnded", "ScopeLeaving", "Closing", "Closed", "ScopeLeft",
    ]  # fmt: skip
    assert story.log == ["open A", "close A"]


async def test_a_stop_iteration_of_the_users_passes(world):
    """Section 5: also a StopIteration that the user's code raises leaves as itself."""

    class Value:
        def __init__(self):
            raise StopIteration("mine")

    container = Container()
    container.bind(Value, scope="singleton")

    with pytest.raises((StopIteration, RuntimeError)) as caught:
        container.get(Value)
    container.close()

    assert isinstance(caught.value, StopIteration)


@pytest.mark.parametrize("kind", SYNC_KINDS)
async def test_a_stop_iteration_of_a_closing(world, story, kind):
    """L24: a StopIteration raised by closing code is an error like any other."""
    if "generator" in kind or "manager" in kind:
        pytest.skip("Python itself turns it into RuntimeError")
    container = Container()
    a = story.add(container, "A", kind=kind)
    b = story.add(container, "B", a, kind=kind)
    story.faults["close B"] = StopIteration("mine")

    with pytest.raises(CloseError) as caught:
        async with world.inside(container.resource_scope()):
            await world.get(container, b)

    assert caught.value.exceptions[0] is story.faults["close B"]
    assert story.closes == ["B", "A"]


async def test_one_error_object_in_two_openings(world):
    """L28: an exception without a dict of its own is passed on as it is."""

    class Slotted(Exception):
        __slots__ = ()

    def opened():
        raise Slotted("slotted")
        yield

    container = Container()
    container.bind("a", resource(opened))

    with pytest.raises(Slotted):
        async with world.inside(container.resource_scope()):
            await world.get(container, "a")
