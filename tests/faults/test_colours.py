"""What has to be awaited, asked for or closed where nothing can be awaited, or on another event loop."""

import asyncio
from typing import Annotated

import pytest
from fault_support import alogged, at, is_all_closed, is_idle, logged

from tenure import Container, Inject, inject, resource
from tenure.errors import AsyncInSyncError, TenureError, WrongLoopError


class Settings:
    pass


class Connection:
    def __init__(self, settings: Settings) -> None: ...


class Users:
    def __init__(self, connection: Connection) -> None: ...


class Database:
    pass


@resource
class Remote:
    async def initialize(self):
        raise AssertionError("never opened here")

    async def dispose(self):
        raise AssertionError("never closed here")

    async def use(self): ...


async def coroutine_settings() -> Settings:
    raise AssertionError("never called")


def refused(use):
    with pytest.raises(AsyncInSyncError) as caught:
        use()
    error = caught.value
    assert isinstance(error, RuntimeError)
    assert isinstance(error, TenureError)
    assert error.way_out in str(error)
    assert "nothing was touched" in str(error)
    return error


def test_get_of_an_async_generator(log):
    """`get` of what has to be awaited names the call that works, and runs none of it."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"))

    error = refused(lambda: container.get(Settings))

    assert str(error).startswith("Settings is asynchronous and cannot be opened here, nothing was touched; use ")
    assert "`await container.aget(Settings)`" in error.way_out
    assert (error.labels, error.act) == (("Settings",), "open")
    assert log == []
    assert is_idle(container)


def test_get_of_a_coroutine_function():
    """The same holds for what a coroutine function makes."""
    container = Container()
    container.bind(coroutine_settings)

    assert refused(lambda: container.get(Settings)).labels == ("Settings",)


def test_get_of_what_needs_something_async(log):
    """Further up, the text says what is asynchronous, who needs it, and to `aget` what was asked for."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"))

    error = refused(lambda: container.get(Users))

    assert error.labels == ("Settings",)
    assert "`await container.aget(Users)`" in str(error)
    assert (
        f"  Users   ({at(Users)})\n  └─ connection: Connection   ({at(Connection)})\n     └─ settings: Settings"
        in str(error)
    )
    assert log == []


def test_get_opens_no_synchronous_part_of_an_async_graph(log):
    """Synchronous resources beside the asynchronous one stay closed: the refusal comes first."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"))
    container.bind(Database, logged(Database, log, "database"))

    class Both:
        def __init__(self, database: Database, settings: Settings) -> None: ...

    refused(lambda: container.get(Both))

    assert log == []
    assert is_idle(container)


def asking(container, scope=None):
    """Return a function of its own that `database` is injected into."""

    @inject(container=container, scope=scope)
    def load(database: Annotated[Database, Inject()]) -> None:
        log.append(database)

    log = []
    return load


@pytest.mark.parametrize("how", ["get", "injected", "call scope"])
def test_the_way_out_is_one_for_who_asks(log, how):
    """Whoever asked by having it injected never wrote `get`, and is told what to write instead."""
    container = Container()
    container.bind(Database, alogged(Database, log, "database"))
    container.bind(Settings, alogged(Settings, log, "settings"))
    ask, way_out = {
        "get": (lambda: container.get(Database), "`await container.aget(Database)`, or open it before"),
        "injected": (asking(container), "`async def load`, for which it is awaited, or open it before"),
        "call scope": (asking(container, "call"), "`async def load`, for which it is awaited"),
    }[how]

    assert str(refused(ask)).split("\n")[0].endswith(f"; use {way_out}")
    assert is_idle(container)


def test_what_a_factory_of_an_injected_function_asks_for(log):
    """That the factory is plain is what is wrong, not that the function is."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"))

    def database() -> Database:
        container.get(Settings)
        return Database()

    container.bind(Database, database)

    assert "use `await container.aget(Settings)`" in str(refused(asking(container)))


def test_lazy_object_in_a_synchronous_scope():
    """An object that only `await` could close is refused in a scope that was entered by plain `with`."""
    container = Container()

    with container.resource_scope():
        error = refused(lambda: container.get(Remote))

    assert str(error) == (
        "Remote is asynchronous and cannot be opened here, nothing was touched; "
        "use `async with container.resource_scope()` and `await container.aget(Remote)`"
    )
    assert is_idle(container)


@pytest.mark.anyio
async def test_aget_in_a_synchronous_scope(log):
    """`aget` is refused there too, since leaving by plain `with` could not close it."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"))

    with container.resource_scope(), pytest.raises(AsyncInSyncError) as caught:
        await container.aget(Settings)

    assert str(caught.value).startswith("Settings is asynchronous and cannot be closed here, nothing was touched; ")
    assert caught.value.act == "close"
    assert "`async with container.resource_scope()`" in caught.value.way_out
    assert log == []
    assert is_idle(container)


def test_entering_a_container_that_has_async_singletons(log):
    """`with container` is refused before anything opens, and proposes `async with`."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"), scope="singleton")
    container.bind(Settings, alogged(Settings, log, "settings"), scope="singleton")

    error = refused(container.__enter__)

    assert "async with container" in error.way_out
    assert error.labels == ("Settings",)
    assert log == []
    assert is_idle(container)


def test_closing_without_a_loop_closes_nothing(log):
    """`close` refuses where something has to be awaited, names it, and `aclose` still closes everything, once."""
    container = Container()
    container.bind(Database, logged(Database, log, "database"))
    container.bind(Settings, alogged(Settings, log, "settings"))

    async def main():
        await container.aget(Database)
        await container.aget(Settings)
        error = refused(container.close)
        before = list(log), container.snapshot().state
        await container.aclose()
        return error, before

    error, before = asyncio.run(main())

    assert str(error) == (
        "Settings is asynchronous and cannot be closed here, nothing was touched; "
        "use `async with`, or `await container.aclose()`"
    )
    assert (error.labels, error.act) == (("Settings",), "close")
    assert before == (["open database", "open settings"], "open")
    assert log == ["open database", "open settings", "close settings", "close database"]
    assert is_all_closed(container)


def test_several_async_resources_are_all_named(log):
    """Every resource that stands in the way is named."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"))
    container.bind(Database, alogged(Database, log, "database"))

    class Both:
        def __init__(self, database: Database, settings: Settings) -> None: ...

    error = refused(lambda: container.get(Both))

    assert set(error.labels) == {"Settings", "Database"}
    assert " are asynchronous and cannot be opened here" in str(error)


def test_override_left_by_plain_with(log):
    """An override that opened something asynchronous cannot be left by plain `with`; the text says how it can."""
    container = Container()
    container.bind(Settings, Settings())

    async def main():
        override = container.override(Settings, alogged(Settings, log, "fake"))
        async with override:
            await container.aget(Settings)
            return refused(lambda: override.__exit__(None, None, None))

    error = asyncio.run(main())

    assert "async with container.override(" in error.way_out
    assert error.labels == ("Settings",)
    assert log == ["open fake", "close fake"]


def test_injected_function_that_cannot_await(log):
    """A plain function whose parameter has to be awaited is refused before its body runs."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"))

    @inject(container=container)
    def handler(settings: Settings = Inject()):
        log.append("body")

    refused(handler)

    assert log == []


def test_closing_on_another_loop(log):
    """What lives on one loop cannot be closed on another; both are named, and the right one still closes it."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"), scope="singleton")

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(container.aget(Settings))
        with pytest.raises(WrongLoopError) as caught:
            second.run(container.aclose())
        before = list(log)
        first.run(container.aclose())

    error = caught.value
    assert str(error) == (
        f"Settings was opened on {error.opened_on} and cannot be used or closed on {error.used_on}; "
        "close the container on the loop that opened it, or use one container per loop"
    )
    assert error.opened_on != error.used_on
    assert error.opened_on.startswith("the asyncio loop ")
    assert error.label == "Settings"
    assert before == ["open settings"]
    assert log == ["open settings", "close settings"]
    assert is_all_closed(container)


def test_getting_on_another_loop(log):
    """What lives on one loop is not handed out on another."""
    container = Container()
    container.bind(Settings, alogged(Settings, log, "settings"), scope="singleton")

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(container.aget(Settings))
        with pytest.raises(WrongLoopError):
            second.run(container.aget(Settings))
        first.run(container.aclose())

    assert log == ["open settings", "close settings"]


def test_using_a_lazy_object_on_another_loop(log):
    """A method of an object that was opened on one loop does not run on another."""

    @resource
    class Client:
        async def initialize(self):
            log.append("open")

        async def dispose(self):
            log.append("close")

        async def use(self):
            log.append("use")

    container = Container()
    container.bind(Client, scope="singleton")
    client = container.get(Client)

    async def use():
        await client.use()

    with asyncio.Runner() as first, asyncio.Runner() as second:
        first.run(use())
        with pytest.raises(WrongLoopError):
            second.run(use())
        first.run(container.aclose())

    assert log == ["open", "use", "close"]


def test_what_a_loop_closed_at_its_end_is_not_handed_out(log):
    """A resource that was closed because its loop ended is made anew on the next loop."""

    class Client:
        is_open = True

    async def make():
        client = Client()
        log.append("open")
        try:
            yield client
        finally:
            client.is_open = False
            log.append("close")

    container = Container()
    container.bind(Client, make)

    async def ask():
        return (await container.aget(Client)).is_open

    assert asyncio.run(ask())
    assert asyncio.run(ask())
    assert log == ["open", "close", "open", "close"]
    assert container.snapshot().resources == ()


def test_forgotten_await_is_told_by_python():
    """An `aget` without `await` is warned of as any coroutine is."""
    container = Container()

    with pytest.warns(RuntimeWarning, match="was never awaited"):
        container.aget(Settings)  # noqa: RUF100
