"""What a declarative container tells of itself: values, what is open, events, findings; monitors and health."""

import types

import pytest

from tenure import containers, events, providers
from tenure.errors import AsyncInSyncError, BindingError, GraphError
from tenure.observe import ResourceHealthChecker, ResourceMonitor
from tenure.wiring import Closing, Provide, inject
from tests.providers.support import Fault, Opened, Thing, settled


def app_of(log, world):
    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        session = providers.Resource(log.of(world, "session"), pool)
        service = providers.Singleton(Thing, pool)
        made = providers.Factory(Thing, pool, number=1)

    return App()


# values


async def test_get_gives_what_a_call_gives(log, world):
    """One singleton, however it is asked for."""
    app = app_of(log, world)
    service = await settled(app.service())

    assert app.get("service") is app.get(app.service) is service
    await settled(app.shutdown_resources())


async def test_aget_is_always_right(log, world):
    """It gives the open resource, whether it was open before or not."""
    app = app_of(log, world)

    first = await world.get(app, "session")

    assert await world.get(app, "session") is first
    assert first.is_open
    await settled(app.shutdown_resources())


def test_get_refuses_what_has_to_be_awaited(log):
    """It says so before anything is opened."""

    class App(containers.DeclarativeContainer):
        first = providers.Resource(log.plain("first"))
        second = providers.Resource(log.late("second"), first)

    with pytest.raises(AsyncInSyncError, match="aget"):
        App().get("second")

    assert log == []


@pytest.mark.worlds("asyncio", "trio")
async def test_get_of_what_is_open(log, world):
    """What is open needs no awaiting, nor what is made of it."""
    app = app_of(log, world)
    session = await app.aget("session")

    assert app.get("session") is session
    assert app.get("service").needs == session.needs
    await app.shutdown_resources()


async def test_get_sees_the_current_scope(log, world):
    """What a scope around the call has is used."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        assert await world.get(scope, "session") is app.get("session")
    assert log.live == []


# what is open


async def test_all_resources_opens_nothing(log, world):
    """Of a fresh container there are none."""
    assert app_of(log, world).get_all_resources() == {}
    assert log == []


async def test_all_resources_of_one_class(log, world):
    """The first is found by its class, another one by its provider."""
    app = app_of(log, world)
    session = await world.get(app, "session")

    assert app.get_all_resources() == {Opened: session.needs[0], app.session: session}
    await settled(app.shutdown_resources())


async def test_all_resources_of_a_scope(log, world):
    """Inside, what the scope owns is seen; outside it is not."""
    app = app_of(log, world)

    async with world.inside(app.resource_scope()) as scope:
        session = await world.get(scope, "session")
        assert session in app.get_all_resources().values()

    assert app.get_all_resources() == {}


async def test_a_snapshot_of_a_fresh_container(log, world):
    """Nothing is open, and only the root is there."""
    seen = app_of(log, world).snapshot()

    assert (seen.state, seen.resources, [scope.name for scope in seen.scopes]) == ("open", (), ["root"])


async def test_a_snapshot_shows_what_is_open_where(log, world):
    """Labels are the names of the providers in their container."""
    app = app_of(log, world)
    await world.get(app, "pool")

    async with world.inside(app.resource_scope()) as scope:
        await world.get(scope, "session")
        seen = app.snapshot()
    after = app.snapshot()

    assert [(view.label, view.scope, view.key) for view in seen.resources] == [
        ("App.pool", "root", app.pool),
        ("App.session", "request", app.session),
    ]
    assert [scope.name for scope in seen.scopes] == ["root", "request"]
    assert [view.label for view in after.resources] == ["App.pool"]
    await settled(app.shutdown_resources())
    assert app.snapshot().resources == ()


@pytest.mark.worlds("asyncio", "trio")
async def test_a_snapshot_shows_what_is_being_opened(log, world):
    """Until it is open it has no number."""
    app = app_of(log, world)
    log.gates["open pool"] = world.event()

    async with world.tasks() as tasks:
        tasks.start(app.aget, "pool")
        await world.settle()
        (view,) = app.snapshot().resources
        log.gates["open pool"].set()

    assert (view.label, view.state, view.id) == ("App.pool", "opening", 0)
    await app.shutdown_resources()


# events


async def test_events_of_a_life(log, world):
    """An observer sees opening and closing, by provider, and that the container is left."""
    app = app_of(log, world)
    seen = []
    end = app.observe(seen.append)

    await world.get(app, "pool")
    await settled(app.shutdown_resources())
    end()
    await world.get(app, "pool")
    await settled(app.shutdown_resources())

    assert [type(event) for event in seen] == [
        events.Opening, events.Opened, events.ScopeLeaving, events.Closing, events.Closed, events.ScopeLeft,
    ]  # fmt: skip
    assert {event.key for event in seen if isinstance(event, events.ResourceEvent)} == {app.pool}


async def test_events_of_a_scope(log, world):
    """Entering and leaving are told, around what happens inside."""
    app = app_of(log, world)
    seen = []
    app.observe(seen.append)

    async with world.inside(app.resource_scope()) as scope:
        await world.get(scope, "pool")

    assert [type(event) for event in seen] == [
        events.ScopeEntered, events.Opening, events.Opened,
        events.ScopeLeaving, events.Closing, events.Closed, events.ScopeLeft,
    ]  # fmt: skip


async def test_events_of_containers_inside(log, world):
    """The outer one shows what happens in all of them."""

    class Outer(containers.DeclarativeContainer):
        inner = providers.Container(type(app_of(log, world)))

    outer = Outer()
    seen = []
    outer.observe(seen.append)

    await settled(outer.inner.pool())
    await settled(outer.shutdown_resources())

    assert [type(event) for event in seen] == [
        events.Opening, events.Opened, events.ScopeLeaving, events.Closing, events.Closed, events.ScopeLeft,
    ]  # fmt: skip


def test_an_observer_is_callable():
    """Anything else is refused at once."""
    with pytest.raises(BindingError):
        containers.DynamicContainer().observe("print")


async def test_a_monitor_counts(log, world):
    """What is opened, closed and failed."""
    app = app_of(log, world)
    monitor = ResourceMonitor(app)

    await world.get(app, "session")
    while_open = dict(monitor.metrics)
    log.faults["close session"] = Fault()
    with pytest.raises(Exception):  # noqa: B017, PT011  # whatever closing gives
        await settled(app.shutdown_resources())

    assert (while_open["resources_created"], while_open["active_resources"]) == (2, 2)
    assert monitor.metrics["resources_disposed"] == 2
    assert monitor.metrics["active_resources"] == 0
    assert monitor.metrics["resource_errors"] == 1


@pytest.mark.worlds("asyncio", "trio")
async def test_health_of_what_is_open(world):
    """Each open resource is asked by the method that its class has; nothing is opened for it."""

    class Good:
        async def ping(self):
            return True

    class Bad:
        def health_check(self):
            return False

    class Unopened(Good):
        pass

    class App(containers.DeclarativeContainer):
        good = providers.Resource(Good)
        bad = providers.Resource(Bad)
        unopened = providers.Resource(Unopened)

    app = App()
    app.good(), app.bad()

    statuses = await ResourceHealthChecker(app).check_all_resources()

    assert {name: status["status"] for name, status in statuses.items()} == {"Good": "healthy", "Bad": "unhealthy"}
    await app.shutdown_resources()


# findings


async def test_a_sound_container_passes(log, world):
    """`check()` makes nothing."""
    app = app_of(log, world)

    app.check()

    assert log == []


def test_what_is_not_defined_is_found():
    """All of it at once, by its name."""

    class App(containers.DeclarativeContainer):
        settings = providers.Dependency()
        clock = providers.Dependency()
        service = providers.Singleton(Thing, settings, clock)

    with pytest.raises(GraphError) as info:
        App().check()

    text = str(info.value)
    assert "App.settings" in text
    assert "App.clock" in text


def test_a_circle_is_found():
    """Before anything recurses."""

    class App(containers.DeclarativeContainer):
        first = providers.Factory(Thing)
        second = providers.Factory(Thing, first)
        first.add_args(second)

    found = {finding.kind for finding in App().findings()}

    assert "cycle" in found


def test_check_of_a_synchronous_program(log):
    """With `sync=True` what could not be opened without a loop is an error."""

    class App(containers.DeclarativeContainer):
        session = providers.Resource(log.late("session"))

    app = App()

    app.check()
    with pytest.raises(GraphError):
        app.check(sync=True)


def test_findings_follow_overrides():
    """What is given removes the finding; taking it away brings it back."""

    class App(containers.DeclarativeContainer):
        settings = providers.Dependency()
        service = providers.Singleton(Thing, settings)

    app = App()
    before = app.findings()
    with app.settings.override(providers.Object(1)):
        during = app.findings()
    after = app.findings()

    assert [finding.kind for finding in before if finding.level == "error"] == ["missing"]
    assert [finding for finding in during if finding.level == "error"] == []
    assert [finding.kind for finding in after] == [finding.kind for finding in before]


# wiring by class


@pytest.fixture
def module():
    return types.ModuleType("a_module_of_house")


def wired(app, module, function):
    """Return *function* as *app*, wired to *module*, leaves it there."""
    function.__module__ = module.__name__
    module.function = function
    app.wire(modules=[module])
    return module.function


def test_a_class_in_a_marker(module, log):
    """`Provide[SomeClass]` stands for what makes it."""

    class Service(Thing):
        pass

    class App(containers.DeclarativeContainer):
        service = providers.Singleton(Service)

    app = App()

    @inject
    def function(service: Service = Provide[Service]):
        return service

    function = wired(app, module, function)
    try:
        assert function() is app.service()
    finally:
        app.unwire()


def test_a_class_in_a_closing_marker(module, log):
    """Its resources end with the call."""

    class Service(Thing):
        pass

    class App(containers.DeclarativeContainer):
        session = providers.Resource(log.plain("session"))
        service = providers.Factory(Service, session)

    app = App()

    @inject
    def function(service: Service = Closing[Provide[Service]]):
        assert service.needs[0].is_open
        return service

    function = wired(app, module, function)
    try:
        assert function().needs[0].is_open is False
    finally:
        app.unwire()
    assert log == ["open session", "close session"]


def test_an_injected_call_inside_a_scope_uses_what_is_open(module, log):
    """A call is a scope inside; what the request has is not opened again."""

    class App(containers.DeclarativeContainer):
        session = providers.Resource(log.plain("session"))

    app = App()

    @inject
    def function(session=Closing[Provide["session"]]):
        return session

    function = wired(app, module, function)
    try:
        with app.resource_scope() as scope:
            session = scope.get("session")
            assert function() is session
            assert session.is_open
    finally:
        app.unwire()
    assert log == ["open session", "close session"]
