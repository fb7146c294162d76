"""W18: stale values in singletons, overrides that leak, containers that cannot be copied."""

import asyncio

import pytest

from tests.weaknesses.support import contrast, done, live, opening, opening_async, outcome, turns


class Service:
    def __init__(self, db):
        self.db = db


SINGLETONS = ("Singleton", "ThreadSafeSingleton", "ThreadLocalSingleton", "ContextLocalSingleton")


@pytest.mark.parametrize("kind", SINGLETONS)
@contrast(theirs=False, ours=True)
def test_a_singleton_does_not_keep_a_closed_resource(library, kind):
    """W18, L50: after shutdown and start, a singleton of any kind holds an open resource."""
    db = library.resource(opening([], "db"))
    singleton = getattr(library.providers, kind)
    container = library.container(db=db, service=singleton(Service, db=db))
    container.init_resources()
    container.service()
    container.shutdown_resources()
    container.init_resources()

    is_open = container.service().db.is_open
    container.shutdown_resources()
    return is_open


@contrast(theirs=False, ours=True)
def test_a_singleton_does_not_keep_what_was_shut_down_by_itself(library):
    """W18, L50: so it is where the one resource was shut down, and the singleton needs it through a factory."""
    db = library.resource(opening([], "db"))
    inner = library.providers.Factory(Service, db=db)
    container = library.container(db=db, service=library.providers.Singleton(Service, db=inner))
    container.service()
    container.db.shutdown()

    is_open = container.service().db.db.is_open
    container.shutdown_resources()
    return is_open


@contrast(theirs=True, ours=True)
def test_a_singleton_without_resources_is_kept(library):
    """W18: a shutdown does not touch a singleton that needs no resource."""
    db = library.resource(opening([], "db"))
    container = library.container(db=db, service=library.providers.Singleton(Service, db=None))
    container.init_resources()
    service = container.service()

    container.shutdown_resources()
    return container.service() is service


@pytest.mark.parametrize("kind", SINGLETONS)
@contrast(theirs=False, ours=True)
async def test_a_singleton_does_not_keep_a_closed_asynchronous_resource(library, kind):
    """W18, L50: so it is with asynchronous resources."""
    db = library.resource(opening_async([], "db"))
    singleton = getattr(library.providers, kind)
    container = library.container(db=db, service=singleton(Service, db=db))
    await done(container.service())
    await done(container.shutdown_resources())

    is_open = (await done(container.service())).db.is_open
    await done(container.shutdown_resources())
    return is_open


@contrast(theirs=["alt"], ours=[])
def test_an_overriding_resource_is_closed(library):
    """W18, L9: a resource that stood in for another is closed, although the override has ended before the shutdown."""
    log = []
    container = library.container(db=library.resource(opening(log, "db")))
    container.db.override(library.resource(opening(log, "alt")))
    container.db()
    container.db.reset_override()

    container.shutdown_resources()
    return live(log)


@contrast(theirs=["alt"], ours=[])
def test_an_overriding_container_is_closed(library):
    """W18, L9: so it is with a whole container that stood in."""
    log = []
    container = library.container(db=library.resource(opening(log, "db")))
    container.override(library.container(db=library.resource(opening(log, "alt"))))
    container.db()
    container.reset_override()

    container.shutdown_resources()
    return live(log)


@contrast(theirs=["+alt", "-alt"], ours=["+alt", "-alt"])
def test_an_overriding_resource_is_closed_while_it_stands_in(library):
    """W18: a shutdown during the override closes the stand-in."""
    log = []
    container = library.container(db=library.resource(opening(log, "db")))
    with container.db.override(library.resource(opening(log, "alt"))):
        container.db()
        container.shutdown_resources()
    return log


@contrast(theirs="Error: Can not copy initialized resource", ours="a container")
def test_a_container_can_be_made_although_its_class_is_in_use(library):
    """W18, #679: a resource opened through the class does not keep instances from being made."""
    declared = library.declare(a=library.resource(opening([], "a")))
    declared.a()
    try:
        declared()
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        declared.a.shutdown()
    return "a container"


@contrast(theirs="a container", ours="a container")
def test_a_container_can_be_made_after_its_class_was_closed(library):
    """W18: once closed, a resource of the class is no obstacle, in both libraries."""
    declared = library.declare(a=library.resource(opening([], "a")))
    declared.a()
    declared.a.shutdown()
    declared()
    return "a container"


@contrast(theirs="Error: Can not copy initialized resource", ours="a container")
def test_a_nested_container_can_be_made_although_its_class_is_in_use(library):
    """W18, #873: so it is where the class in use is the class of a nested container."""
    inner = library.declare(a=library.resource(opening([], "a")))
    inner.a()
    try:
        library.container(inner=library.providers.Container(inner))
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        inner.a.shutdown()
    return "a container"


@contrast(theirs="no container", ours=False)
def test_an_instance_opens_its_own(library):
    """W18, L47: an instance does not share the resource that was opened through its class."""
    declared = library.declare(a=library.resource(opening([], "a")))
    of_class = declared.a()
    try:
        container = declared()
    except Exception:
        return "no container"
    finally:
        declared.a.shutdown()
    shared = container.a() is of_class
    container.shutdown_resources()
    return shared


@contrast(theirs=[], ours=[])
async def test_what_is_opening_when_an_override_begins_is_closed(library):
    """W18, L3: an override that begins and ends while the resource is being opened does not lose it."""
    log, gate = [], asyncio.Event()
    container = library.container(db=library.resource(opening_async(log, "db", gate=gate)))
    waiter = asyncio.create_task(outcome(done(container.db())))
    await turns()
    with container.db.override(library.providers.Object("stand-in")):
        gate.set()
        await turns()
    await waiter

    await done(container.db())
    await done(container.shutdown_resources())
    return live(log)
