"""Overrides: exactly the dependents are rebuilt meanwhile, and the very same originals are back afterwards (L57)."""

import pytest

from tenure import containers, providers
from tenure.errors import CloseError, Error
from tests.providers.support import Fault, Thing, run_threads, settled

KINDS = [
    providers.Singleton,
    providers.ThreadSafeSingleton,
    providers.ThreadLocalSingleton,
    providers.ContextLocalSingleton,
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def singleton(request):
    return lambda needs: request.param(Thing, *needs)


def test_the_same_originals_are_back(singleton):
    """What was made before the override is given again after it."""
    leaf = singleton([1])
    top = singleton([leaf])
    before = leaf(), top()

    with leaf.override(singleton([2])):
        assert top().needs[0].needs == (2,)

    assert (leaf(), top()) == before


def test_only_dependents_are_rebuilt(singleton):
    """What does not need it stays."""
    leaf, other = singleton([1]), singleton([2])
    top = singleton([other])
    both = singleton([leaf, other])
    before = leaf(), other(), top(), both()

    with leaf.override(singleton([3])):
        assert other() is before[1]
        assert top() is before[2]
        assert both() is not before[3]
        assert both().needs[1] is before[1]

    assert both() is before[3]


def test_what_the_override_made_is_one_meanwhile(singleton):
    """It is a singleton like the others."""
    leaf = singleton([1])
    top = singleton([leaf])
    top()

    with leaf.override(singleton([2])):
        assert top() is top()
        assert top().needs[0] is leaf()


def test_what_is_made_meanwhile_is_gone(singleton):
    """A second override by the same kind makes anew."""
    leaf = singleton([1])
    top = singleton([leaf])
    with leaf.override(singleton([2])):
        during = top()

    with leaf.override(singleton([3])):
        assert top() is not during
    assert top() is not during


def test_what_was_not_made_before_is_made_afterwards(singleton):
    """Nothing that the override made outlives it."""
    leaf = singleton([1])
    top = singleton([leaf])

    with leaf.override(singleton([2])):
        during = top()

    assert top() is not during
    assert top().needs[0].needs == (1,)


def test_nested_overrides(singleton):
    """The last one counts; each reset brings back what was there before it."""
    leaf = singleton([1])
    top = singleton([leaf])
    seen = [top()]
    first, second = singleton([2]), singleton([3])

    leaf.override(first)
    seen.append(top())
    leaf.override(second)
    seen.append(top())
    assert [each.needs[0].needs[0] for each in seen] == [1, 2, 3]

    leaf.reset_last_overriding()
    assert top() is seen[1]
    leaf.reset_last_overriding()
    assert top() is seen[0]


def test_dependents_of_dependents(singleton):
    """However far up, and through what keeps nothing."""
    leaf = singleton([1])
    middle = providers.List(providers.Factory(Thing, leaf))
    top = singleton([providers.Dict(deep=middle)])
    before = top()

    with leaf.override(providers.Object("mine")):
        assert top().needs[0]["deep"][0].needs == ("mine",)

    assert top() is before


@pytest.mark.parametrize(
    "through",
    [
        pytest.param(lambda leaf: leaf.provided.needs[0], id="provided"),
        pytest.param(lambda leaf: providers.Callable(lambda given: given, leaf), id="callable"),
        pytest.param(lambda leaf: providers.Factory(Thing).add_attributes(leaf=leaf), id="attribute"),
        pytest.param(lambda leaf: providers.Dependency(default=leaf), id="default"),
    ],
)
def test_through_other_kinds(through):
    """What reaches the overridden one in another way is a dependent as well."""
    leaf = providers.Singleton(Thing, 1)
    top = providers.Singleton(Thing, through(leaf))
    before = top()

    with leaf.override(providers.Singleton(Thing, 2)):
        assert top() is not before

    assert top() is before


async def test_resources_stay_open_meanwhile(log, world):
    """The original is set aside open, and given again afterwards."""
    pool = providers.Resource(log.of(world, "pool"))
    session = providers.Resource(log.of(world, "session"), pool)
    before = await settled(session())

    mine = providers.Resource(log.of(world, "mine"))
    pool.override(mine)
    during = await settled(session())
    assert during.needs[0].name == "mine"
    assert before.is_open
    pool.reset_override()

    assert await settled(session()) is before
    await settled(session.shutdown())
    await settled(pool.shutdown())
    await settled(mine.shutdown())
    assert log.live == []


def test_what_was_made_of_the_replacement_is_closed_with_it(log):
    """The replacement itself is a provider like others, and stays open until it is shut down."""
    pool = providers.Resource(log.plain("pool"))
    session = providers.Resource(log.plain("session"), pool)
    session()

    with pool.override(providers.Resource(log.plain("mine"))) as mine:
        session()

    assert log.closes == ["session"]
    for each in (session, pool, mine):
        each.shutdown()
    assert log.closes == ["session", "session", "pool", "mine"]


async def test_errors_in_closing_come_after_the_originals_are_back(log, world):
    """Whatever is raised by closing what was made meanwhile, the override is undone."""
    pool = providers.Resource(log.plain("pool"))
    session = providers.Resource(log.plain("session"), pool)
    before = session()
    mine = providers.Object("mine")
    log.faults["close session"] = Fault()

    context = pool.override(mine)
    session()
    with pytest.raises(CloseError) as info:
        with context:
            pass
    log.faults.clear()

    assert [type(error) for error in info.value.exceptions] == [Fault]
    assert session() is before
    assert not pool.overridden
    session.shutdown()
    pool.shutdown()
    assert log.live == []


@pytest.mark.worlds("asyncio", "trio")
async def test_asynchronous_resources_made_meanwhile_stay_owed(log, world):
    """`with` cannot wait: they are closed when the container is shut down."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.late("pool"))
        session = providers.Resource(log.late("session"), pool)

    app = App()
    before = await app.session()
    with app.pool.override(providers.Resource(log.late("mine"))):
        during = await app.session()

    assert during.is_open
    assert await app.aget("session") is before
    await app.shutdown_resources()
    assert log.live == []
    assert sorted(log.closes) == ["mine", "pool", "session", "session"]


async def test_inside_a_request(log, world):
    """What the request has is set aside with the rest, and back when the override is undone inside it."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        session = providers.Resource(log.of(world, "session"), pool)

    app = App()
    async with world.inside(app.resource_scope()) as scope:
        before = await world.get(scope, "session")
        with app.pool.override(providers.Object("mine")):
            assert (await world.get(scope, "session")).needs == ("mine",)
        assert await world.get(scope, "session") is before

    assert log.live == []


async def test_an_override_that_outlives_a_request(log, world):
    """What the request had before is closed with it, although it was set aside."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    app = App()
    async with world.inside(app.resource_scope()) as scope:
        before = await world.get(scope, "pool")
        app.pool.override(providers.Object("mine"))

    assert not before.is_open
    app.pool.reset_override()
    assert log.live == []
    assert (await settled(app.pool())) is not before
    await settled(app.shutdown_resources())


async def test_an_override_made_before_a_request_and_undone_inside(log, world):
    """What the request made from it is closed or owed, and what is asked for next is the original."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))

    app = App()
    before = await settled(app.pool())
    app.pool.override(providers.Resource(log.of(world, "mine")))
    async with world.inside(app.resource_scope()) as scope:
        during = await world.get(scope, "pool")
        app.pool.reset_override()
        assert await world.get(scope, "pool") is before

    assert during.is_open is False
    await settled(app.shutdown_resources())
    assert log.live == []


def test_a_container_override(log):
    """Every provider of the same name is replaced, and all originals return."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.plain("pool"))
        service = providers.Singleton(Thing, pool)
        clock = providers.Singleton(Thing, "clock")

    class Fakes(containers.DeclarativeContainer):
        pool = providers.Resource(log.plain("fake"))
        unknown = providers.Object(1)

    app = App()
    before = app.service(), app.clock()

    app.override(Fakes())
    during = app.service()
    assert during.needs[0].name == "fake"
    assert app.clock() is before[1]
    app.reset_last_overriding()

    assert (app.service(), app.clock()) == before
    app.shutdown_resources()
    assert log.live == []


def test_override_providers_puts_all_back(log):
    """`with container.override_providers(...)` undoes the last one first."""

    class App(containers.DeclarativeContainer):
        one = providers.Singleton(Thing, 1)
        two = providers.Singleton(Thing, one)
        three = providers.Singleton(Thing, two)

    app = App()
    before = app.one(), app.two(), app.three()

    with app.override_providers(one=providers.Object("mine"), two=providers.Factory(Thing, "own")):
        assert app.three().needs[0].needs == ("own",)

    assert (app.one(), app.two(), app.three()) == before


def test_an_unknown_name_overrides_nothing():
    """The container is as it was, also where other names were known."""

    class App(containers.DeclarativeContainer):
        one = providers.Object(1)

    app = App()

    with pytest.raises(AttributeError):
        app.override_providers(one=2, none=3)
    app.reset_override()

    assert app.one() == 1


def test_overriding_by_an_instance_that_is_in_use(log):
    """A provider that replaces another goes on as its own: what it opened is the same before and after."""
    pool, mine = providers.Resource(log.plain("pool")), providers.Resource(log.plain("mine"))
    opened = mine()

    with pool.override(mine):
        assert pool() is opened
    assert mine() is opened
    assert opened.is_open

    mine.shutdown()
    assert log.live == []


def test_one_provider_replaces_two(log):
    """Undone for one, it still replaces the other."""
    one, two = providers.Resource(log.plain("one")), providers.Resource(log.plain("two"))
    both = providers.Factory(Thing, one, two)
    mine = providers.Resource(log.plain("mine"))
    one.override(mine)
    two.override(mine)
    shared = both().needs[0]

    one.reset_override()

    assert both().needs == (one(), shared)
    assert shared.is_open
    two.reset_override()
    for each in (one, two, mine):
        each.shutdown()
    assert log.live == []


def test_the_same_override_twice():
    """Each has to be undone by itself."""
    one, mine = providers.Singleton(Thing, 1), providers.Singleton(Thing, 2)
    before = one()
    one.override(mine)
    during = one()
    one.override(mine)

    one.reset_last_overriding()
    assert one.overridden == (mine,)
    assert one() is during
    one.reset_last_overriding()
    assert one() is before


def test_nothing_to_undo():
    """Saying so is better than doing nothing."""
    with pytest.raises(Error):
        providers.Object(1).reset_last_overriding()


def test_it_cannot_replace_itself():
    """That would never end."""
    one = providers.Object(1)

    with pytest.raises(Error):
        one.override(one)


def test_resetting_a_singleton_while_overridden():
    """A reset concerns what is there now; the original returns as it was."""
    one = providers.Singleton(Thing, 1)
    before = one()

    with one.override(providers.Singleton(Thing, 2)) as mine:
        during = one()
        mine.reset()
        assert one() is not during

    assert one() is before


def test_threads_while_overrides_come_and_go():
    """Whatever they see is whole: made of the original or of one replacement."""
    leaf = providers.Singleton(Thing, "original")
    top = providers.Singleton(Thing, leaf)
    before = top()

    def work():
        for _ in range(30):
            assert top().needs[0].needs[0] in {"original", "mine"}

    def replace():
        for _ in range(10):
            with leaf.override(providers.Singleton(Thing, "mine")):
                top()

    turns = iter([replace, work, work])
    _, errors = run_threads(lambda: next(turns)(), 3)

    assert errors == []
    assert top() is before


def test_a_provider_without_family(log):
    """Replaced before anything was asked for, it is never opened."""
    pool = providers.Resource(log.plain("pool"))

    with pool.override(providers.Object("mine")):
        assert pool() == "mine"

    assert log == []


def test_through_a_selector():
    """What it selects is a dependency as well."""
    leaf = providers.Singleton(Thing, 1)
    top = providers.Singleton(Thing, providers.Selector(lambda: "one", one=leaf))
    before = top()

    with leaf.override(providers.Singleton(Thing, 2)):
        assert top() is not before

    assert top() is before


def test_local_singletons_of_other_threads():
    """Each thread has its own original back."""
    leaf = providers.Singleton(Thing, 1)
    top = providers.ThreadLocalSingleton(Thing, leaf)
    main = top()

    def work():
        mine = top()
        with_it = mine
        return mine is not main, with_it is top()

    results, errors = run_threads(work, 3)

    assert errors == []
    assert results == [(True, True)] * 3
    with leaf.override(providers.Object(2)):
        assert top() is not main
    assert top() is main


@pytest.mark.worlds("asyncio", "trio")
async def test_what_is_opening_when_the_override_ends_is_not_handed_out(log, world):
    """Nobody gets what was made for an override that is over, and it is closed."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.late("pool"))

    app = App()
    before = await app.pool()
    mine = providers.Resource(log.late("mine"))
    log.gates["open mine"] = world.event()

    async with world.tasks() as tasks:
        app.pool.override(mine)
        tasks.start(app.aget, "pool")
        await world.settle()
        app.pool.reset_override()
        assert app.get("pool") is before
        log.gates["open mine"].set()

    assert app.get("pool") is before
    await app.shutdown_resources()
    assert log.live == []


async def test_shut_down_while_overridden(log, world):
    """What is set aside is closed with the rest; afterwards everything is made anew."""

    class App(containers.DeclarativeContainer):
        pool = providers.Resource(log.of(world, "pool"))
        service = providers.Singleton(Thing, pool)

    app = App()
    before = await settled(app.service())
    app.pool.override(providers.Resource(log.of(world, "mine")))
    await settled(app.service())

    await settled(app.shutdown_resources())
    assert log.live == []
    app.pool.reset_override()
    after = await settled(app.service())

    assert after is not before
    assert after.needs[0].is_open
    await settled(app.shutdown_resources())


def test_what_was_made_of_a_replacement_does_not_outlive_it():
    """It was set aside by a second override when the first one, which it was made of, ended."""
    leaf = providers.Singleton(Thing, "leaf")
    top = providers.Singleton(Thing, leaf)
    leaf.override(providers.Singleton(Thing, "mine"))
    top()
    top.override(providers.Singleton(Thing, "another"))
    top()

    leaf.reset_override()
    top.reset_override()

    assert top().needs[0].needs == ("leaf",)


def test_an_original_does_not_come_back_while_what_it_was_made_of_is_replaced():
    """It waits until that is undone as well."""
    leaf = providers.Singleton(Thing, "leaf")
    top = providers.Singleton(Thing, leaf)
    top()
    top.override(providers.Singleton(Thing, "another"))
    leaf.override(providers.Singleton(Thing, "mine"))

    top.reset_override()
    assert top().needs[0].needs == ("mine",)
    leaf.reset_override()
    assert top().needs[0].needs == ("leaf",)
