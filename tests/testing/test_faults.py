"""Resources that fail, hang or have whoever waits cancelled, because a test asks for it."""

import threading

import pytest
from anyio.lowlevel import checkpoint

from tenure import Container, Pool, Retry, containers, providers, resource
from tenure.errors import CloseError, ResourceTimeoutError, closing_errors
from tenure.lifecycle import closing, opening
from tenure.testing import Faults, InjectedFault


class Database: ...


class Session: ...


class Mailer: ...


@pytest.fixture
def faults():
    with Faults() as faults:
        yield faults


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    """On each library; those who ask for more loops have them in `tests/laws`."""
    return request.param


@pytest.fixture
def told():
    return []


@pytest.fixture
def container(told):
    """A database for ever, sessions that need it, and a mailer that nobody needs, asynchronous."""

    def open_database():
        told.append("open database")
        try:
            yield Database()
        finally:
            told.append("close database")

    def open_session(database: Database):
        told.append("open session")
        try:
            yield Session()
        finally:
            told.append("close session")

    async def open_mailer():
        told.append("open mailer")
        await checkpoint()
        await checkpoint()
        yield Mailer()
        await checkpoint()
        told.append("close mailer")

    container = Container()
    container.bind(Database, open_database, scope="singleton")
    container.bind(Session, open_session, scope="request")
    container.bind(Mailer, open_mailer, scope="request")
    return container


# Which.


def test_an_opening_fails(container, faults, told):
    """Instead of its code; the path to it is told, and nothing is owed."""
    faults.fail(Database)

    with pytest.raises(InjectedFault, match="Database failed to open, as it was told") as failed, container:
        pass  # pragma: no cover

    assert told == []
    assert [str(each.what) for each in faults.happened] == ["fail(Database, on='open')"]
    assert any("Database" in note for note in failed.value.__notes__)


@pytest.mark.parametrize(
    ("asked", "failing"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"nth": 3}, [3]),
        ({"nth": 1}, [1]),
        ({"times": 2}, [1, 2]),
        ({"nth": 2, "times": 2}, [2, 3]),
    ],
)
def test_which_opening_fails(container, faults, asked, failing):
    """All of them, the one named, so many, so many from the one named."""
    faults.fail(Session, **asked)

    failed = []
    for n in range(1, 6):
        with container.resource_scope() as scope:
            try:
                scope.get(Session)
            except InjectedFault:
                failed.append(n)
    container.close()

    assert failed == failing


@pytest.mark.parametrize("key", [Database, "Database", "open_database"])
def test_by_key_by_text_by_what_is_bound(container, faults, key):
    """A resource may be named as it suits."""
    if key == "open_database":
        key = container.engine.graph.bindings[Database].target

    faults.fail(key)

    with pytest.raises(InjectedFault):
        container.get(Database)


def test_no_other_resource_is_concerned(container, faults):
    """A key means one resource."""
    faults.fail(Session)

    assert isinstance(container.get(Database), Database)
    container.close()


def test_a_closing_fails(container, faults, told):
    """Behind its code, so that nothing is left open; everything else is closed."""
    faults.fail(Session, on="close", error=OSError("disk full"))

    with pytest.raises(CloseError) as failed, container, container.resource_scope() as scope:
        scope.get(Session)

    assert [str(error) for error in failed.value.exceptions] == ["disk full"]
    assert told == ["open database", "open session", "close session", "close database"]


class Unplugged(OSError): ...


@pytest.mark.parametrize("error", [Unplugged("now"), Unplugged, lambda: Unplugged("again")])
def test_the_error_that_is_raised(container, faults, error):
    """An object, a class or what gives one."""
    faults.fail(Database, error=error)

    with pytest.raises(Unplugged) as failed:
        container.get(Database)

    assert failed.value is error or not isinstance(error, BaseException)


def test_one_error_many_times(container, faults):
    """Its traceback does not grow."""
    faults.fail(Database, error=(error := Unplugged()))
    lengths = []
    for _ in range(4):
        with pytest.raises(Unplugged):
            container.get(Database)
        trace, n = error.__traceback__, 0
        while trace is not None:
            trace, n = trace.tb_next, n + 1
        lengths.append(n)

    assert lengths[1] == lengths[3]


def test_each_attempt_is_an_opening(told, faults):
    """A retry gets over a fault that passes."""

    @resource(scope="singleton", retry=Retry(attempts=3, backoff=0.001, jitter=0))
    def open_database():
        told.append("open")
        yield Database()

    container = Container()
    container.bind(Database, open_database)
    faults.fail(Database, times=2)
    with container:
        assert told == ["open"]
    assert len(faults.happened) == 2


def test_a_declarative_container(faults, told):
    """By provider, or by the name of its attribute."""

    def opened():
        yield "it"
        told.append("closed")

    class App(containers.DeclarativeContainer):
        database = providers.Resource(opened)
        service = providers.Singleton(str, database)

    app = App()
    faults.fail(app.database, nth=1, error=Unplugged)
    faults.fail("database", nth=2)
    with pytest.raises(Unplugged):
        app.service()
    with pytest.raises(InjectedFault):
        app.service()
    assert app.service() == "it"
    faults.fail("database", on="close")
    with pytest.raises(CloseError):
        app.shutdown_resources()
    assert told == ["closed"]


def test_items_of_a_pool(faults):
    """They are opened and closed as any resource."""

    def connect():
        yield Mailer()

    container = Container()
    container.bind(Mailer, Pool(connect, max_size=2))
    faults.fail(Mailer, nth=1, error=Unplugged)
    with container:
        with pytest.raises(Unplugged), container.resource_scope() as scope:
            scope.get(Mailer)
        with container.resource_scope() as scope:
            assert isinstance(scope.get(Mailer), Mailer)


def test_chance(container, faults):
    """The same seed decides the same; a new one is told, so that it can be given."""

    def play(**asked):
        with Faults() as faults:
            faults.fail(Session, probability=0.5, **asked)
            failed = []
            for _ in range(20):
                with container.resource_scope() as scope:
                    try:
                        scope.get(Session)
                        failed.append(False)
                    except InjectedFault:
                        failed.append(True)
            return failed, faults.happened[0].what

    first, what = play()
    seed = int(what.rpartition("seed=")[2].rstrip(")"))
    again, _ = play(seed=seed)

    assert first == again
    assert 0 < sum(first) < 20
    container.close()


def test_what_is_open_already(container, faults, told):
    """The closing of what was opened before the fault stood goes wrong as well."""
    with container.resource_scope() as scope:
        scope.get(Session)
        faults.fail(Session, on="close")
        with pytest.raises(CloseError):
            scope.__exit__(None, None, None)
    container.close()

    assert told[-2:] == ["close session", "close database"]


# Where code waits.


@pytest.mark.anyio
async def test_it_fails_in_the_middle(container, faults, told):
    """When the named wait of its code has ended; code that waits less often does not fail."""
    faults.fail(Mailer, wait=2, nth=1, error=Unplugged)
    faults.fail(Mailer, wait=3, nth=2)
    faults.fail(Mailer, on="close", wait=1, nth=1)
    with pytest.raises(Unplugged):
        async with container.resource_scope() as scope:
            await scope.aget(Mailer)
    assert told == ["open mailer"]

    with pytest.raises(CloseError):
        async with container.resource_scope() as scope:
            await scope.aget(Mailer)
    assert told == ["open mailer", "open mailer"]
    assert [each.what for each in faults.happened] == [
        "fail(Mailer, on='open', nth=1, wait=2)",
        "fail(Mailer, on='close', nth=1, wait=1)",
    ]


@pytest.mark.anyio
async def test_the_body_is_cancelled(container, faults, told):
    """When a resource begins to open: it gets no further, and the cancellation ends with the body."""
    async with faults.cancel_at(Mailer) as cut:
        async with container.resource_scope() as scope:
            await scope.aget(Mailer)
        told.append("never")

    assert cut.has_happened
    assert told == ["open mailer"]
    await checkpoint()
    async with container.resource_scope() as scope:
        await scope.aget(Mailer)
    assert told == ["open mailer", "open mailer", "close mailer"]


@pytest.mark.anyio
async def test_the_body_is_cancelled_in_a_closing(container, faults, told):
    """The closing runs to its end."""
    async with faults.cancel_at(Mailer, "close", wait=1) as cut:
        async with container.resource_scope() as scope:
            await scope.aget(Mailer)

    assert cut.has_happened
    assert told[0] == "open mailer"


@pytest.mark.anyio
async def test_a_cut_that_never_comes(container, faults, told):
    """Changes nothing, and hides no error."""
    async with faults.cancel_at(Mailer, nth=2) as cut:
        await checkpoint()
    assert not cut.has_happened

    with pytest.raises(Unplugged):
        async with faults.cancel_at(Mailer):
            raise Unplugged


@pytest.mark.anyio
async def test_an_opening_hangs(faults):
    """Until its limit ends it."""

    @resource(scope="request", open_timeout=0.01)
    async def open_mailer():
        yield Mailer()

    container = Container()
    container.bind(Mailer, open_mailer)
    faults.hang(Mailer)
    with pytest.raises(ResourceTimeoutError, match="Mailer"):
        async with container.resource_scope() as scope:
            await scope.aget(Mailer)


@pytest.mark.anyio
async def test_a_closing_hangs(faults, told):
    """It is abandoned at its limit, and everything else is closed."""

    @resource(scope="singleton", close_timeout=0.01)
    async def open_mailer(database: Database):
        yield Mailer()
        told.append("never")

    async def open_database():
        yield Database()
        told.append("close database")

    container = Container()
    container.bind(Database, open_database, scope="singleton")
    container.bind(Mailer, open_mailer)
    faults.hang(Mailer, on="close")
    with pytest.raises(CloseError) as failed:
        async with container:
            pass
    assert isinstance(failed.value.exceptions[0], ResourceTimeoutError)
    assert told == ["close database"]


def test_a_synchronous_closing_hangs(told):
    """On the thread that its own limit gives it; it runs when the faults end."""

    @resource(scope="singleton", close_timeout=0.01)
    def open_database():
        yield Database()
        told.append("closed")
        ran.set()

    ran = threading.Event()
    container = Container()
    container.bind(Database, open_database)
    with Faults() as faults:
        faults.hang(Database, on="close")
        with pytest.raises(CloseError) as failed, container:
            pass
        assert isinstance(failed.value.exceptions[0], ResourceTimeoutError)
        assert told == []
    assert ran.wait(20)


@pytest.mark.parametrize(("on", "why"), [("open", "no limit can end it"), ("close", "its own close_timeout")])
def test_what_would_hang_the_test(container, faults, on, why):
    """Is refused: there is nothing that could end it."""
    faults.hang(Database, on=on)

    with pytest.raises((RuntimeError, CloseError)) as failed, container:
        pass

    errors = failed.value.exceptions if isinstance(failed.value, CloseError) else [failed.value]
    assert why in str(errors[0])


# Bad input, and what it leaves behind.


@pytest.mark.parametrize(
    "asked",
    [{"on": "start"}, {"nth": 0}, {"nth": True}, {"times": -1}, {"wait": 0}, {"probability": 1.5}, {"nth": 1.0}],
)
def test_bad_arguments(faults, asked):
    """Are refused at once."""
    with pytest.raises(ValueError, match=next(iter(asked))):
        faults.fail(Database, **asked)


def test_errors_that_are_none(container, faults):
    """At once, or when it shows."""
    with pytest.raises(TypeError, match="is no exception"):
        faults.fail(Database, error="broken")
    faults.fail(Database, error=lambda: "broken")
    with pytest.raises(TypeError, match="which is no exception"):
        container.get(Database)


def test_it_is_a_context_manager(container):
    """Outside of it there are no faults, and it is entered once."""
    faults = Faults()
    with pytest.raises(RuntimeError, match="with Faults"):
        faults.fail(Database)
    with faults:
        faults.fail(Database)
        with pytest.raises(RuntimeError, match="entered before"):
            faults.__enter__()
    assert isinstance(container.get(Database), Database)
    container.close()


def test_nothing_is_left_behind(container):
    """The library is as it was, and goes the swift way again."""
    before = opening._make_and_open, closing.close_handle
    with Faults() as outer:
        with Faults() as inner:
            inner.fail(Database)
            assert opening._make_and_open is not before[0]
            with pytest.raises(InjectedFault):
                container.get(Database)
        outer.fail(Database, error=Unplugged)
        with pytest.raises(Unplugged):
            container.get(Database)
        later = Container()
        assert not later.engine.is_swift
    assert (opening._make_and_open, closing.close_handle) == before
    assert container.engine.is_swift
    assert later.engine.is_swift
    assert container.engine.observers == ()


def test_faults_can_be_called_off(container, faults):
    """`stop` lets everything go well, within the test."""
    faults.fail(Database)
    faults.stop()

    assert isinstance(container.get(Database), Database)
    container.close()


def test_faults_that_nothing_meets(container, faults):
    """Are named."""
    faults.fail("Databse")
    faults.fail(Database)
    faults.hang(Session, on="close", nth=2)
    with pytest.raises(InjectedFault):
        container.get(Database)

    assert faults.unmet() == ["fail('Databse', on='open')", "hang(Session, on='close', nth=2)"]


def test_an_error_of_the_body_stays_what_it_is(container, faults, told):
    """A closing that fails is a note of it."""
    faults.fail(Session, on="close")

    with pytest.raises(Unplugged) as failed, container, container.resource_scope() as scope:
        scope.get(Session)
        raise Unplugged

    assert [type(error) for error in closing_errors(failed.value)] == [InjectedFault]
