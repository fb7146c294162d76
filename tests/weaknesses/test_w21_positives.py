"""W21: what dependency-injector does right, and one thing beside it that it does not."""

import asyncio

from tests.weaknesses.support import Holds, Thing, contrast, done, opening, opening_async, outcome, turns

NAMES = ("a", "b", "c")


def independent(library, log, **gates):
    return library.container(**{name: library.resource(opening_async(log, name, **gates)) for name in NAMES})


async def done_of(act):
    return await done(act())


@contrast(theirs=[">a", ">b", ">c"], ours=[">a", ">b", ">c"])
async def test_independent_resources_open_at_the_same_time(library):
    """W21, L63: all have begun to open before any has ended."""
    log, gate = [], asyncio.Event()
    container = independent(library, log, gate=gate)
    start = asyncio.create_task(done_of(container.init_resources))
    await turns()

    begun = sorted(log)
    gate.set()
    await start
    await done(container.shutdown_resources())
    return begun


@contrast(theirs=["~a", "~b", "~c"], ours=["~a", "~b", "~c"])
async def test_independent_resources_close_at_the_same_time(library):
    """W21, L22: all have begun to close before any has ended."""
    log, gate = [], asyncio.Event()
    container = independent(library, log, closing_gate=gate)
    await done(container.init_resources())
    shutdown = asyncio.create_task(done_of(container.shutdown_resources))
    await turns()

    begun = sorted(entry for entry in log if entry[0] in "~-")
    gate.set()
    await shutdown
    return begun


@contrast(theirs=1, ours=1)
async def test_concurrent_first_calls_share_one_opening(library):
    """W21, L2: eight that await the resource at the same time open it once and get the same."""
    log = []
    container = library.container(a=library.resource(opening_async(log, "a")))

    things = await asyncio.gather(*(done_of(container.a) for _ in range(8)))
    await done(container.shutdown_resources())
    return len({id(thing) for thing in things}) if log.count("+a") == 1 else log


@contrast(theirs=["RuntimeError", "opened"], ours=["RuntimeError", "opened"])
async def test_a_failed_opening_can_be_tried_again(library):
    """W21, L7: a failure is not cached."""
    container = library.container(a=library.resource(opening_async([], "a", fails=[RuntimeError("boom")])))

    seen = [await outcome(done_of(container.a)) for _ in range(2)]
    await done(container.shutdown_resources())
    return ["opened" if isinstance(each, Thing) else each for each in seen]


@contrast(theirs=["RuntimeError", "opened"], ours=["RuntimeError", "opened"])
def test_a_failed_synchronous_opening_can_be_tried_again(library):
    """W21, L7: so it is with a synchronous resource."""
    container = library.container(a=library.resource(opening([], "a", fails=[RuntimeError("boom")])))
    seen = []
    for _ in range(2):
        try:
            container.a()
            seen.append("opened")
        except RuntimeError:
            seen.append("RuntimeError")
    container.shutdown_resources()
    return seen


@contrast(theirs=["+a", "-a"], ours=["+a", "-a"])
def test_a_synchronous_resource_is_used_across_loops(library):
    """W21: opened in one `asyncio.run`, used and closed in others."""
    log = []
    container = library.container(a=library.resource(opening(log, "a")))

    async def use():
        return container.a()

    same = asyncio.run(use()) is asyncio.run(use())
    container.shutdown_resources()
    return log if same else []


class Client:
    """What belongs to the loop it was made in."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()


def across_loops(library):
    """Open in a loop that ends without a shutdown; ask in the next one: the loop's state, or the error's class."""

    async def opens():
        yield Client()

    container = library.container(client=library.resource(opens))

    async def first():
        await done(container.client())

    async def second():
        try:
            client = await done(container.client())
        except Exception as error:
            return type(error).__name__
        try:
            return "closed" if client.loop.is_closed() else "running"
        finally:
            await outcome(done_of(container.shutdown_resources))

    asyncio.run(first())
    return asyncio.run(second())


@contrast(theirs="closed", ours=Holds(lambda state: state != "closed", "refused, or opened anew"))
def test_a_resource_of_a_closed_loop_is_not_used_again(library):
    """W21, L54, #576: what belongs to a loop that has ended is refused or opened anew, never handed out silently."""
    return across_loops(library)
