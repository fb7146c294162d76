"""`Closing`: a call is a scope, and what it opens for such a parameter is closed when it ends."""

import asyncio
import threading

import pytest

from tenure.errors import AsyncInSyncError
from tenure.wiring import Closing, Provide, Provider, inject
from tests.wiring.support import Example, Fault, Other, opening


def wired(function, *containers):
    for container in containers:
        container.wire(modules=[function])
    return function


def test_closed(container, log):
    """The resource is open in the body and closed after it; the next call has another one."""

    @inject
    def function(session=Closing[Provide["session"]]):
        assert session.is_open
        log.append("body")
        return session

    wired(function, container)

    assert function() is not function()
    assert log == ["open session", "body", "close session"] * 2


async def test_closed_coroutine(container, log):
    """The same for a coroutine function, whose resources may be asynchronous or not."""

    @inject
    async def function(session=Closing[Provide["asession"]], cache=Closing[Provide[Example.cache]]):
        await asyncio.sleep(0)
        assert session.is_open
        assert cache.is_open
        log.append("body")

    wired(function, container)
    await function()

    assert sorted(log[:2]) == ["open asession", "open cache"]
    assert log[2] == "body"
    assert sorted(log[3:]) == ["close asession", "close cache"]


def test_through_factory(container, log):
    """Resources that are reached through what is made for the call are closed too."""

    @inject
    def function(repository=Closing[Provide["repository"]]):
        assert repository.dependency.is_open

    wired(function, container)
    function()

    assert log == ["open session", "close session"]


def test_error(container, log):
    """A resource sees the error of the body, which leaves the call as it is."""

    @inject
    def function(session=Closing[Provide["session"]]):
        raise Fault

    wired(function, container)

    with pytest.raises(Fault):
        function()
    assert log == ["open session", "session sees Fault", "close session"]


async def test_error_coroutine(container, log):
    """The same for a coroutine function."""

    @inject
    async def function(session=Closing[Provide["asession"]]):
        raise Fault

    wired(function, container)

    with pytest.raises(Fault):
        await function()
    assert log == ["open asession", "asession sees Fault", "close asession"]


def test_error_of_opening(container, log):
    """Where one resource cannot be opened, those opened before are closed and the body is not reached."""

    def fail():
        raise Fault
        yield

    @inject
    def function(session=Closing[Provide["session"]], cache=Closing[Provide["cache"]]):
        raise AssertionError("reached")

    wired(function, container)
    with container.cache.override(type(container.cache)(fail)), pytest.raises(Fault):
        function()

    assert log == ["open session", "session sees Fault", "close session"]


def test_others_stay_open(container, log):
    """What a parameter without `Closing` needs first belongs to whatever is around the call."""

    @inject
    def function(session=Closing[Provide["session"]], cache=Provide["cache"]):
        log.append("body")
        return cache

    wired(function, container)

    assert function().is_open
    assert log == ["open cache", "open session", "body", "close session"]


def test_shared_with_others(container, log):
    """A parameter without `Closing` that needs the same resource gets the same one."""

    @inject
    def function(repository=Provide["repository"], session=Closing[Provide["session"]]):
        return repository.dependency is session

    wired(function, container)

    assert function()
    assert log == ["open session", "close session"]


def test_open_before(container, log):
    """A resource that the container has open is shared and stays open."""
    session = container.session()

    @inject
    def function(session=Closing[Provide["session"]]):
        return session

    wired(function, container)

    assert function() is session
    assert log == ["open session"]


def test_nested(container, log):
    """A call inside shares what the one around it has open, and does not close it."""

    @inject
    def inner(session=Closing[Provide["session"]], cache=Closing[Provide["cache"]]):
        log.append("inner")
        return session

    @inject
    def outer(session=Closing[Provide["session"]]):
        assert inner() is session
        assert session.is_open
        log.append("outer")

    wired(inner, container)
    wired(outer, container)
    outer()

    assert log == ["open session", "open cache", "inner", "close cache", "outer", "close session"]


def test_given(container, log):
    """What the caller gives is neither opened nor closed."""

    @inject
    def function(session=Closing[Provide["session"]]):
        return session

    wired(function, container)

    assert function(1) == function(session=2) - 1 == 1
    assert log == []


async def test_given_coroutine(container, log):
    """The same for a coroutine function."""

    @inject
    async def function(session=Closing[Provide["session"]], answer=Provide["coroutine"]):
        return session, answer

    wired(function, container)

    assert await function(session=1) == (1, 42)
    assert log == []


async def test_tasks(container, log):
    """Calls in two tasks at once have a resource each."""
    both = asyncio.Barrier(2)

    @inject
    async def function(session=Closing[Provide["asession"]], repository=Closing[Provide["arepository"]]):
        await both.wait()
        assert repository.dependency is session
        assert session.is_open
        return session

    wired(function, container)
    first, second = await asyncio.gather(function(), function())

    assert first is not second
    assert log == ["open asession"] * 2 + ["close asession"] * 2


def test_threads(container, log):
    """Calls in two threads at once have a resource each."""
    both = threading.Barrier(2)
    found = []

    @inject
    def function(session=Closing[Provide["session"]]):
        both.wait(5)
        found.append((session, session.is_open))
        both.wait(5)

    wired(function, container)
    threads = [threading.Thread(target=function) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({session for session, _ in found}) == 2
    assert all(is_open for _, is_open in found)
    assert log == ["open session"] * 2 + ["close session"] * 2


async def test_cancelled(container, log):
    """A call that is cancelled closes what it opened."""
    inside = asyncio.Event()

    @inject
    async def function(session=Closing[Provide["asession"]]):
        inside.set()
        await asyncio.sleep(60)

    wired(function, container)
    task = asyncio.create_task(function())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert log == ["open asession", "asession sees CancelledError", "close asession"]


def test_async_in_sync(container, log):
    """A function that cannot await cannot have an asynchronous resource opened for it."""

    @inject
    def function(cache=Closing[Provide["cache"]], session=Closing[Provide["asession"]]):
        raise AssertionError("reached")

    wired(function, container)

    with pytest.raises(AsyncInSyncError):
        function()
    assert [line for line in log if "asession" in line] == []


@pytest.mark.parametrize("fails", [False, True])
def test_two_containers(container, log, fails):
    """Resources of two containers are closed, the last opened first, and see the error."""

    @inject
    def function(session=Closing[Provide[Example.session]], other=Closing[Provide[Other.other_session]]):
        log.append("body")
        if fails:
            raise Fault

    wired(function, container, Other())

    if fails:
        with pytest.raises(Fault):
            function()
    else:
        function()
    told = [line for line in log if "sees" not in line]
    assert told == ["open session", "open other session", "body", "close other session", "close session"]
    assert len(log) - len(told) == (2 if fails else 0)


async def test_two_containers_coroutine(container, log):
    """The same for a coroutine function."""

    @inject
    async def function(session=Closing[Provide["asession"]], other=Closing[Provide[Other.other_session]]):
        log.append("body")

    wired(function, container, Other())
    await function()

    assert log == ["open asession", "open other session", "body", "close other session", "close asession"]


def test_singleton_around(container, log):
    """What a longer-lived object needs lives as long as that: it is not closed under it."""
    kept = type(container.service)(dict, session=container.session)
    container.set_provider("kept", kept)

    @inject
    def function(session=Closing[Provide["session"]], kept=Provide["kept"]):
        return session is kept["session"]

    wired(function, container)

    assert function()
    assert log == ["open session"]


def test_provider_in_body(container, log):
    """What the body has made by a provider belongs to the call."""

    @inject
    def function(session=Closing[Provider["session"]]):
        first = session()
        assert first.is_open
        return first is session()

    wired(function, container)

    assert function()
    assert log == ["open session", "close session"]


def test_override(container, log):
    """The resource that replaces one is opened and closed in its place."""

    @inject
    def function(repository=Closing[Provide["repository"]]):
        return repository.dependency.name

    wired(function, container)
    with container.session.override(type(container.session)(opening, "stand-in")):
        assert function() == "stand-in"
    assert function() == "session"

    assert log == ["open stand-in", "close stand-in", "open session", "close session"]


@pytest.mark.parametrize("closes", [True, False])
async def test_opened_at_the_same_time(container, log, closes):
    """Asynchronous resources that do not need one another are opened at the same time."""
    both = asyncio.Barrier(2)

    async def meet(name):
        await both.wait()
        yield name
        log.append(f"close {name}")

    for name in ("first", "second"):
        container.set_provider(name, type(container.asession)(meet, name))
    first, second = Provide["first"], Provide["second"]

    @inject
    async def function(one=Closing[first] if closes else first, two=Closing[second] if closes else second):
        return one, two

    wired(function, container)

    async with asyncio.timeout(5):
        assert await function() == ("first", "second")
        if not closes:
            assert await function() == ("first", "second")
    assert sorted(log) == (["close first", "close second"] if closes else [])
    await container.shutdown_resources()


async def test_one_of_several_fails(container, log):
    """Where one of them fails, the others are closed and the failure leaves the call."""

    async def fail():
        await asyncio.sleep(0)
        raise Fault
        yield

    container.set_provider("failing", type(container.asession)(fail))

    @inject
    async def function(session=Closing[Provide["asession"]], failing=Closing[Provide["failing"]]):
        raise AssertionError("reached")

    wired(function, container)
    with pytest.raises(Fault):
        await function()

    assert log[0] == "open asession"
    assert log[-1] == "close asession"


def test_selected(container, log):
    """A resource that is chosen at run time is closed, and shared with what chooses it."""
    container.set_provider("chosen_session", type(container.chosen)(lambda: "yes", yes=container.session))

    @inject
    def function(chosen=Provide["chosen_session"], session=Closing[Provide["session"]]):
        return chosen is session

    @inject
    def only(chosen=Closing[Provide["chosen_session"]]):
        return chosen.is_open

    wired(function, container)
    wired(only, container)

    assert function()
    assert only()
    assert log == ["open session", "close session"] * 2


async def test_sync_inside_of_async(container, log):
    """A function that cannot await shares what the coroutine around it has open."""

    @inject
    def inner(session=Closing[Provide["asession"]], cache=Closing[Provide["cache"]]):
        return session

    @inject
    async def outer(session=Closing[Provide["asession"]]):
        assert inner() is session
        assert await asyncio.to_thread(inner) is session
        assert session.is_open

    wired(inner, container)
    wired(outer, container)
    await outer()

    assert log == ["open asession", *["open cache", "close cache"] * 2, "close asession"]


def test_scope_around(container, log):
    """A scope that is open around the call owns what is injected without `Closing`, and shares what it has."""

    @inject
    def function(session=Provide["session"], cache=Closing[Provide["cache"]]):
        return session

    wired(function, container)
    with container.resource_scope():
        first = function()
        assert first is function()
        assert first.is_open

    assert not first.is_open
    assert log == ["open session", *["open cache", "close cache"] * 2, "close session"]
