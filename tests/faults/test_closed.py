"""After its close a container, or a scope, gives nothing, takes nothing and opens nothing."""

import threading

import pytest
from fault_support import alogged, is_all_closed, is_idle, logged

from tenure import Container, inject, resource
from tenure.errors import CloseError, ContainerClosedError, TenureError
from tenure.injection import Inject


class Settings:
    pass


class Database:
    pass


class Cache:
    pass


@pytest.fixture
def closed(log):
    """A container with a resource, a value, a singleton and a transient, each used once, then closed."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Cache, scope="singleton")
    container.bind("url", value="sqlite://")
    for key in (Database, Cache, "url", Settings):
        container.get(key)
    container.close()
    return container


def refused(use):
    with pytest.raises(ContainerClosedError) as caught:
        use()
    return caught.value


@pytest.mark.parametrize("key", [Database, Cache, "url", Settings], ids=["resource", "singleton", "value", "transient"])
def test_get_after_close(closed, key, log):
    """A closed container gives nothing, whatever is asked for."""
    error = refused(lambda: closed.get(key))

    assert str(error).startswith("the container is closed")
    assert (error.subject, error.state) == ("the container", "closed")
    assert isinstance(error, RuntimeError)
    assert isinstance(error, TenureError)
    assert log == ["open database", "close database"]
    assert is_all_closed(closed)


@pytest.mark.anyio
@pytest.mark.parametrize("key", [Database, Cache, "url", Settings], ids=["resource", "singleton", "value", "transient"])
async def test_aget_after_close(key, log):
    """The same holds for `aget`."""
    container = Container()
    container.bind(Database, alogged(Database, log, "database"))
    container.bind(Cache, scope="singleton")
    container.bind("url", value="sqlite://")
    await container.aget(key)
    await container.aclose()

    with pytest.raises(ContainerClosedError, match=r"^the container is closed"):
        await container.aget(key)

    assert is_all_closed(container)


def test_get_of_something_new_after_close(closed):
    """What was never asked for before is refused alike."""

    class Fresh:
        pass

    refused(lambda: closed.get(Fresh))


@pytest.mark.parametrize(
    "use",
    [
        lambda c: c.bind(Settings, Settings()),
        lambda c: c.__setitem__(Settings, Settings()),
        lambda c: c.declare(Settings),
        lambda c: c.include(Container()),
        lambda c: c.override(Settings, Settings()).__enter__(),
        lambda c: c.resource_scope().__enter__(),
    ],
    ids=["bind", "setitem", "declare", "include", "override", "resource_scope"],
)
def test_closed_container_takes_nothing(closed, use):
    """Whatever would change a closed container is refused."""
    error = refused(lambda: use(closed))

    assert str(error).startswith("the container is closed")
    assert is_all_closed(closed)


def test_closing_again_is_harmless(closed, log):
    """Closing is idempotent."""
    closed.close()

    assert log == ["open database", "close database"]


@pytest.mark.parametrize("key", [Database, Cache, "url", Settings], ids=["resource", "scoped", "value", "transient"])
def test_scope_after_leaving(key, log):
    """A scope that was left gives nothing, whatever is asked for."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Cache, scope="request")
    container.bind("url", value="sqlite://")
    with container.resource_scope() as scope:
        scope.get(key)

    error = refused(lambda: scope.get(key))

    assert str(error).startswith("the scope 'request' is closed")
    assert (error.subject, error.state) == ("the scope 'request'", "closed")
    assert is_idle(container)


@pytest.mark.anyio
async def test_scope_after_leaving_with_await(log):
    """`scope.aget` and `scope.start` are refused alike."""
    container = Container()
    container.bind(Database, alogged(Database, log, "database"))
    async with container.resource_scope() as scope:
        pass

    with pytest.raises(ContainerClosedError):
        await scope.aget(Database)
    with pytest.raises(ContainerClosedError):
        await scope.start(Database)

    assert log == []


def test_get_while_the_container_closes(log):
    """Closing code that asks for more is refused by name of state; everything else closes."""
    container = Container()

    def cache():
        yield Cache()
        container.get(Database)

    container.bind(Cache, cache)
    container.bind(Database, logged(Database, log, "database"))
    container.get(Database)
    container.get(Cache)

    with pytest.raises(CloseError) as caught:
        container.close()

    (error,) = caught.value.exceptions
    assert type(error) is ContainerClosedError
    assert str(error).startswith("the container is closing")
    assert error.state == "closing"
    assert log == ["open database", "close database"]
    assert is_all_closed(container)


def test_get_while_a_scope_closes(log):
    """The same holds in a scope, named by its name."""
    container = Container()

    def cache():
        yield Cache()
        container.get(Database)

    container.bind(Cache, cache)
    container.bind(Database, logged(Database, log, "database"))

    with pytest.raises(CloseError) as caught, container.resource_scope():
        container.get(Cache)

    (error,) = caught.value.exceptions
    assert str(error).startswith("the scope 'request' is closing")
    assert log == []
    assert is_idle(container)


def test_get_from_another_thread_while_the_container_closes(log):
    """A thread that comes while another closes is refused at once, and nothing new opens."""
    container = Container()
    closing, go_on = threading.Event(), threading.Event()

    def cache():
        yield Cache()
        closing.set()
        go_on.wait()

    container.bind(Cache, cache)
    container.bind(Database, logged(Database, log, "database"))
    container.get(Cache)
    closer = threading.Thread(target=container.close)
    closer.start()
    closing.wait()

    error = refused(lambda: container.get(Database))
    go_on.set()
    closer.join()

    assert error.state == "closing"
    assert log == []
    assert is_all_closed(container)


def test_close_from_inside_an_opening(log):
    """What is being opened while its own code closes the container is closed at once, and the `get` is refused."""
    container = Container()

    def database():
        log.append("open")
        container.close()
        try:
            yield Database()
        finally:
            log.append("close")

    container.bind(Database, database)

    refused(lambda: container.get(Database))

    assert log == ["open", "close"]
    assert is_all_closed(container)


def test_leaving_a_scope_from_inside_an_opening(log):
    """The same holds for a scope that is left by what it opens."""
    container = Container()
    handle = container.resource_scope()

    def database():
        log.append("open")
        handle.__exit__(None, None, None)
        try:
            yield Database()
        finally:
            log.append("close")

    container.bind(Database, database)
    scope = handle.__enter__()

    refused(lambda: scope.get(Database))

    assert log == ["open", "close"]
    assert is_idle(container)


@pytest.mark.anyio
async def test_aclose_from_inside_an_opening(log):
    """The same holds for asynchronous resources, which open in a task of their own."""
    container = Container()

    async def database():
        log.append("open")
        await container.aclose()
        try:
            yield Database()
        finally:
            log.append("close")

    container.bind(Database, database)

    with pytest.raises(ContainerClosedError):
        await container.aget(Database)

    assert log == ["open", "close"]
    assert is_all_closed(container)


def test_opening_that_ends_after_the_close_began_is_closed(log):
    """A resource whose opening was under way when another thread closed is closed with the container."""
    container = Container()
    opening, go_on = threading.Event(), threading.Event()

    def database():
        log.append("open")
        opening.set()
        go_on.wait()
        try:
            yield Database()
        finally:
            log.append("close")

    container.bind(Database, database)
    outcomes = []

    def ask():
        try:
            outcomes.append(container.get(Database))
        except ContainerClosedError as error:
            outcomes.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    opening.wait()
    closing = threading.Thread(target=container.close)
    closing.start()
    while container.snapshot().state == "open":
        pass
    go_on.set()
    asking.join()
    closing.join()

    assert log == ["open", "close"]
    assert len(outcomes) == 1
    assert is_all_closed(container)


def test_injected_function_of_a_closed_container(closed):
    """A function injected from a closed container is refused before its body runs."""
    called = []

    @inject(container=closed)
    def handler(settings: Settings = Inject()):
        called.append(settings)

    refused(handler)

    assert called == []


@pytest.mark.anyio
async def test_lazy_object_of_a_closed_container(log):
    """A method of an object that was got before the close does not open it afterwards."""

    @resource
    class Remote:
        async def initialize(self):
            log.append("open")

        async def dispose(self):
            log.append("close")

        async def use(self):
            log.append("use")

    container = Container()
    container.bind(Remote, scope="singleton")
    remote = container.get(Remote)
    await container.aclose()

    with pytest.raises(ContainerClosedError):
        await remote.use()

    assert log == []


def test_entering_again_begins_a_new_life(closed, log):
    """`with container` after a close opens anew; nothing of the old life is handed out."""
    with closed:
        assert closed.get("url") == "sqlite://"
        assert isinstance(closed.get(Database), Database)

    assert log == ["open database", "close database"] * 2
