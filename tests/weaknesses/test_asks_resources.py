"""What users asked for, about resources; the numbers are threads of ets-labs/python-dependency-injector."""

import asyncio

from tests.weaknesses.support import Holds, Thing, contrast, done, leaves, live, opening, opening_async, outcome, turns


class Service:
    def __init__(self, db=None):
        self.db = db


@contrast(theirs=Holds(lambda wrong: wrong > 0, "some not reversed"), ours=0)
def test_shutdown_is_the_reverse_of_the_start(library):
    """#432, L19: resources that were opened one by one close in the reverse of that order, not of the declaration."""
    kept, wrong = [], 0
    for number in range(40):
        log = []
        container = library.container(**{name: library.resource(opening(log, name)) for name in "facebd"})
        kept.append((container, [object() for _ in range(number)]))
        for name in "abcdef":
            container.providers[name]()
        container.shutdown_resources()
        wrong += log[6:] != ["-f", "-e", "-d", "-c", "-b", "-a"]
    return wrong


@contrast(theirs=["+one", "+two"], ours=["+one"])
def test_a_selector_opens_the_selected_branch_only(library):
    """#424: the branches that nobody selected are not opened by a start; theirs opens all."""
    log = []
    one, two = library.resource(opening(log, "one")), library.resource(opening(log, "two"))
    container = library.container(chosen=library.providers.Selector(lambda: "one", one=one, two=two))

    container.init_resources()
    opened = sorted(log)
    container.shutdown_resources()
    return opened


@contrast(theirs=["+one"], ours=["+one"])
def test_a_call_of_a_selector_opens_the_selected_branch_only(library):
    """#424: a call opens only what is selected, in both libraries."""
    log = []
    one, two = library.resource(opening(log, "one")), library.resource(opening(log, "two"))
    container = library.container(chosen=library.providers.Selector(lambda: "one", one=one, two=two))

    container.chosen()
    opened = sorted(log)
    container.shutdown_resources()
    return opened


@contrast(theirs=1, ours=1)
def test_a_resource_given_to_nested_containers_opens_once(library):
    """#679, L2: a resource that two nested containers are given is one."""
    log = []
    given = library.providers.Dependency()
    inner = library.declare(given=given, service=library.providers.Factory(Service, given))
    db = library.resource(opening(log, "db"))
    nested = {name: library.providers.Container(inner, given=db) for name in ("left", "right")}
    container = library.container(db=db, **nested)

    container.init_resources()
    container.left().service()
    container.right().service()
    container.shutdown_resources()
    return log.count("+db")


@contrast(theirs=1, ours=1)
def test_a_nested_containers_own_resource_opens_once(library):
    """#873, L2: a nested container's resource is opened once, whether by the start or through the container."""
    log = []
    inner = library.declare(db=library.resource(opening(log, "db")))
    container = library.container(inner=library.providers.Container(inner))

    container.init_resources()
    container.inner.db()
    container.inner().db()
    container.shutdown_resources()
    return log.count("+db")


@contrast(theirs=[], ours=[])
def test_an_overridden_containers_resources_are_not_opened(library):
    """#577, L1: a start opens what stands in, not the resources of the nested container that it replaced."""
    log = []
    original = library.declare(db=library.resource(opening(log, "original")))
    stand_in = library.container(db=library.providers.Object("stand-in"))
    container = library.container(inner=library.providers.Container(original))
    container.inner.override(stand_in)

    container.init_resources()
    opened = list(log)
    container.shutdown_resources()
    return opened


@contrast(theirs=["+stand-in"], ours=["+stand-in"])
def test_an_overridden_resource_is_not_opened(library):
    """#577, L1: a start opens the resource that stands in, not the one that it replaced."""
    log = []
    container = library.container(db=library.resource(opening(log, "original")))
    container.db.override(library.resource(opening(log, "stand-in")))

    container.init_resources()
    opened = sorted(log)
    container.shutdown_resources()
    return opened


@contrast(theirs=["Thing", "Thing"], ours=["Thing", "Thing"])
async def test_a_value_that_is_a_task_is_not_awaited(library):
    """#663, L6: in a list, so that nobody can take it for the resource's own opening, a task is a value."""
    tasks = []

    async def work():
        return Thing("result")

    async def opens():
        tasks.append(asyncio.create_task(work()))
        yield [tasks[0]]

    container = library.container(tasks=library.resource(opens))
    value = await done(container.tasks())
    again = await done(container.tasks())
    seen = [type(await value[0]).__name__, type(await again[0]).__name__]
    await done(container.shutdown_resources())
    return seen


@contrast(theirs="Thing", ours="Task")
async def test_a_resource_may_be_a_task(library):
    """#663, L6: a factory over a resource whose value is a task, a background worker, is given that task."""

    async def work():
        return Thing("result")

    def opens():
        yield asyncio.create_task(work())

    worker = library.resource(opens)
    container = library.container(worker=worker, service=library.providers.Factory(Service, db=worker))
    service = await done(container.service())
    await turns()
    container.shutdown_resources()
    return type(service.db).__name__


@contrast(theirs=["+a", "+b", "-b", "-a"], ours=["+a", "+b", "-b", "-a"])
async def test_synchronous_and_asynchronous_resources_mix(library):
    """#795, L18: a synchronous resource that an asynchronous one needs closes after it."""
    log = []
    a = library.resource(opening(log, "a"))
    container = library.container(a=a, b=library.resource(opening_async(log, "b"), a))

    await done(container.init_resources())
    await done(container.shutdown_resources())
    return [entry for entry in log if entry[0] in "+-"]


@contrast(theirs="real", ours="real")
async def test_an_asynchronous_failure_keeps_its_error(library):
    """#409: a service over an asynchronous resource that fails raises that failure."""
    failing = opening_async([], "db", fails=[RuntimeError("real")])
    db = library.resource(failing)
    container = library.container(db=db, service=library.providers.Factory(Service, db=db))
    try:
        await done(container.service())
    except Exception as error:
        return " ".join(leaves(error))


@contrast(theirs="Thing", ours="str")
async def test_an_added_argument_replaces_an_asynchronous_dependency(library):
    """#974: the last keyword that a provider was given wins over an asynchronous dependency of that name."""
    db = library.resource(opening_async([], "db"))
    container = library.container(db=db, service=library.providers.Factory(Service, db=db))
    container.service.add_kwargs(db="given")

    service = await done(container.service())
    await done(container.shutdown_resources())
    return type(service.db).__name__


@contrast(theirs="str", ours="str")
async def test_an_argument_of_the_call_replaces_an_asynchronous_dependency(library):
    """#974: a keyword of the call wins over an asynchronous dependency, in both libraries."""
    db = library.resource(opening_async([], "db"))
    container = library.container(db=db, service=library.providers.Factory(Service, db=db))

    service = await done(container.service(db="given"))
    await done(container.shutdown_resources())
    return type(service.db).__name__


@contrast(theirs=0, ours=0)
def test_an_argument_of_the_call_opens_nothing(library):
    """#974, L1: a dependency that the call gives itself is not opened."""
    log = []
    db = library.resource(opening(log, "db"))
    container = library.container(db=db, service=library.providers.Factory(Service, db=db))

    container.service(db="given")
    container.shutdown_resources()
    return log.count("+db")


@contrast(theirs=["+early"], ours=["+early"])
def test_a_start_of_one_kind_of_resources(library):
    """#449: `init_resources(resource_type)` opens the resources of that class only."""
    log = []

    class Early(library.providers.Resource):
        pass

    container = library.container(late=library.resource(opening(log, "late")), early=Early(opening(log, "early")))
    container.init_resources(Early)
    opened = list(log)
    container.shutdown_resources()
    return opened


@contrast(theirs=["early"], ours=["early"])
def test_a_shutdown_of_one_kind_of_resources(library):
    """#449: `shutdown_resources(resource_type)` closes the resources of that class only."""
    log = []

    class Late(library.providers.Resource):
        pass

    container = library.container(late=Late(opening(log, "late")), early=library.resource(opening(log, "early")))
    container.init_resources()
    container.shutdown_resources(Late)
    left = live(log)
    container.shutdown_resources()
    return left


@contrast(theirs=["-late", "-early"], ours=["-late", "-early"])
def test_dependent_resources_close_in_order(library):
    """#432, L18: direct dependencies close in order, in both libraries."""
    log = []
    early = library.resource(opening(log, "early"))
    container = library.container(late=library.resource(opening(log, "late"), early), early=early)

    container.init_resources()
    container.shutdown_resources()
    return [entry for entry in log if entry.startswith("-")]


@contrast(theirs="CancelledError", ours="CancelledError")
async def test_a_cancelled_call_is_cancelled(library):
    """L31: who is cancelled while waiting for a resource sees the cancellation."""
    gate = asyncio.Event()
    container = library.container(db=library.resource(opening_async([], "db", gate=gate)))

    async def call():
        return await done(container.db())

    task = asyncio.create_task(call())
    await turns()
    task.cancel()
    await turns()
    gate.set()
    result = await outcome(task)
    await outcome(done(container.shutdown_resources()))
    return result
