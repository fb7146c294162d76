"""A report tells whether a container lives, is ready and has started, and how what is open in it is."""

import itertools
from typing import Annotated

import anyio
import pytest
from health_support import answers, bound, of, raises, short, singleton, virtually

import tenure.health
from tenure import Container, Pool, containers, providers, resource
from tenure.errors import BindingError
from tenure.health import Health, HealthReport, Probe, ResourceHealth
from tenure.health.answers import of_answer
from tenure.health.checks import ask_of
from tenure.record import replace
from tenure.runner import run
from tenure.workers import Stop, Worker, worker

pytestmark = pytest.mark.anyio


# The whole.


async def test_an_empty_container_that_was_started():
    """There is nothing that could be wrong."""
    async with Container() as container:
        report = await container.health()

    assert (report.status, report.state, report.resources) == ("healthy", "started", ())
    assert report.liveness == report.readiness == report.startup == Probe(True, ())
    assert report.took_s >= 0


async def test_a_container_that_was_not_started():
    """It lives, and is not ready."""
    report = await Container().health()

    assert (report.status, report.state) == ("unhealthy", "not started")
    assert (report.liveness.ok, report.readiness.ok, report.startup.ok) == (True, False, False)
    assert report.readiness.reasons == ("the container is not started",)


async def test_a_report_is_frozen():
    """It is of one moment."""
    report = await Container().health()

    with pytest.raises(AttributeError, match="frozen"):
        report.status = "healthy"


async def test_a_resource_by_key_and_by_label():
    """Both find it; another key is a KeyError."""
    Db = singleton("Db", ask=answers)
    async with bound(Db) as container:
        report = await container.health()

    assert report[Db] is report["Db"]
    assert isinstance(report[Db], ResourceHealth)
    with pytest.raises(KeyError):
        report[int]


async def test_what_is_told_of_a_healthy_resource():
    """How long it took, since when it is so, when it was checked."""
    Db = singleton("Db", ask=lambda self: {"status": "ok", "load": 0.3, "conn": self})
    async with bound(Db) as container:
        first = (await container.health())[Db]
        second = (await container.health())[Db]

    assert (first.key, first.label, first.status, first.state, first.error) == (Db, "Db", "healthy", "open", None)
    assert first.took_s >= 0
    assert first.since >= first.checked_at
    assert second.since == first.since
    assert dict(first.details) == {"load": 0.3, "conn": "<Db>"}  # no object is kept


async def test_what_is_told_of_an_unhealthy_resource():
    """The text and the class of the error; the object is not kept alive by it."""
    Db = singleton("Db", ask=raises)
    async with bound(Db) as container:
        report = await container.health()

    assert (report[Db].status, report[Db].error, report[Db].error_type) == ("unhealthy", "no route", "OSError")
    assert (report.status, report.readiness) == ("unhealthy", Probe(False, ("Db is unhealthy",)))
    assert report.liveness.ok
    assert report.startup.ok


async def test_since_begins_anew_with_another_status():
    """And only then."""
    said = ["ok"]
    Db = singleton("Db", health=Health(lambda db: said[0], ttl_s=0))
    async with bound(Db) as container:
        reports = []
        for word in ("ok", "ok", "down", "down"):
            said[0] = word
            reports.append((await container.health())[Db])

    assert [each.status for each in reports] == ["healthy", "healthy", "unhealthy", "unhealthy"]
    assert reports[0].since == reports[1].since < reports[2].since == reports[3].since


# Criticality.


async def test_what_is_not_critical_degrades():
    """The container stays ready."""
    Cache = singleton("Cache", health=Health(raises, critical=False))
    async with bound(Cache) as container:
        report = await container.health()

    assert (report.status, report.readiness.ok, report[Cache].status) == ("degraded", True, "unhealthy")
    assert not report[Cache].is_critical


async def test_what_is_degraded_degrades():
    """However critical it is."""
    Db = singleton("Db", ask=lambda self: "degraded")
    async with bound(Db) as container:
        report = await container.health()

    assert (report.status, report.readiness.ok) == ("degraded", True)


async def test_only_what_is_marked_counts_for_liveness():
    """A database that is away is no reason to restart the program."""
    Db = singleton("Db", health=raises)
    Loop = singleton("Loop", health=Health(raises, liveness=True))
    async with bound(Db) as container:
        assert (await container.health()).liveness.ok
    async with bound(Db, Loop) as container:
        report = await container.health()

    assert report.liveness == Probe(False, ("Loop is unhealthy",))
    assert report.readiness.reasons == ("Db is unhealthy", "Loop is unhealthy")


async def test_what_cannot_be_checked_is_unknown():
    """And keeps nothing from being ready."""
    Db = singleton("Db")
    async with bound(Db) as container:
        report = await container.health()

    assert (report.status, report[Db].status, report[Db].took_s) == ("healthy", "unknown", None)


# Root causes.


async def test_a_failing_dependency_explains_its_dependents():
    """Also through what is healthy or cannot be checked; what is healthy needs no explanation."""
    Db = singleton("Db", ask=raises)
    Repo = singleton("Repo", Db)
    Well = singleton("Well", Repo, ask=answers)
    Api = singleton("Api", Well, ask=raises)
    Other = singleton("Other", ask=raises)
    async with bound(Db, Repo, Well, Api, Other) as container:
        report = await container.health()

    assert {each.label: each.root_causes for each in report.resources} == {
        "Db": (), "Repo": ("Db",), "Well": (), "Api": ("Db",), "Other": (),
    }  # fmt: skip
    assert report.readiness.reasons == ("Db is unhealthy", "Api is unhealthy because of Db", "Other is unhealthy")


async def test_dependencies_through_plain_values_count():
    """The graph is what says what needs what, not the order of opening."""
    Db = singleton("Db", ask=raises)

    class Session:
        def __init__(self, db: Db):
            pass

    Api = singleton("Api", Session)
    async with bound(Db, Api) as container:
        assert (await container.health())[Api].root_causes == ("Db",)


async def test_what_code_asked_for_counts():
    """A dependency that showed at run time explains as well."""
    Db = singleton("Db", ask=raises)

    @resource(scope="singleton")
    class Api:
        def initialize(self):
            container.get(Db)

    container = bound(Db, Api)
    async with container:
        assert (await container.health())[Api].root_causes == ("Db",)


async def test_two_root_causes():
    """Both are named, in order of binding."""
    Db, Queue = singleton("Db", ask=raises), singleton("Queue", ask=raises)
    Api = singleton("Api", Queue, Db)
    async with bound(Db, Queue, Api) as container:
        assert (await container.health())[Api].root_causes == ("Db", "Queue")


# Nothing is opened.


async def test_nothing_is_opened():
    """What is not open says so, and stays it."""
    Db = singleton("Db", ask=answers)
    container = bound(Db)

    report = await container.health()
    assert (report[Db].status, report[Db].state, Db.n_opened) == ("not open", "not open", 0)
    assert container.snapshot().resources == ()


async def test_a_lazily_opened_object_is_not_opened_by_its_check():
    """Its `ping` would open it if anybody else called it."""

    @resource
    class Client:
        n_opened = 0

        async def initialize(self):
            Client.n_opened += 1

        async def dispose(self):
            pass

        async def ping(self):
            return True

    async with Container() as container:
        container.bind(Client)
        client = container.get(Client)
        closed = await container.health()
        assert (closed[Client].status, Client.n_opened) == ("not open", 0)

        await client.ping()
        assert ((await container.health())[Client].status, Client.n_opened) == ("healthy", 1)


async def test_what_is_opening_is_not_waited_for():
    """It is told as it is."""
    begun, go_on = anyio.Event(), anyio.Event()

    @resource(scope="singleton")
    async def open_db():
        begun.set()
        await go_on.wait()
        yield 1

    container = Container()
    container.bind(int, open_db)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(container.start)
        await begun.wait()
        report = await container.health()
        go_on.set()
    ended = await container.health()
    await container.aclose()

    assert (report.state, report[int].state, report[int].status) == ("starting", "opening", "not open")
    assert (report.startup.ok, report.readiness.reasons) == (False, ("the container is starting",))
    assert (ended.state, ended[int].state) == ("started", "open")


async def test_a_start_that_failed():
    """The container has not started."""

    @resource(scope="singleton")
    async def open_db():
        raise ConnectionError
        yield 1

    container = Container()
    container.bind(int, open_db)
    with pytest.raises(ConnectionError):
        await container.start()

    assert (await container.health()).state == "not started"


async def test_a_start_of_more_later_changes_nothing():
    """Who is ready stays it."""
    begun, go_on = anyio.Event(), anyio.Event()

    @resource
    async def open_late():
        begun.set()
        await go_on.wait()
        yield 1

    async with Container() as container:
        container.bind(int, open_late)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(container.start, int)
            await begun.wait()
            report = await container.health()
            go_on.set()

    assert (report.state, report.readiness.ok) == ("started", True)


async def test_a_closing_container_says_so():
    """What is open then is not checked any more: a check could hold the closing up. It tells what it answered last."""
    reports, n_checks = [], []

    def check(_):
        n_checks.append(1)

    Pool = singleton("Pool", health=Health(check, ttl_s=0))

    @resource(scope="singleton")
    async def open_db(pool: Pool):
        yield 1
        reports.append(await container.health())

    container = bound(Pool)
    container.bind(int, open_db)
    async with container:
        await container.health()
    reports.append(await container.health())

    assert reports[0].state in ("draining", "closing")
    assert not reports[0].readiness.ok
    assert reports[0].startup.ok
    assert reports[0][int].state == "closing"
    assert (reports[0][Pool].status, len(n_checks)) == ("healthy", 1)
    assert (reports[1].state, reports[1].readiness.reasons) == ("closed", ("the container is closed",))
    assert reports[1].liveness.ok
    assert of(reports[1]) == {"Pool": "not open", "int": "not open"}


async def test_what_was_never_checked_before_the_close_is_unknown():
    """The reason is told."""
    reports = []
    Pool = singleton("Pool", ask=raises)

    @resource(scope="singleton")
    async def open_db(pool: Pool):
        yield 1
        reports.append(await container.health())

    container = bound(Pool)
    container.bind(int, open_db)
    async with container:
        pass

    assert (reports[0][Pool].status, reports[0][Pool].error) == (
        "unknown", "it is not checked any more, because the container is closing",
    )  # fmt: skip


async def test_a_second_life():
    """A container that is started again is not ready before that start has ended."""
    seen = []

    @resource(scope="singleton")
    async def open_db():
        seen.append((await container.health()).state)
        yield 1

    container = Container()
    container.bind(int, open_db)
    for _ in range(2):
        async with container:
            seen.append((await container.health()).state)

    assert seen == ["starting", "started", "starting", "started"]


async def test_what_was_closed_while_it_was_asked():
    """The error says nothing of its health: it is not open."""
    begun, closed = anyio.Event(), anyio.Event()

    async def check(_):
        begun.set()
        await closed.wait()
        raise OSError("connection is closed")

    Db = singleton("Db", health=check)
    found = []
    async with bound(Db) as container, anyio.create_task_group() as tasks:

        async def look():
            found.append(await container.health())

        tasks.start_soon(look)
        await begun.wait()
        await container.areset(Db)
        closed.set()

    assert (found[0][Db].status, found[0][Db].state, found[0][Db].error) == ("not open", "closing", None)


async def test_what_lives_in_a_request_is_nobody_elses_business():
    """Only what the root owns is told."""

    @resource(scope="request")
    class Session:
        def initialize(self):
            pass

        def ping(self):
            raise OSError

    async with bound(Session) as container, container.resource_scope() as scope:
        scope.get(Session)
        assert (await container.health()).resources == ()


async def test_the_root_is_the_current_scope_of_a_check():
    """Whoever wants to know."""
    seen = []

    @resource(scope="request")
    class Session:
        def initialize(self):
            pass

    def check(_):
        seen.append(container.get_all_resources().keys())

    Db = singleton("Db", health=check)
    async with bound(Db, Session) as container, container.resource_scope() as scope:
        scope.get(Session)
        await container.health()

    assert seen == [{Db: 1}.keys()]


async def test_several_of_one_key():
    """Each transient resource that the root owns is told."""
    Db = singleton("Db", ask=answers)

    @resource(scope="transient")
    class Each:
        def initialize(self):
            self.number = next(numbers)

        def ping(self):
            if self.number == 1:
                raise OSError(self.number)

    numbers = iter(range(3))
    async with bound(Db, Each) as container:
        for _ in range(3):
            container.get(Each)
        report = await container.health()

    statuses = [(short(each.label), each.status) for each in report.resources]
    assert statuses == [("Db", "healthy"), ("Each", "healthy"), ("Each", "unhealthy"), ("Each", "healthy")]


async def test_one_object_under_two_keys_is_told_once():
    """It is one resource."""
    Db = singleton("Db", ask=answers)
    db = Db()
    container = Container()
    container.bind(Db, db)
    container.bind(Db, db, name="same")
    async with container:
        assert [each.status for each in (await container.health()).resources] == ["healthy"]


async def test_what_is_replaced_for_a_while_is_not_told():
    """What stands in for it is."""
    Db = singleton("Db", ask=raises)
    Fake = singleton("Fake", ask=answers)
    async with bound(Db) as container:
        with container.override(Db, Fake):
            container.get(Db)
            assert [(each.key, each.status) for each in (await container.health()).resources] == [(Db, "healthy")]
        assert (await container.health())[Db].status == "unhealthy"


# Values that nobody opens.


async def test_a_plain_value_with_a_check():
    """It counts as open; one that is not made yet does not."""

    class Client:
        pass

    class Late:
        pass

    container = Container()
    container.bind(Client, Client(), health=raises)
    container.bind(Late, scope="singleton", health=answers)
    container.bind(int, value=3)
    async with container:
        before = of(await container.health())
        container.get(Late)
        after = of(await container.health())

    assert before == {"Client": "unhealthy", "Late": "not open"}
    assert after == {"Client": "unhealthy", "Late": "healthy"}


async def test_a_plain_value_explains_its_dependents():
    """As a resource does."""

    class Client:
        pass

    Api = singleton("Api", Client)
    container = bound(Api)
    container.bind(Client, Client(), health=raises)
    async with container:
        assert [*map(short, (await container.health())[Api].root_causes)] == ["Client"]


# Workers.


async def test_workers():
    """One that runs is healthy; one that crashed for good is unhealthy, and not critical."""
    told = []

    @worker(on_crash="ignore")
    async def ship(stop: Stop):
        await stop.wait()

    @worker(on_crash="ignore")
    async def crash():
        raise OSError("secret")

    container = Container(observers=[told.append])
    container.bind(ship)
    container.bind(crash)
    async with container:
        await container.get(Annotated[Worker, "crash"]).wait()
        report = await container.health()

    by_name = {each.label: each for each in report.resources}
    (shipping, crashed) = (next(v for k, v in by_name.items() if name in k) for name in ("ship", "crash"))
    assert (shipping.status, crashed.status, crashed.error) == (
        "healthy", "unhealthy", "the worker is failed after OSError",
    )  # fmt: skip
    assert (report.status, report.readiness.ok) == ("degraded", True)


# The other face, and what is no container.


async def test_a_declarative_container():
    """By function; a provider may be called `health`, `engine`, or whatever it likes."""

    class Db:
        def __init__(self, name):
            self.name = name

        async def ping(self):
            if self.name == "bad":
                raise OSError

    def open_db(name):
        yield Db(name)

    class App(containers.DeclarativeContainer):
        health = providers.Resource(open_db, "good")
        engine = providers.Resource(open_db, "bad")
        api = providers.Resource(open_db, engine)

    app = App()
    before = await tenure.health.report(app)
    async with app:
        report = await tenure.health.report(app)
    after = await tenure.health.report(app)

    assert (before.state, report.state, after.state) == ("not started", "started", "not started")
    assert [each.status for each in report.resources] == ["healthy", "unhealthy", "healthy"]
    assert report[app.engine].error_type == "OSError"
    assert isinstance(report, HealthReport)


def declared(log):
    """Return a container with a resource of its own and one of a container in it."""

    def opened(name):
        log.append(name)
        yield name

    class Inner(containers.DeclarativeContainer):
        mails = providers.Resource(opened, "mails")

    class App(containers.DeclarativeContainer):
        db = providers.Resource(opened, "db")
        inner = providers.Container(Inner)

    return App()


async def test_an_inner_container_that_is_shut_down():
    """What is around it has started, and serves: a readiness probe must not take it out of service."""
    log = []
    app = declared(log)
    app.init_resources()

    app.inner().shutdown_resources()
    meanwhile = await tenure.health.report(app)
    app.shutdown_resources()
    after = await tenure.health.report(app)

    assert log == ["db", "mails"]
    assert (meanwhile.state, meanwhile.readiness.ok) == ("started", True)
    assert (after.state, after.readiness.ok) == ("not started", False)


async def test_an_inner_container_with_all_that_is_open():
    """Where nothing is left around it, nothing serves."""
    app = declared([])
    app.init_resources()
    app.db.shutdown()

    app.inner().shutdown_resources()

    assert (await tenure.health.report(app)).state == "not started"


async def test_a_part_of_a_type_driven_container_that_is_shut_down():
    """The life of that goes on, whatever is open in it."""
    app, container = declared([]), Container()
    container.include(app)

    async with container:
        app.init_resources()
        app.shutdown_resources()
        meanwhile = await tenure.health.report(container)

    assert (meanwhile.state, meanwhile.readiness.ok) == ("started", True)


async def test_a_declared_check_behind_a_provider():
    """What `@resource` says of the initializer holds there as well."""

    @resource(health=Health(raises, critical=False))
    def open_db():
        yield object()

    class App(containers.DeclarativeContainer):
        db = providers.Resource(open_db)

    async with App() as app:
        report = await tenure.health.report(app)

    assert (report[app.db].status, report.status) == ("unhealthy", "degraded")


async def test_a_declarative_container_inside_a_type_driven_one():
    """One report tells of both."""

    def open_db():
        yield 1

    class App(containers.DeclarativeContainer):
        db = providers.Resource(open_db)

    Db = singleton("Db", ask=answers)
    container, app = bound(Db), App()
    container.include(app)
    async with container:
        await app.init_resources()
        report = await container.health()
        same = await tenure.health.report(app)

    assert set(of(report).values()) == {"healthy", "unknown"}
    assert of(same) == of(report)


@pytest.mark.parametrize("wrong", [None, object(), Container, containers.DeclarativeContainer])
async def test_what_is_no_container(wrong):
    """It is refused."""
    with pytest.raises(BindingError, match="the health of a container is asked for, not of"):
        await tenure.health.report(wrong)


async def test_a_class_is_no_container():
    """The text says what was meant."""
    with pytest.raises(BindingError, match=r"did you mean Container\(\)\?"):
        await tenure.health.report(Container)


# Runs.


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_a_run_that_is_asked_to_stop(backend):
    """From the request on it is not ready, though everything serves until it has ended."""
    seen = []
    Db = singleton("Db", ask=answers)
    container = bound(Db)

    async def main(stop: Stop):
        seen.append((await container.health()).state)
        stop.request()
        report = await container.health()
        seen.append((report.state, report.readiness.ok, report.liveness.ok, report.startup.ok, report[Db].status))

    run(container, main, backend=backend)
    assert seen == ["started", ("stopping", False, True, True, "healthy")]
    assert container.health_sync().state == "closed"


def test_a_synchronous_run():
    """Likewise."""
    seen = []
    container = Container()

    def main(stop: Stop):
        seen.append(container.health_sync().state)
        stop.request()
        seen.append(container.health_sync().state)

    run(container, main)
    with container:
        seen.append(container.health_sync().state)
    assert seen == ["started", "stopping", "started"]


def test_a_run_of_a_declarative_container():
    """Likewise, also where a provider is called `engine`."""
    seen = []

    class App(containers.DeclarativeContainer):
        engine = providers.Object(1)

    app = App()

    async def main():
        seen.append((await tenure.health.report(app)).state)
        tenure.stopping().request()
        seen.append((await tenure.health.report(app)).state)

    run(app, main)
    assert seen == ["started", "stopping"]


# Looking changes nothing.


def lazy(name, health=None, **body):
    """Return a class whose objects their own methods open, with a log of what happened to them."""

    async def initialize(self):
        self.log.append("open")

    async def dispose(self):
        self.log.append("close")

    async def ping(self):
        self.log.append("ping")

    found = {"log": [], "initialize": initialize, "dispose": dispose, "ping": ping} | body
    return resource(health=health)(type(name, (), found))


@pytest.mark.parametrize("health", [None, "ping", lambda obj: obj.ping(), Health()])
async def test_a_check_holds_nothing(health):
    """An object that a request opened is closed with the request, although the container looked at it meanwhile."""
    Client = lazy("Client", health)
    container, client = Container(), Client()
    container.bind(Client, client)
    async with container:
        async with container.resource_scope():
            await client.ping()
            assert (await container.health())[Client].status == "healthy"
        assert Client.log == ["open", "ping", "ping", "close"]
        assert (await container.health())[Client].status == "not open"


@pytest.mark.parametrize("health", [None, lambda obj: obj.ping()])
async def test_a_check_opens_nothing_that_was_closed_meanwhile(health):
    """Between the look and the call it may be closed: it stays closed."""
    Client = lazy("Client", health)
    async with Container() as container:
        container.bind(Client)
        await container.get(Client).ping()
        found = []

        async def look():
            found.append(await container.health())

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(look)
            tasks.start_soon(container.areset, Client)
        await container.health()

    assert Client.log.count("open") == 1
    assert found[0].status == "healthy"


async def test_a_report_asked_for_by_what_is_being_opened():
    """It waits for nothing, itself least of all."""
    Db = singleton("Db", ask=answers)
    seen = []

    @resource(scope="singleton")
    async def open_it(db: Db):
        seen.append(of(await container.health()))
        yield 1

    container = bound(Db)
    container.bind(int, open_it)
    async with container:
        pass

    assert seen == [{"Db": "healthy", "int": "not open"}]


async def test_swift_code_stays_swift():
    """Noting starts and looking at health observes no event, which would close the swift way."""
    async with bound(singleton("Db", ask=answers)) as container:
        was_swift = container.engine.is_swift
        await container.health()
        assert container.engine.is_swift is was_swift
        assert container.engine.notify is None


async def test_a_failed_task_of_a_resource():
    """The body is about to end: no more requests."""
    async with Container() as container:
        container.engine.root.crashed = OSError()
        state = (await container.health()).state
        container.engine.root.crashed = None

    assert state == "stopping"


async def test_an_application_that_stops():
    """`Lifespan` starts a declarative container, and shuts it down."""
    from tenure.ext.starlette import Lifespan

    class App(containers.DeclarativeContainer):
        db = providers.Resource(dict)

    app, states = App(), []
    for _ in range(2):
        async with Lifespan(app):
            states.append((await tenure.health.report(app)).state)
        states.append((await tenure.health.report(app)).state)

    assert states == ["started", "not started"] * 2


async def test_what_is_not_alive_is_not_ready():
    """Critical or not."""
    Loop = singleton("Loop", health=Health(raises, liveness=True, critical=False))
    async with bound(Loop) as container:
        report = await container.health()

    assert report.liveness.reasons == report.readiness.reasons == ("Loop is unhealthy",)


async def test_what_is_closing_is_not_asked():
    """Its closing is under way while everything else serves."""
    asked, begun, go_on = [], anyio.Event(), anyio.Event()

    @resource(scope="singleton", health=asked.append)
    async def open_it() -> int:
        yield 1
        begun.set()
        await go_on.wait()

    container = Container()
    container.bind(int, open_it)
    async with container, anyio.create_task_group() as tasks:
        tasks.start_soon(container.areset, int)
        await begun.wait()
        report = await container.health()
        go_on.set()

    assert (report.state, report[int].state, asked) == ("started", "closing", [])


async def test_a_start_in_a_request_is_no_start_of_the_container():
    """It tells nothing of the container's life."""
    seen = []

    @resource(scope="request")
    def open_session():
        yield 1

    @resource(scope="singleton")
    async def open_db():
        seen.append((await container.health()).state)
        yield "db"

    container = Container()
    container.bind(int, open_session)
    container.bind(str, open_db)
    async with container.resource_scope() as scope:
        await scope.start(int)
        seen.append((await container.health()).state)
    await container.start()
    seen.append((await container.health()).state)
    await container.aclose()

    assert seen == ["not started", "starting", "started"]


# Pools.


class Item:
    """What pools lend here."""

    async def close(self):
        pass


async def test_pools():
    """By their account: nothing is borrowed."""
    is_away, waiting = [False], anyio.Event()

    async def make() -> Item:
        if is_away[0]:
            raise OSError
        return Item()

    pool = Pool(make, max_size=1, close="close", timeout_s=5)
    container = Container()
    container.bind(Item, pool)
    found = []

    async def look():
        (told,) = (each for each in (await container.health()).resources if "Pool" in each.label)
        found.append((told.status, told.error, told.details["n_out"], told.details["n_idle"]))

    async def borrow():
        waiting.set()
        async with pool.acquire():
            pass

    virtually(container, itertools.count(0, 10).__next__)  # no answer is good for long
    async with container:
        await look()
        async with pool.acquire(), anyio.create_task_group() as tasks:
            tasks.start_soon(borrow)
            await waiting.wait()
            while not pool.stats().n_waiting:
                await anyio.sleep(0)
            await look()
            tasks.cancel_scope.cancel()

    assert found == [("healthy", None, 0, 0), ("degraded", "1 borrowers wait for one of 1", 1, 0)]


@pytest.mark.parametrize(
    ("account", "status", "error"),
    [
        ({}, "healthy", None),
        ({"n_make_failures": 3}, "healthy", None),
        ({"n_make_failures": 3, "min_size": 1}, "unhealthy", "no item could be made, 3 times"),
        ({"n_make_failures": 3, "n_waiting": 1}, "unhealthy", "no item could be made, 3 times"),
        ({"n_make_failures": 3, "n_waiting": 1, "n_out": 1}, "degraded", "1 borrowers wait for one of 10"),
        ({"n_make_failures": 3, "min_size": 1, "n_idle": 1}, "healthy", None),
        ({"state": "draining"}, "degraded", "the pool is draining"),
    ],
)
def test_the_account_of_a_pool(account, status, error):
    """What it means."""

    class Account(Pool):
        def stats(self):
            return replace(super().stats(), **{"state": "open"} | account)

    ask = ask_of(None, Account(Item))
    outcome = of_answer(ask.call(Account(Item)), 0.0, counts=True)

    assert (ask.is_instant, outcome.status, outcome.error) == (True, status, error)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_pool_with_a_check_of_its_own(backend):
    """It takes the pool, not an item; what is lent has none."""
    seen = []

    async def ask(pool):
        async with pool.acquire() as item:
            seen.append(type(item))
            raise OSError("asked")

    async def main():
        container = Container()
        container.bind(Item, Pool(Item, max_size=1, close="close"), health=ask)
        async with container:
            return await container.health()

    report = anyio.run(main, backend=backend)
    assert [(each.status, each.error) for each in report.resources] == [("unhealthy", "asked")]
    assert seen == [Item]


def test_a_check_of_a_pool_that_is_none():
    """It is refused, and nothing is bound."""
    container = Container()
    with pytest.raises(BindingError, match="health takes a function"):
        container.bind(Item, Pool(Item, close="close"), health=3)
    assert Item not in container
