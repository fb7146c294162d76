"""W8: a cancellation at every turn of the loop: of a start, a shutdown, a call, a waiter."""

import asyncio

import pytest

from tests.weaknesses.support import Holds, Thing, contrast, done, live, outcome, turns

TURNS = 30


def pausing(log, name):
    """An async generator function that takes three turns of the loop to open and three to close."""

    async def opens(*_needs):
        await turns(3)
        log.append(f"+{name}")
        try:
            yield Thing(name)
        except asyncio.CancelledError:
            await closes(name)
            raise
        await closes(name)

    async def closes(name):
        log.append(f"~{name}")
        await turns(3)
        log.append(f"-{name}")

    return opens


def build(library, log):
    """`c` needs `b`, which needs `a`; `d` needs nothing."""
    a = library.resource(pausing(log, "a"))
    b = library.resource(pausing(log, "b"), a)
    c = library.resource(pausing(log, "c"), b)
    return library.container(a=a, b=b, c=c, d=library.resource(pausing(log, "d")))


async def cancelled_at(turn, act, repeated):
    """Do *act* in a task, cancel it after *turn* turns, once more one turn later if *repeated*."""

    async def run():
        return await done(act())

    task = asyncio.create_task(run())
    await turns(turn)
    task.cancel()
    if repeated:
        await turns(1)
        task.cancel()
    result = await outcome(task)
    await turns()
    return result


AT_MOST_ONE = Holds(lambda interrupted: interrupted <= 1, "at most one")
REPEATED = pytest.mark.parametrize("repeated", [False, True], ids=["once", "twice"])


@REPEATED
@contrast(theirs=Holds(lambda leaks: leaks > 0, "some left open"), ours=0)
async def test_a_start_leaves_nothing_open(library, repeated):
    """W8c, L4, L8: a start that is cancelled, at whichever turn, leaves nothing open."""
    leaks = 0
    for turn in range(TURNS):
        log = []
        container = build(library, log)
        result = await cancelled_at(turn, container.init_resources, repeated)
        leaks += len(live(log)) if result == "CancelledError" else 0
        await outcome(done_of(container.shutdown_resources))
    return leaks


@REPEATED
@contrast(theirs=Holds(lambda leaks: leaks > 0, "some left open"), ours=0)
async def test_a_shutdown_leaves_nothing_open(library, repeated):
    """W8d, L30: a shutdown that has begun closes everything, at whichever turn it is cancelled."""
    leaks = 0
    for turn in range(1, TURNS):
        log = []
        container = build(library, log)
        await done(container.init_resources())
        await cancelled_at(turn, container.shutdown_resources, repeated)
        leaks += len(live(log))
    return leaks


@contrast(theirs=Holds(lambda forgotten: forgotten > 0, "some forgotten"), ours=0)
async def test_a_call_begins_to_close_everything(library):
    """W8, L10, rule 8: a call that is cancelled, at whichever turn, begins to close everything that it opened."""
    forgotten = 0

    async def handler(c):
        await turns(2)

    for turn in range(TURNS):
        log = []
        container = build(library, log)
        await cancelled_at(turn, library.injected(container, handler, c=library.closing("c")), repeated=False)
        container.unwire()
        forgotten += sum(entry[0] == "+" and f"~{entry[1:]}" not in log for entry in log)
    return forgotten


@contrast(theirs=Holds(lambda interrupted: interrupted > 1, "several in one call"), ours=AT_MOST_ONE)
async def test_a_cancellation_of_a_call_interrupts_one_closing(library):
    """W8d, rule 8: a cancellation while a call closes interrupts at most the one exit that was waiting."""
    most = 0

    async def handler(c, d):
        return

    for turn in range(TURNS):
        log = []
        container = build(library, log)
        marks = {"c": library.closing("c"), "d": library.closing("d")}
        await cancelled_at(turn, library.injected(container, handler, **marks), repeated=False)
        container.unwire()
        most = max(most, sum(entry[0] == "~" and f"-{entry[1:]}" not in log for entry in log))
    return most


@contrast(theirs=Holds(lambda failures: failures > 0, "some not served"), ours=0)
async def test_a_waiter_harms_no_other(library):
    """W8a, L33: two wait for `c`; one is cancelled, at whichever turn; the other is served."""
    failures = 0
    for turn in range(TURNS):
        container = build(library, [])
        other = asyncio.create_task(done_of(container.c))
        await cancelled_at(turn, container.c, repeated=False)
        await turns(TURNS)
        if not other.done():
            other.cancel()
        failures += not isinstance(await outcome(other), Thing)
        await outcome(done_of(container.shutdown_resources))
    return failures


@contrast(theirs=Holds(lambda leaks: leaks > 0, "some left open"), ours=0)
async def test_everything_is_closed_in_the_end(library):
    """W8, L8: whichever get was cancelled at whichever turn, one shutdown leaves nothing open."""
    leaks = 0
    for turn in range(TURNS):
        log = []
        container = build(library, log)
        await cancelled_at(turn, container.c, repeated=False)
        await outcome(done_of(container.shutdown_resources))
        leaks += len(live(log))
    return leaks


async def done_of(act):
    return await done(act())
