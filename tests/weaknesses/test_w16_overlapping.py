"""W16: two shutdowns at once, and calls while a shutdown runs."""

import asyncio
import threading

from tests.weaknesses.support import Thing, contrast, done, opening, opening_async, outcome, turns

PROVOKED = 0.1  # seconds that another thread is given to do something too early


def two(library, log, gate):
    """`b` needs `a` and closes when *gate* is set."""
    a = library.resource(opening_async(log, "a"))
    return library.container(a=a, b=library.resource(opening_async(log, "b", closing_gate=gate), a))


async def overlapping(library, log):
    """Two shutdowns, the second begun while the first closes `b`; which had returned before the gate was set."""
    gate = asyncio.Event()
    container = two(library, log, gate)
    await done(container.init_resources())

    async def shutdown():
        await done(container.shutdown_resources())

    first = asyncio.create_task(shutdown())
    await turns()
    second = asyncio.create_task(shutdown())
    await turns()
    early = [first.done(), second.done()]
    gate.set()
    results = [await outcome(first), await outcome(second)]
    return early, results


@contrast(theirs=["~b", "~a", "-a", "-b"], ours=["~b", "-b", "~a", "-a"])
async def test_two_shutdowns_close_in_order(library):
    """W16, L15, L18: a dependency is closed when its dependent has been, however many shutdowns run."""
    log = []
    await overlapping(library, log)
    return [entry for entry in log if entry[0] in "~-"]


@contrast(theirs=[False, True], ours=[False, False])
async def test_a_second_shutdown_waits_for_the_first(library):
    """W16, L15: a shutdown returns when everything is closed, also when another one does the work."""
    early, _ = await overlapping(library, [])
    return early


@contrast(theirs=[None, None], ours=[None, None])
async def test_two_shutdowns_raise_nothing(library):
    """W16, L15: both end normally."""
    _, results = await overlapping(library, [])
    return results


async def called_during_shutdown(library, log):
    """Ask for `b` while the shutdown closes it; what was given."""
    gate = asyncio.Event()
    container = two(library, log, gate)
    await done(container.init_resources())
    shutdown = asyncio.create_task(outcome(done_of(container.shutdown_resources)))
    await turns()
    caller = asyncio.create_task(outcome(done_of(container.b)))
    await turns()

    gate.set()
    await shutdown
    result = await caller
    seen = list(log)
    is_usable = not isinstance(result, Thing) or result.is_open
    await outcome(done_of(container.shutdown_resources))
    return seen, is_usable


async def done_of(act):
    return await done(act())


def most_alive(log, name):
    """How many of *name* were open, or still closing, at the same time."""
    alive = most = 0
    for entry in log:
        alive += (entry == f"+{name}") - (entry == f"-{name}")
        most = max(most, alive)
    return most


@contrast(theirs=2, ours=1)
async def test_no_second_instance_lives_beside_the_first(library):
    """W16, L2: a call during the shutdown does not open `b` again while the first `b` closes."""
    log, _ = await called_during_shutdown(library, [])
    return most_alive(log, "b")


@contrast(theirs=1, ours=1)
async def test_no_second_dependency_lives_beside_the_first(library):
    """W16, L2: nor is what `b` needs opened again while the first of it is open."""
    log, _ = await called_during_shutdown(library, [])
    return most_alive(log, "a")


@contrast(theirs=False, ours=True)
async def test_a_call_during_a_shutdown_gives_nothing_closed(library):
    """W16, L50: what such a call gives is open, or it gives an error."""
    _, is_usable = await called_during_shutdown(library, [])
    return is_usable


@contrast(theirs=["+a", "-a"] * 2, ours=["+a", "-a"] * 2)
def test_a_container_can_be_started_again(library):
    """W16: after a shutdown the next start opens anew."""
    log = []
    container = library.container(a=library.resource(opening(log, "a")))
    for _ in range(2):
        container.init_resources()
        container.shutdown_resources()
    return log


@contrast(theirs=["+a", "-a"], ours=["+a", "-a"])
def test_a_second_shutdown_does_nothing(library):
    """W16, L9: what is closed is not closed again."""
    log = []
    container = library.container(a=library.resource(opening(log, "a")))
    container.init_resources()
    container.shutdown_resources()
    container.shutdown_resources()
    return log


def on_threads(library, second):
    """
    Shut down on one thread; while the resource closes, do *second* on another, which may take its time.

    Returns:
        What was written, the result of *second*, and whether it had one before the closing ended.
    """
    log, closing, gate, results = [], threading.Event(), threading.Event(), []

    def opens():
        log.append("+b")
        thing = Thing("b")
        yield thing
        closing.set()
        gate.wait(5)
        thing.is_open = False
        log.append("-b")

    container = library.container(b=library.resource(opens))
    container.b()
    first = threading.Thread(target=container.shutdown_resources)
    other = threading.Thread(target=lambda: results.append(second(container)))
    first.start()
    closing.wait(5)
    other.start()
    other.join(PROVOKED)
    early = bool(results)
    gate.set()
    first.join()
    other.join()
    is_usable = not isinstance(results[0], Thing) or results[0].is_open
    container.shutdown_resources()
    return log, is_usable, early


@contrast(theirs=2, ours=1)
def test_no_second_instance_lives_beside_the_first_on_threads(library):
    """W16, L2, L41: a thread that asks during the shutdown does not open `b` while the first `b` closes."""
    log, _, _ = on_threads(library, lambda container: container.b())
    return most_alive(log, "b")


@contrast(theirs=False, ours=True)
def test_a_thread_is_given_nothing_closed(library):
    """W16, L41, L50: what it is given is open, or an error."""
    _, is_usable, _ = on_threads(library, lambda container: container.b())
    return is_usable


@contrast(theirs=True, ours=False)
def test_a_second_shutdown_on_a_thread_waits_for_the_first(library):
    """W16, L15, L41: a shutdown returns when everything is closed, also when another thread does the work."""
    _, _, early = on_threads(library, lambda container: container.shutdown_resources())
    return early


@contrast(theirs=["-a", "+b", "-b"], ours=["+b", "-b", "-a"])
async def test_a_dependency_is_not_shut_down_under_an_opening(library):
    """W16, L18: a shutdown of `a` waits for the opening of `b`, which was given it, and closes `b` first."""
    log, gate = [], asyncio.Event()
    a = library.resource(opening_async(log, "a"))
    container = library.container(a=a, b=library.resource(opening_async(log, "b", gate=gate), a))
    await done(container.a())
    opening_b = asyncio.create_task(outcome(done_of(container.b)))
    await turns()
    shutdown = asyncio.create_task(outcome(done_of(container.a.shutdown)))
    await turns()

    gate.set()
    await shutdown
    await opening_b
    await done(container.shutdown_resources())
    return [entry for entry in log[log.index("+a") + 1 :] if entry[0] in "+-"]
