"""W8: a cancellation harms others, poisons what is shared, and leaves things open."""

import asyncio
import gc

import pytest

from tests.weaknesses.support import Thing, contrast, done, live, opening_async, outcome, turns


class Service:
    def __init__(self, db):
        self.db = db


def slow_resource(library, log, gate, **more):
    """A container whose resource `db` opens when *gate* is set."""
    db = library.resource(opening_async(log, "db", gate=gate))
    return library.container(db=db, **{name: make(db) for name, make in more.items()})


async def cancelled(task):
    """Cancel *task* and let everything settle."""
    task.cancel()
    await turns()


async def waits_for(call):
    return await done(call())


def shown(result):
    return result.name if isinstance(result, Thing) else result


@contrast(theirs="CancelledError", ours="db")
async def test_cancelling_one_waiter_does_not_harm_the_other(library):
    """W8a, L33: two wait for one resource; the one that is not cancelled gets it."""
    gate = asyncio.Event()
    container = slow_resource(library, [], gate)
    first = asyncio.create_task(waits_for(container.db))
    second = asyncio.create_task(waits_for(container.db))
    await turns()

    await cancelled(first)
    gate.set()
    result = shown(await outcome(second))
    await outcome(done(container.shutdown_resources()))
    return result


@contrast(theirs="still waiting", ours="db")
async def test_a_factory_does_not_wait_for_ever(library):
    """W8b, L33: a factory that waits for the resource is served after a direct waiter was cancelled."""
    gate = asyncio.Event()
    container = slow_resource(library, [], gate, service=lambda db: library.providers.Factory(Service, db=db))
    direct = asyncio.create_task(waits_for(container.db))
    await turns()
    through = asyncio.create_task(waits_for(container.service))
    await turns()

    await cancelled(direct)
    gate.set()
    await turns()
    result = shown((await through).db) if through.done() else "still waiting"
    await cancelled(through)
    await outcome(done(container.shutdown_resources()))
    return result


@contrast(theirs="CancelledError", ours="db")
async def test_a_singleton_is_not_poisoned(library):
    """W8b, L7, L33: a call of a singleton is served although an earlier waiter was cancelled."""
    gate = asyncio.Event()
    container = slow_resource(library, [], gate, service=lambda db: library.providers.Singleton(Service, db=db))
    first = asyncio.create_task(waits_for(container.service))
    await turns()

    await cancelled(first)
    second = asyncio.create_task(waits_for(container.service))
    await turns()
    gate.set()
    await turns()
    service = await outcome(second)
    await outcome(done(container.shutdown_resources()))
    return shown(getattr(service, "db", service))


@contrast(theirs=["CancelledError", "CancelledError"], ours=["db", "db"])
async def test_a_singleton_is_not_poisoned_for_good(library):
    """W8b, L7, L33: after its resource's waiter and its own were cancelled, every later call is served."""
    gate = asyncio.Event()
    container = slow_resource(library, [], gate, service=lambda db: library.providers.Singleton(Service, db=db))
    direct = asyncio.create_task(waits_for(container.db))
    await turns()
    through = asyncio.create_task(waits_for(container.service))
    await turns()

    await cancelled(direct)
    await cancelled(through)
    gate.set()
    services = [await outcome(waits_for(container.service)) for _ in range(2)]
    await outcome(done(container.shutdown_resources()))
    return [shown(getattr(service, "db", service)) for service in services]


@contrast(theirs=["CancelledError", "InvalidStateError"], ours=[])
async def test_a_cancellation_raises_nothing_behind_the_scenes(library):
    """W8b, L29, #941: a cancelled waiter leaves no error to the loop's exception handler."""
    seen = []

    def behind_the_scenes(_loop, context):
        seen.append(type(context["exception"]).__name__)

    asyncio.get_running_loop().set_exception_handler(behind_the_scenes)
    for make in (library.providers.Factory, library.providers.Singleton):
        gate = asyncio.Event()
        container = slow_resource(library, [], gate, service=lambda db, make=make: make(Service, db=db))
        direct = asyncio.create_task(waits_for(container.db))
        await turns()
        through = asyncio.create_task(waits_for(container.service))
        await turns()
        await cancelled(through if make is library.providers.Singleton else direct)
        gate.set()
        await turns()
        await cancelled(through)
        await outcome(done(container.shutdown_resources()))
    gc.collect()
    return sorted(set(seen))


@contrast(theirs=["fast"], ours=[])
async def test_a_cancelled_start_is_rolled_back(library):
    """W8c, L4, L8: a start that is cancelled leaves nothing open."""
    log, gate = [], asyncio.Event()
    container = library.container(
        slow=library.resource(opening_async(log, "slow", gate=gate)), fast=library.resource(opening_async(log, "fast"))
    )
    start = asyncio.create_task(done_of(container.init_resources))
    await turns()

    await cancelled(start)
    gate.set()
    await outcome(start)
    return live(log)


async def done_of(act):
    return await done(act())


def two_closing_slowly(library, log, gate):
    """`b` needs `a` and closes when *gate* is set."""
    a = library.resource(opening_async(log, "a"))
    return library.container(a=a, b=library.resource(opening_async(log, "b", closing_gate=gate), a))


async def cancelled_shutdown(library, log):
    """Start, cancel the shutdown while `b` closes, let `b` end; what the shutdown raised."""
    gate = asyncio.Event()
    container = two_closing_slowly(library, log, gate)
    await done(container.init_resources())
    shutdown = asyncio.create_task(done_of(container.shutdown_resources))
    await turns()

    await cancelled(shutdown)
    gate.set()
    return await outcome(shutdown)


@contrast(theirs=["~b", "x~b"], ours=["~b", "-b", "~a", "-a"])
async def test_a_cancelled_shutdown_closes_everything(library):
    """W8d, L30: an exit that has begun runs to its end, and so do the others."""
    log = []
    await cancelled_shutdown(library, log)
    return [entry for entry in log if entry[0] in "~-x"]


@contrast(theirs="CancelledError", ours="CancelledError")
async def test_a_cancellation_during_shutdown_is_not_lost(library):
    """W8d, L27, L31: it is raised, bare, once everything is closed."""
    return await cancelled_shutdown(library, [])


@contrast(theirs="closed value", ours="refused")
async def test_a_waiter_is_never_handed_what_a_shutdown_closed(library):
    """W8e, L37: a shutdown while a resource opens: the waiter gets an error, not a closed value."""
    log, gate = [], asyncio.Event()
    container = slow_resource(library, log, gate)
    waiter = asyncio.create_task(waits_for(container.db))
    await turns()
    shutdown = asyncio.create_task(done_of(container.shutdown_resources))
    await turns()

    gate.set()
    await shutdown
    result = await outcome(waiter)
    await turns()
    if isinstance(result, Thing):
        return "open value" if result.is_open else "closed value"
    return "refused"


@contrast(theirs=[], ours=[])
async def test_nothing_is_open_after_a_shutdown_that_met_an_opening(library):
    """W8e, L37: what was opening when the shutdown began is closed when it ends."""
    log, gate = [], asyncio.Event()
    container = slow_resource(library, log, gate)
    waiter = asyncio.create_task(waits_for(container.db))
    await turns()
    shutdown = asyncio.create_task(done_of(container.shutdown_resources))
    await turns()

    gate.set()
    await shutdown
    left = live(log)
    await outcome(waiter)
    return left


FORGOTTEN = pytest.mark.filterwarnings(
    "ignore:.*never awaited:RuntimeWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


@FORGOTTEN
@contrast(theirs=["db"], ours=[])
async def test_a_shutdown_that_nobody_awaits_is_not_forgotten(library):
    """W8f, L3: a resource whose `shutdown()` was not awaited is still closed with the container."""
    log = []
    container = library.container(db=library.resource(opening_async(log, "db")))
    await done(container.db())

    container.db.shutdown()
    gc.collect()
    await turns()
    await done(container.shutdown_resources())
    return live(log)


@FORGOTTEN
@contrast(theirs=["db"], ours=[])
async def test_a_resource_that_says_it_is_closed_is_closed(library):
    """W8f, L3: `initialized` is false only when nothing is owed."""
    log = []
    container = library.container(db=library.resource(opening_async(log, "db")))
    await done(container.db())

    container.db.shutdown()
    gc.collect()
    await turns()
    lie = [] if container.db.initialized else live(log)
    await done(container.shutdown_resources())
    return lie


@contrast(theirs=["~b", "~a", "-a", "x~b"], ours=["~b", "x~b", "~a", "-a"])
async def test_a_second_cancellation_of_a_call_does_not_reach_the_rest(library):
    """W8d, L30, rule 8: it interrupts at most the exit that was waiting; what that one needs closes after it."""
    log, gate = [], asyncio.Event()
    container = two_closing_slowly(library, log, gate)

    async def handler(b):
        await asyncio.Event().wait()

    call = asyncio.create_task(library.injected(container, handler, b=library.closing("b"))())
    await turns()
    await cancelled(call)
    await cancelled(call)
    gate.set()
    await outcome(call)
    container.unwire()
    return [entry for entry in log if entry[0] in "~-x"]
