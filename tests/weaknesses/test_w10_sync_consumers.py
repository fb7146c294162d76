"""W10: synchronous consumers of asynchronous resources get futures."""

import asyncio
import inspect
from collections.abc import Coroutine

from tests.weaknesses.support import Holds, Thing, contrast, done, live, opening_async, turns


class Service:
    def __init__(self, db):
        self.db = db


def program(library, log, **more):
    db = library.resource(opening_async(log, "db"))
    return library.container(db=db, **{name: make(db) for name, make in more.items()})


def kind(value):
    return "awaitable" if inspect.isawaitable(value) else type(value).__name__


@contrast(theirs="awaitable", ours="Service")
async def test_a_service_over_an_open_resource_is_a_service(library):
    """W10, #393: a factory's first call after the start gives the object, not a future."""
    container = program(library, [], service=lambda db: library.providers.Factory(Service, db=db))
    await done(container.init_resources())

    result = kind(container.service())
    await done(container.shutdown_resources())
    return result


@contrast(theirs="awaitable", ours="Service")
async def test_a_singleton_over_an_open_resource_is_a_service(library):
    """W10, #393: a singleton's first call after the start gives the object, not a future."""
    container = program(library, [], service=lambda db: library.providers.Singleton(Service, db=db))
    await done(container.init_resources())

    result = kind(container.service())
    await done(container.shutdown_resources())
    return result


@contrast(theirs="awaitable", ours="Service")
async def test_a_service_deep_over_an_open_resource_is_a_service(library):
    """W10, #393: so it is through a list in a factory in a factory."""

    def deep(db):
        inner = library.providers.Factory(Service, db=library.providers.List(db))
        return library.providers.Factory(Service, db=inner)

    container = program(library, [], service=deep)
    await done(container.init_resources())

    result = kind(container.service())
    await done(container.shutdown_resources())
    return result


@contrast(theirs="awaitable", ours="Thing")
async def test_a_synchronous_injected_function_gets_the_value(library):
    """W10, #642: a plain function is given an open asynchronous resource as its value."""
    container = program(library, [])
    await done(container.init_resources())
    function = library.injected(container, lambda db: kind(db), db=library.wiring.Provide["db"])

    result = function()
    container.unwire()
    await done(container.shutdown_resources())
    return result


@contrast(theirs=["db"], ours=[])
async def test_a_synchronous_call_that_closes_leaves_nothing_open(library):
    """W10, L3: `Closing` of an asynchronous resource on a plain function does not lose the resource."""
    log = []
    container = program(library, log)
    await done(container.init_resources())
    function = library.injected(container, lambda db: None, db=library.closing("db"))

    function()
    await turns()
    await done(container.shutdown_resources())
    container.unwire()
    return live(log)


@contrast(theirs="awaitable", ours="Thing")
async def test_a_synchronous_call_that_closes_gets_the_value(library):
    """W10: a plain function with `Closing` is given the value where the resource is open around it."""
    container = program(library, [])
    await done(container.init_resources())
    function = library.injected(container, lambda db: kind(db), db=library.closing("db"))

    result = function()
    container.unwire()
    await done(container.shutdown_resources())
    return result


@contrast(theirs="awaitable", ours=Holds(lambda seen: seen in {"Thing", "refused"}, "a value or an error"))
async def test_a_synchronous_call_never_gets_a_future(library):
    """W10, L51: a plain function that needs what is not open yet is refused before its body."""
    container = program(library, [])
    function = library.injected(container, lambda db: kind(db), db=library.wiring.Provide["db"])
    try:
        result = function()
    except Exception:
        result = "refused"
    container.unwire()
    await done(container.shutdown_resources())
    return result


@contrast(theirs=[], ours=[])
async def test_a_refused_synchronous_call_opens_nothing(library):
    """W10, L51: at the end of the container nothing is left of such a call."""
    log = []
    container = program(library, log)
    function = library.injected(container, lambda db: None, db=library.wiring.Provide["db"])
    try:
        function()
    except Exception:
        log.append("refused")
    container.unwire()
    await turns()
    await done(container.shutdown_resources())
    return live(log)


@contrast(theirs="awaitable", ours="Thing")
async def test_a_mode_does_not_stick_after_an_override(library):
    """W10: a factory that was called with a synchronous stand-in gives real values after the override."""
    container = program(library, [], service=lambda db: library.providers.Factory(Service, db=db))
    container.db.override(library.providers.Object("stand-in"))
    container.service()
    container.db.reset_override()

    service = await done(container.service())
    result = kind(service.db)
    if result == "awaitable":
        await service.db
    await done(container.shutdown_resources())
    return result


def open_outside_a_loop(container):
    """Ask for the asynchronous resource where no loop runs; the name of what is raised."""
    try:
        result = container.db()
        if isinstance(result, Coroutine):
            result.close()  # it says so where it is forgotten
        return "awaitable"
    except Exception as error:
        return type(error).__name__


@contrast(theirs=["db"], ours=["db"])
def test_asking_outside_a_loop_leaves_the_right_state(library):
    """W10, L51: an asynchronous resource asked for outside a loop opens properly in a loop afterwards."""
    log = []
    container = program(library, log)
    asyncio.set_event_loop(None)
    open_outside_a_loop(container)

    async def main():
        await done(container.init_resources())
        opened = live(log)
        await done(container.shutdown_resources())
        return opened

    return asyncio.run(main())


@contrast(theirs=False, ours=False)
def test_asking_outside_a_loop_initializes_nothing(library):
    """W10, L51: `initialized` stays false where opening was not possible."""
    container = program(library, [])
    asyncio.set_event_loop(None)

    open_outside_a_loop(container)
    return container.db.initialized


@contrast(theirs=["Thing", "Thing"], ours=["Thing", "Thing"])
async def test_asynchronous_consumers_get_values(library):
    """W10: an injected coroutine function is given values, before and after the resource is open."""

    async def function(db):
        return type(db).__name__

    container = program(library, [])
    injected = library.injected(container, function, db=library.wiring.Provide["db"])

    seen = [await injected(), await injected()]
    container.unwire()
    await done(container.shutdown_resources())
    return seen


@contrast(theirs=True, ours=True)
async def test_a_pending_value_can_be_awaited_twice(library):
    """W10: what a first call gives can be awaited by two, which get the same value."""
    container = program(library, [])
    pending = container.db()

    first, second = await pending, await pending
    await done(container.shutdown_resources())
    return first is second and isinstance(first, Thing)
