"""What follows from the graph for one binding: nearest resources, colour, depth."""

from collections.abc import AsyncIterator, Iterator

from model_support import bound, graph_of

from tenure.model.plan import Plans


class Settings: ...


class Pool: ...


class Connection: ...


class Users:
    def __init__(self, connection: Connection, settings: Settings) -> None: ...


def pool(settings: Settings) -> Iterator[Pool]:
    yield Pool()


async def connection(pool: Pool) -> AsyncIterator[Connection]:
    yield Connection()


async def coroutine() -> Settings:
    return Settings()


class Plain:
    def __init__(self, settings: Settings) -> None: ...


def facts(key, *bindings):
    graph = graph_of(*bindings)
    return Plans(graph).facts(graph.require(key))


def test_nearest_resources_only():
    """The resources below are those that are reached through plain values, not those behind them."""
    of_pool, of_connection = bound(pool), bound(connection)

    assert facts(Users, of_pool, of_connection).resources == (of_connection,)
    assert facts(Connection, of_pool, of_connection).resources == (of_pool,)
    assert facts(Pool, of_pool).resources == ()


def test_plain_graph_is_never_awaited():
    """Plain values need no waiting."""
    found = facts(Plain)

    assert (found.awaited, found.touches_async) == (False, False)


def test_synchronous_resource_may_have_to_be_waited_for():
    """Somebody else may be opening it, but nothing of it is asynchronous."""
    found = facts(Pool, bound(pool))

    assert (found.awaited, found.touches_async) == (True, False)


def test_async_resource_colours_everything_above():
    """What needs something asynchronous touches it, however far below."""
    found = facts(Users, bound(pool), bound(connection))

    assert (found.awaited, found.touches_async) == (True, True)


def test_coroutine_function_is_awaited():
    """What a coroutine function makes is awaited, without being a resource."""
    found = facts(Plain, bound(coroutine))

    assert (found.awaited, found.touches_async, found.resources) == (True, True, ())


def test_depth():
    """Depth counts the longest chain below, itself included."""
    assert facts(Settings).depth == 1
    assert facts(Users, bound(pool), bound(connection)).depth == 4


def test_facts_are_worked_out_once():
    """Asking again gives the very same facts."""
    graph = graph_of(bound(pool))
    plans = Plans(graph)

    assert plans.facts(graph.require(Pool)) is plans.facts(graph.require(Pool))
