"""W14: a resource of a context is cached when it failed, not closed from another task, closed under its parent."""

import asyncio
import threading

from tests.weaknesses.support import contrast, done, live, opening, opening_async, outcome


def local(library, opens):
    return library.container(db=library.providers.ContextLocalResource(opens))


@contrast(theirs=["RuntimeError", "RuntimeError"], ours=["RuntimeError", "opened"])
async def test_a_failure_is_not_cached(library):
    """W14, L7: the next call tries again once the cause is gone."""
    container = local(library, opening_async([], "db", fails=[RuntimeError("boom")]))

    seen = []
    for _ in range(2):
        result = await outcome(done(container.db()))
        seen.append(result if isinstance(result, str) else "opened")
    await outcome(done(container.shutdown_resources()))
    return seen


@contrast(theirs=True, ours=False)
async def test_what_failed_is_not_initialized(library):
    """W14, L3: a resource whose opening failed is not initialized."""
    container = local(library, opening_async([], "db", fails=[RuntimeError("boom")]))

    await outcome(done(container.db()))
    return container.db.initialized


@contrast(theirs=["db"], ours=[])
async def test_a_shutdown_from_another_task_closes_it(library):
    """W14, L10: what one task opened is closed by the container's shutdown in another."""
    log = []
    container = local(library, opening_async(log, "db"))

    async def opens():
        await done(container.db())

    async def closes():
        await done(container.shutdown_resources())

    await asyncio.create_task(opens())
    await asyncio.create_task(closes())
    return live(log)


@contrast(theirs=["db"], ours=[])
def test_a_shutdown_closes_the_ones_of_every_context(library):
    """W14, L10: the instances of all contexts are closed with the container."""
    log = []
    container = local(library, opening(log, "db"))

    async def opens():
        container.db()

    asyncio.run(opens())
    asyncio.run(opens())
    container.shutdown_resources()
    return live(log)


@contrast(theirs=2, ours=2)
def test_each_context_has_its_own(library):
    """W14, L47, #907: two contexts do not share an instance."""
    log = []
    container = local(library, opening(log, "db"))

    async def opens():
        container.db()

    asyncio.run(opens())
    asyncio.run(opens())
    container.shutdown_resources()
    return log.count("+db")


async def child_closes(library):
    """A child task calls a function that closes the resource its parent opened; (still open, closings in all)."""
    log = []
    container = local(library, opening_async(log, "db"))

    async def handler(db):
        return db

    function = library.injected(container, handler, db=library.closing("db"))
    mine = await done(container.db())
    await asyncio.create_task(function())
    seen = mine.is_open, (await done(container.db())).is_open
    await done(container.shutdown_resources())
    container.unwire()
    return seen, live(log)


@contrast(theirs=(False, False), ours=(True, True))
async def test_a_child_does_not_close_what_it_inherited(library):
    """W14, L11: what the parent opened is open after a child's call, and so is what the parent gets then."""
    seen, _ = await child_closes(library)
    return seen


@contrast(theirs=[], ours=[])
async def test_everything_is_closed_after_a_childs_call(library):
    """W14, L10: at the end nothing is open."""
    _, left = await child_closes(library)
    return left


@contrast(theirs=["db"], ours=[])
def test_a_shutdown_closes_the_ones_of_every_thread(library):
    """W14, L10: the instances that threads opened are closed with the container."""
    log = []
    container = local(library, opening(log, "db"))
    threads = [threading.Thread(target=container.db) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    container.shutdown_resources()
    return live(log)


@contrast(theirs=["RuntimeError", "opened"], ours=["RuntimeError", "opened"])
def test_a_synchronous_failure_is_not_cached(library):
    """W14, L7: a synchronous opening is tried again too, in both libraries."""
    container = local(library, opening([], "db", fails=[RuntimeError("boom")]))
    seen = []
    for _ in range(2):
        try:
            container.db()
            seen.append("opened")
        except RuntimeError:
            seen.append("RuntimeError")
    container.shutdown_resources()
    return seen
