"""A declarative container that is part of a type-driven one: one engine, one order of closing."""

import gc

import pytest

from tenure import Container, containers, providers, resource
from tenure.errors import (
    BindingError,
    ContainerClosedError,
    Error,
    GraphError,
    MissingBindingError,
    TenureError,
)
from tests.providers.support import Fault, Opened, Thing, settled


class Clock:
    pass


class Service(Thing):
    pass


class Pool(Opened):
    pass


def bind_pool(outer, log, world):
    """Bind `Pool` of the type-driven container to a resource."""
    outer.bind(Pool, resource(scope="singleton")(log.of(world, "typed", Pool)))


def app_of(log, world):
    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        service = providers.Singleton(Service, pool)

    return App()


def undefined(log, world):
    class App(containers.DeclarativeContainer):
        typed = providers.Dependency(instance_of=Pool)
        session = providers.Resource(log.of(world, "session"), typed)
        service = providers.Factory(Service, session)

    return App()


async def test_names_and_classes(log, world):
    """The type-driven container finds providers by themselves, by name and by what they make."""
    outer, app = Container(), app_of(log, world)
    outer.include(app)

    service = await world.get(outer, Service)

    assert await world.get(outer, "service") is service
    assert await world.get(outer, app.service) is service
    assert await settled(app.service()) is service
    await world.close(outer)
    assert log == ["open pool", "close pool"]


async def test_a_class_of_two_providers_is_not_offered(log, world):
    """It would be a matter of luck which one is meant; the names remain."""

    class App(containers.DeclarativeContainer):
        first = providers.Singleton(Service, 1)
        second = providers.Singleton(Service, 2)

    outer = Container(autobind=False)
    outer.include(App())

    with pytest.raises(MissingBindingError):
        await world.get(outer, Service)
    assert (await world.get(outer, "second")).needs == (2,)
    await world.close(outer)


async def test_what_is_bound_already_stays(log, world):
    """A binding of the type-driven container counts more than what it includes."""
    outer, mine = Container(), Service()
    outer.bind(Service, value=mine)
    outer.include(app_of(log, world))

    assert await world.get(outer, Service) is mine
    await world.close(outer)


async def test_close_order_across_both_faces(log, world):
    """What the declarative side made of a typed resource is closed before it."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)

    service = await settled(app.service())

    assert isinstance(service.needs[0].needs[0], Pool)
    await world.close(outer)
    assert log == ["open typed", "open session", "close session", "close typed"]


async def test_typed_resources_of_declared_ones(log, world):
    """The other way round: a typed resource that needs what a provider makes is closed first."""
    outer, app = Container(), app_of(log, world)
    outer.include(app)

    class Typed:
        def __init__(self, service: Service):
            self.service = service

        def __enter__(self):
            log.entries.append("open typed")
            return self

        def __exit__(self, *_):
            assert self.service.needs[0].is_open
            log.entries.append("close typed")

    outer.bind(Typed, resource(Typed), scope="singleton")
    typed = await world.get(outer, Typed)

    assert typed.service is await settled(app.service())
    await world.close(outer)
    assert log == ["open pool", "open typed", "close typed", "close pool"]


async def test_scopes_are_shared(log, world):
    """A scope of the type-driven container is one of the declarative one."""
    outer, app = Container(), app_of(log, world)
    outer.include(app)

    async with world.inside(outer.resource_scope()):
        pool = await settled(app.pool())
        assert await world.get(outer, "pool") is pool

    assert log == ["open pool", "close pool"]
    await world.close(outer)


async def test_scopes_of_the_declarative_side(log, world):
    """And the other way round."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)

    async with world.inside(app.resource_scope()) as scope:
        await world.get(scope, "session")

    assert log.closes == ["session"]
    await world.close(outer)
    assert log.closes == ["session", "typed"]


async def test_instances_are_shared_by_both(log, world):
    """What one side made the other uses."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)
    typed = await world.get(outer, Pool)

    session = await world.get(app, "session")

    assert session.needs == (typed,)
    await world.close(outer)
    assert log.live == []


async def test_an_undefined_dependency_gives_the_typed_value_itself(log, world):
    """A dependency that is called is served as well."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)

    assert await settled(app.typed()) is await world.get(outer, Pool)
    await world.close(outer)


async def test_a_defined_dependency_is_served_by_what_was_given(log, world):
    """What is given counts more than the class."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    mine = Pool("mine", ())
    app.typed.override(providers.Object(mine))
    outer.include(app)

    assert (await world.get(app, "session")).needs == (mine,)
    assert "typed" not in log.opens
    await world.close(outer)


async def test_a_dependency_given_after_the_include(log, world):
    """An override afterwards counts, until it is undone."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)
    first = await world.get(app, "session")

    with app.typed.override(providers.Object(Pool("mine", ()))):
        assert app.typed().name == "mine"
    assert await world.get(app, "session") is first

    await world.close(outer)
    assert log.live == []


async def test_an_undefined_dependency_without_a_container(log, world):
    """Not included, it is an error as ever."""
    app = undefined(log, world)

    with pytest.raises(Error, match="not defined"):
        app.typed()


async def test_a_dependency_on_any_object_is_served_by_nothing(log, world):
    """A dependency that names no class stands for anything: which, must be said."""

    class App(containers.DeclarativeContainer):
        anything = providers.Dependency()

    outer, app = Container(), App()
    outer.include(app)

    with pytest.raises(TenureError):
        await settled(app.anything())
    await world.close(outer)


async def test_an_unbound_class_is_not_made_for_a_dependency_without_autobind(log, world):
    """Where the type-driven container binds nothing by itself, the dependency stays undefined."""
    outer, app = Container(autobind=False), undefined(log, world)
    outer.include(app)

    with pytest.raises(TenureError):
        await world.get(app, "session")
    assert log == []
    await world.close(outer)


def test_a_container_in_two_is_refused(log, world):
    """While the first is in use, nobody could say which one owns what."""

    class App(containers.DeclarativeContainer):
        service = providers.Singleton(Service)

    first, second, app = Container(), Container(), App()
    first.include(app)

    with pytest.raises(BindingError, match="part of another"):
        second.include(app)

    first.close()


def test_the_same_include_twice_changes_nothing(log, world):
    """The second time nothing is left to do."""

    class App(containers.DeclarativeContainer):
        service = providers.Singleton(Service)

    outer, app = Container(), App()
    outer.include(app)
    service = outer.get(Service)
    outer.include(app)

    assert outer.get(Service) is app.service() is service
    outer.close()


async def test_after_close_both_refuse(log, world):
    """A closed container is final, for the declarative side as well."""
    outer, app = Container(), app_of(log, world)
    outer.include(app)
    await settled(app.service())
    await world.close(outer)

    with pytest.raises(ContainerClosedError):
        await settled(app.pool())
    assert log == ["open pool", "close pool"]


async def test_after_close_another_container_may_include_it(log, world):
    """It lives again as part of that one."""
    first, second, app = Container(), Container(), app_of(log, world)
    first.include(app)
    before = await settled(app.service())
    await world.close(first)

    second.include(app)
    after = await settled(app.service())

    assert after is not before
    assert after.needs[0].is_open
    await world.close(second)
    assert log.live == []


def test_a_closed_container_includes_nothing(log):
    """It refuses, and the declarative container is as it was."""

    class App(containers.DeclarativeContainer):
        service = providers.Singleton(Service)

    outer, app = Container(), App()
    outer.close()

    with pytest.raises(ContainerClosedError):
        outer.include(app)
    assert type(app.service()) is Service


async def test_the_declarative_side_may_ask_to_be_included(log, world):
    """`declarative.include(container)` is the same."""
    outer, app = Container(), app_of(log, world)
    app.include(outer)

    assert await world.get(outer, Service) is await settled(app.service())
    await world.close(outer)
    assert log.live == []


async def test_what_was_made_before_the_include_is_closed_with_the_rest(log, world):
    """Nothing is opened again, nothing is lost."""
    outer, app = Container(), app_of(log, world)
    service = await settled(app.service())

    outer.include(app)

    assert await world.get(outer, Service) is service
    await world.close(outer)
    assert log == ["open pool", "close pool"]


async def test_both_sides_in_use_before_the_include(log, world):
    """Everything is closed by the joined engine, later ones first where nothing else says."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    typed = await world.get(outer, Pool)
    outer.include(app)
    session = await world.get(app, "session")

    assert session.needs == (typed,)
    await world.close(outer)
    assert log.closes == ["session", "typed"]


async def test_shutting_down_the_declarative_side(log, world):
    """It closes its own, and leaves what the type-driven container bound."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)
    await world.get(app, "session")

    await settled(app.shutdown_resources())

    assert log.closes == ["session"]
    again = await world.get(app, "session")
    assert again.is_open
    await world.close(outer)
    assert log.closes == ["session", "session", "typed"]


async def test_with_both(log, world):
    """Each `with` opens and closes its own; the typed singletons live to the end of theirs."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)

    async with world.inside(outer):
        async with world.inside(app):
            assert log.opens == ["typed", "session"]
        assert log.closes == ["session"]

    assert log.closes == ["session", "typed"]


async def test_containers_inside(log, world):
    """What is declared further in is part of it as well."""

    class Core(containers.DeclarativeContainer):
        typed = providers.Dependency(instance_of=Pool)
        session = providers.Resource(log.of(world, "session"), typed)

    class App(containers.DeclarativeContainer):
        core = providers.Container(Core)
        service = providers.Singleton(Service, core.session)

    outer, app = Container(), App()
    bind_pool(outer, log, world)
    outer.include(app)

    service = await world.get(outer, Service)

    assert service.needs[0] is await settled(app.core.session())
    await world.close(outer)
    assert log == ["open typed", "open session", "close session", "close typed"]


async def test_an_override_after_the_include(log, world):
    """It reaches what the type-driven side asks for, and is undone there too."""
    outer, app = Container(), app_of(log, world)
    outer.include(app)
    original = await world.get(outer, Service)

    with app.service.override(providers.Singleton(Service, "mine")):
        assert (await world.get(outer, Service)).needs == ("mine",)
        assert (await world.get(outer, "service")).needs == ("mine",)

    assert await world.get(outer, Service) is original
    await world.close(outer)
    assert log.live == []


async def test_an_override_of_the_type_driven_side(log, world):
    """It reaches what the declarative side makes, and is undone there too."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)
    original = await world.get(app, "session")

    async with world.inside(outer.override(Pool, value=Pool("mine", ()))):
        replaced = await world.get(app, "session")
        assert [need.name for need in replaced.needs] == ["mine"]

    assert not replaced.is_open
    assert await world.get(app, "session") is original
    await world.close(outer)
    assert log.live == []


def test_check_of_both(log, world):
    """What nothing serves is found from the type-driven side as well."""

    class App(containers.DeclarativeContainer):
        clock = providers.Dependency(instance_of=Clock)
        service = providers.Singleton(Service, clock)

    outer, app = Container(autobind=False), App()
    outer.include(app)

    with pytest.raises(GraphError):
        app.check()
    with pytest.raises(GraphError):
        outer.check()

    outer.bind(Clock)
    outer.check()
    app.check()
    outer.close()


def test_findings_make_nothing(log, world):
    """Neither side opens anything to be looked at."""
    outer, app = Container(), app_of(log, world)
    outer.include(app)

    outer.findings()
    app.findings()

    assert log == []
    outer.close()


async def test_a_providers_error_passes(log, world):
    """What user code raises on the declarative side leaves the type-driven one as itself."""
    outer, app = Container(), app_of(log, world)
    outer.include(app)
    log.faults["open pool"] = fault = Fault()

    with pytest.raises(Fault) as info:
        await world.get(outer, Service)

    assert info.value is fault
    await world.close(outer)
    assert log.live == []


async def test_the_outcome_reaches_both(log, world):
    """The error that ends the type-driven container is shown to the resources of both."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)
    fault = Fault()

    with pytest.raises(Fault):
        async with world.inside(outer):
            await world.get(app, "session")
            raise fault

    assert log.told == {"session": fault, "typed": fault}
    assert log.live == []


def test_forgotten_containers_warn_once(log):
    """A dropped pair with something open is told of once, by the container that owns it."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.plain("pool"))

    def use_and_forget():
        outer, app = Container(), App()
        outer.include(app)
        app.pool()
        del outer, app
        gc.collect()

    with pytest.warns(ResourceWarning, match="App.pool") as told:
        use_and_forget()

    assert len(told) == 1


@pytest.mark.worlds("asyncio", "trio")
async def test_an_open_asynchronous_resource_is_a_value_for_both(log, world):
    """Once open, neither side has to await it."""
    outer, app = Container(), undefined(log, world)
    bind_pool(outer, log, world)
    outer.include(app)
    session = await app.aget("session")

    assert outer.get("session") is session
    assert outer.get(Pool) is session.needs[0]
    assert app.get("service").needs == (session,)
    await outer.aclose()
