"""W12: `Closing` closes the one instance under everybody else's feet."""

import asyncio
import threading

from tests.weaknesses.support import Thing, contrast, opening, opening_async, outcome


def wired(library, conn, handler):
    container = library.container(conn=conn)
    return container, library.injected(container, handler, conn=library.closing("conn"))


def two_threads(library, log):
    """Two requests on threads: the second uses its connection after the first has finished; what each saw."""
    inside, finished = threading.Barrier(2), threading.Event()
    seen = {}

    def handler(number, conn):
        inside.wait(5)
        if number == 2:
            finished.wait(5)
        seen[number] = conn.is_open

    def request(number):
        function(number)
        if number == 1:
            finished.set()

    container, function = wired(library, library.resource(opening(log, "conn")), handler)
    threads = [threading.Thread(target=request, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    container.unwire()
    return [seen[1], seen[2]]


async def two_tasks(library, log):
    """Two requests as tasks: the second uses its connection after the first has finished; what each saw."""
    finished = asyncio.Event()
    seen = {}

    async def handler(number, conn):
        if number == 2:
            await finished.wait()
        seen[number] = conn.is_open

    async def first():
        await function(1)
        finished.set()

    container, function = wired(library, library.resource(opening_async(log, "conn")), handler)
    await asyncio.gather(first(), function(2), return_exceptions=True)
    container.unwire()
    return [seen[1], seen[2]]


@contrast(theirs=[True, False], ours=[True, True])
def test_a_request_on_a_thread_closes_only_its_own(library):
    """W12, L11, L47: the connection of a request stays open until that request has finished."""
    return two_threads(library, [])


@contrast(theirs=[True, False], ours=[True, True])
async def test_a_request_in_a_task_closes_only_its_own(library):
    """W12, L11, L47: the connection of a request stays open until that request has finished."""
    return await two_tasks(library, [])


@contrast(theirs=1, ours=2)
async def test_each_request_has_its_own(library):
    """W12, L47, #728: concurrent requests do not share what is closed after the call."""
    log = []
    await two_tasks(library, log)
    return log.count("+conn")


@contrast(theirs=1, ours=2)
async def test_each_request_closes_its_own_once(library):
    """W12, L9: what two requests opened is closed, once each."""
    log = []
    await two_tasks(library, log)
    return log.count("-conn")


@contrast(theirs=(True, 1), ours=(True, 1))
async def test_a_request_has_one(library):
    """W12, L2, #728: within a request everybody gets the same instance."""
    log = []

    async def handler(conn, again):
        return conn is again

    container = library.container(conn=library.resource(opening_async(log, "conn")))
    again = library.wiring.Provide["conn"]
    function = library.injected(container, handler, conn=library.closing("conn"), again=again)
    same = await function()
    container.unwire()
    return same, log.count("+conn")


@contrast(theirs=["+conn", "-conn"] * 2, ours=["+conn", "-conn"] * 2)
def test_requests_one_after_another(library):
    """W12: one after another, each request opens and closes, in both libraries."""
    log = []
    container, function = wired(library, library.resource(opening(log, "conn")), lambda conn: None)
    function()
    function()
    container.unwire()
    return log


@contrast(theirs=["still open: False"], ours=["still open: True"])
async def test_a_child_task_does_not_close_its_parents(library):
    """W12, L11, L47: an injected call in a child task leaves open what the parent's call uses."""
    log = []

    async def child(conn):
        return isinstance(conn, Thing)

    container = library.container(conn=library.resource(opening_async([], "conn")))
    inner = library.injected(container, child, conn=library.closing("conn"))

    async def parent(conn):
        await asyncio.create_task(inner())
        log.append(f"still open: {conn.is_open}")

    outer = library.injected(container, parent, conn=library.closing("conn"))
    await outcome(outer())  # theirs fails on Python 3.11 where another has closed it already
    container.unwire()
    return log
