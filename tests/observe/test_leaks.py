"""`LeakDetector`: scopes that nobody leaves, resources that pile up, closings that are given up."""

import logging

import anyio
import pytest

from tenure import Container, resource
from tenure.errors import CloseError, ContainerClosedError
from tenure.events import Leak
from tenure.observe import LeakDetector, logs


class Database:
    """Opened once."""


class Session:
    """Opened per request."""


class Job:
    """Opened each time it is asked for."""


def make_database():
    """Open and close nothing."""
    yield Database()


def make_session(database: Database):
    """Open and close nothing, over a database."""
    yield Session()


def make_job():
    """Open and close nothing."""
    yield Job()


@pytest.fixture
def container():
    container = Container()
    container.bind(Database, make_database, scope="singleton")
    container.bind(Session, make_session, scope="request")
    container.bind(Job, make_job, scope="transient")
    with container:
        yield container


def said(leaks):
    """Return kind, label and scope of each leak."""
    return [(leak.kind, leak.label, leak.scope) for leak in leaks]


def places(leak):
    """Return the functions that led to it."""
    return [frame.rpartition(" in ")[2].rpartition(".")[2] for frame in leak.opened_by]


# What is asked for.


def test_a_program_that_leaves_its_scopes_leaks_nothing(container):
    """What the container itself keeps open is no leak."""
    detector = LeakDetector(container)
    with container.resource_scope() as scope:
        scope.get(Session)

    assert detector.leaks(scopes_after_s=0) == ()
    assert said(detector.still_open()) == [("resource", "Database", "root")]


def test_a_scope_that_is_not_left(container):
    """Leaks with what is open in it, once it is old enough."""
    detector = LeakDetector(container)
    with container.resource_scope() as scope:
        scope.get(Session)

        assert detector.leaks(scopes_after_s=3600) == ()
        leaks = detector.leaks(scopes_after_s=0)
    assert said(leaks) == [("scope", "request", "request"), ("resource", "Session", "request")]
    assert leaks[0].age_s >= leaks[1].age_s > 0
    assert detector.leaks(scopes_after_s=0) == ()


def test_resources_that_pile_up(container):
    """More than anybody meant, of one key, in one scope: the oldest stands for all of them."""
    detector = LeakDetector(container)
    first, *_ = [container.get(Job) for _ in range(5)]
    oldest = next(leak for leak in detector.still_open() if leak.label == "Job")

    assert detector.leaks(max_alike=5) == ()
    (leak,) = detector.leaks(max_alike=4)
    assert (leak.kind, leak.id) == ("piled up", oldest.id)
    del first


def test_what_was_open_before_is_known(container):
    """By the container's snapshot."""
    with container.resource_scope() as scope:
        scope.get(Session)
        detector = LeakDetector(container)

        assert said(detector.leaks(scopes_after_s=0)) == [("resource", "Session", "request"), ("scope", "request", "request")]  # fmt: skip  # noqa: E501


def test_what_is_being_closed_when_it_looks_first_is_no_leak():
    """Its closing began before anybody observed, and tells nobody of its end; so does the scope's leaving."""
    container, made = Container(), []

    def make_first():
        yield Database()

    def make_second(first: Database):
        yield Session()
        made.append(LeakDetector(container))

    container.bind(Database, make_first, scope="request")
    container.bind(Session, make_second, scope="request")
    with container.resource_scope() as scope:
        scope.get(Session)

    assert made[0].still_open() == ()
    container.close()


def test_what_has_nothing_to_close_is_no_leak(container):
    """However it was declared."""

    @resource
    class Settings:
        def initialize(self):
            """Read something."""

    container.bind(Settings, scope="singleton")
    detector = LeakDetector(container)
    container.get(Settings)

    assert "Settings" not in str(detector.still_open())


def test_what_is_meant_to_stay_is_forgiven(container):
    """It is told no more."""
    detector = LeakDetector(container)
    with container.resource_scope() as scope:
        scope.get(Session)
        detector.forgive(detector.leaks(scopes_after_s=0))

        assert detector.leaks(scopes_after_s=0) == ()


# Where it was opened.


def test_a_traceback_of_what_the_container_owns_is_always_known(container):
    """It keeps it for itself."""
    detector = LeakDetector(container)

    (database,) = detector.still_open()
    assert places(database)[0] == "container"


def test_tracebacks_when_asked_for(container):
    """Of scopes and of what is opened in them; as many frames as wanted."""

    def handler():
        with container.resource_scope() as scope:
            scope.get(Session)
            return detector.leaks(scopes_after_s=0)

    def server():
        return handler()

    detector = LeakDetector(container, tracebacks=True, n_frames=2)
    for leak in server():
        assert places(leak) == ["handler", "server"]

    detector = LeakDetector(container)
    assert [leak.opened_by for leak in server()] == [(), ()]


@pytest.mark.anyio
@pytest.mark.parametrize("shield", [False, True])
async def test_tracebacks_on_a_loop(shield):
    """They end where the loop begins; what an owner task opens is said to be opened where its scope was entered."""
    container = Container()

    @resource(shield=shield)
    async def make():
        yield Session()

    container.bind(Session, make, scope="request")
    detector = LeakDetector(container, tracebacks=True)

    async def handler():
        async with container.resource_scope() as scope:
            await scope.aget(Session)
            return detector.leaks(scopes_after_s=0)

    for leak in await handler():
        assert places(leak)[0] == "handler"
        assert not any("asyncio" in frame or "trio" in frame for frame in leak.opened_by)
    await container.aclose()


# What is told.


@pytest.mark.anyio
async def test_a_scope_that_was_not_left_when_the_container_closed():
    """Is told to every observer, with where it was entered."""
    container, told, seen = Container(), [], []
    container.bind(Session, make_job, scope="request")
    container.observe(lambda event: seen.append(event) if isinstance(event, Leak) else None)
    detector = LeakDetector(container, tracebacks=True, tell=told.append)
    entered, closed = anyio.Event(), anyio.Event()

    async def handler():
        with pytest.raises(ContainerClosedError):
            async with container.resource_scope() as scope:
                await scope.aget(Session)
                entered.set()
                await closed.wait()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(handler)
        await entered.wait()
        await container.aclose()
        closed.set()

    assert said(told) == [("scope", "request", "request")]
    assert seen == told
    assert places(told[0])[0] == "handler"
    assert detector.still_open() == ()


@pytest.mark.anyio
async def test_a_scope_that_is_cut_off_by_what_ended_the_container():
    """Its resources are shown that error, and it leaks all the same; a scope that the error passed through does not."""
    container, told = Container(), []
    container.bind(Session, make_job, scope="request")
    LeakDetector(container, tell=told.append)
    entered, closed = anyio.Event(), anyio.Event()

    async def handler():
        with pytest.raises(ContainerClosedError):
            async with container.resource_scope():
                entered.set()
                await closed.wait()

    async with anyio.create_task_group() as tasks:
        with pytest.raises(OSError, match="disk full"):
            async with container:
                tasks.start_soon(handler)
                await entered.wait()
                async with container.resource_scope() as scope:
                    await scope.aget(Session)
                    raise OSError("disk full")
        closed.set()

    assert said(told) == [("scope", "request", "request")]


@pytest.mark.anyio
async def test_a_closing_that_was_given_up():
    """Is told as soon as it is."""
    container, told = Container(), []

    @resource(close_timeout=0.01)
    async def hang():
        yield Session()
        await anyio.sleep_forever()

    container.bind(Session, hang, scope="singleton")
    LeakDetector(container, tell=told.append)
    await container.aget(Session)
    with pytest.raises(CloseError):
        await container.aclose()

    assert said(told) == [("abandoned", "Session", "root")]


def test_telling_what_was_found(container, caplog):
    """Whatever logs the container's events logs its leaks."""
    caplog.set_level(logging.WARNING, "tenure")
    logs.attach(container)
    detector = LeakDetector(container)
    with container.resource_scope():
        found = detector.tell(scopes_after_s=0)

    assert [record.getMessage() for record in caplog.records] == [str(leak) for leak in found]
    assert said(found) == [("scope", "request", "request")]


# The detector itself.


def test_detaching(container):
    """Forgets everything."""
    detector = LeakDetector(container)
    detector.detach()
    detector.detach()
    with container.resource_scope():
        assert detector.leaks(scopes_after_s=0) == ()
    assert detector.still_open() == ()


@pytest.mark.parametrize("bounds", [{"scopes_after_s": -1}, {"max_alike": 0}])
def test_bounds_of_leaks(container, bounds):
    """Are refused."""
    with pytest.raises(ValueError, match="at least 0 and 1 make sense"):
        LeakDetector(container).leaks(**bounds)


def test_bounds_of_frames(container):
    """A traceback has a frame."""
    with pytest.raises(ValueError, match="n_frames is 0"):
        LeakDetector(container, n_frames=0)


def test_it_keeps_nothing_of_what_is_closed(container):
    """Nor of what failed to open."""

    def refuse():
        raise OSError("full")
        yield

    container.bind(dict[str, int], refuse, scope="request")
    detector = LeakDetector(container, tracebacks=True)
    for _ in range(3):
        with container.resource_scope() as scope:
            scope.get(Session)
            with pytest.raises(OSError, match="full"):
                scope.get(dict[str, int])

    assert (len(detector._kept), detector._asked) == (1, {})
