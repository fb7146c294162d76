"""What was compiled ahead of time gives what is generated at run time: the same values, opened and closed alike."""

import asyncio
import re
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from tenure import Container
from tenure.compile.source import generated
from tenure.errors import AsyncInSyncError, ScopeNotOpenError
from tenure.lifecycle.waiting import place_of_awaitable
from tests.ahead import shop


@pytest.fixture(autouse=True)
def _empty_log():
    shop.log.clear()


@pytest.fixture
def compiled(compiler):
    """The name of a module of resolvers for the shop."""
    return compiler.compile(shop.make_container)


def played(container):
    """Return what every key gives without a loop, and what was opened and closed."""
    shop.log.clear()
    with container:
        told = [repr(container.get(key)) for key in shop.SYNC]
        with container.resource_scope(values={shop.Request: shop.Request("GET")}):
            told += [repr(container.get(key)) for key in shop.IN_REQUEST]
            told += [str(container.get(key) is container.get(key)) for key in shop.IN_REQUEST]
        told.append(str(container.get(shop.Users) is container.get(shop.Users)))
    return told, list(shop.log)


async def aplayed(container):
    shop.log.clear()
    async with container:
        told = [repr(await container.aget(key)) for key in shop.SYNC]
        async with container.resource_scope(values={shop.Request: shop.Request("GET")}) as scope:
            told += [repr(await scope.aget(key)) for key in shop.ASYNC]
            told.append(await scope.get(shop.Feed).read())
        told.append(repr(await container.aget(shop.Token)))
    return told, list(shop.log)


def test_synchronous_programs_see_no_difference(compiled):
    """Every key that needs no loop, in and outside a request."""
    assert played(shop.make_container(compiled)) == played(shop.make_container())


def test_asynchronous_programs_see_no_difference(compiled):
    """Every key."""
    expected = asyncio.run(aplayed(shop.make_container()))

    assert asyncio.run(aplayed(shop.make_container(compiled))) == expected
    assert "open mailer" in expected[1]


def test_nothing_is_generated(compiled, monkeypatch):
    """Save what only a running program can tell, nothing is written at run time."""
    generated = []
    monkeypatch.setattr("tenure.compile.emitter.function_from", lambda source, *_: generated.append(source) or 1 / 0)
    container = shop.make_container(compiled)

    with container, container.resource_scope(values={shop.Request: shop.Request("GET")}):
        for key in shop.IN_REQUEST:
            if key != list[shop.Shop]:  # not bound: composed when it is asked for
                container.get(key)

    assert generated == []


def test_errors_are_the_same(compiled):
    """What cannot be had is refused with the same words."""
    for key, error in ((shop.Mailer, AsyncInSyncError), (shop.Session, ScopeNotOpenError)):
        texts = []
        for container in (shop.make_container(compiled), shop.make_container()):
            with pytest.raises(error) as raised:
                container.get(key)
            texts.append(str(raised.value))
        assert texts[0] == texts[1]


def test_generated_functions_are_tenures(compiled):
    """They say so, for Ctrl-C and for what tells where the user's code waits; tracebacks show their lines."""
    with shop.make_container(compiled) as container, pytest.raises(ScopeNotOpenError) as raised:
        container.get(shop.Report)
    with shop.make_container(compiled) as container, container.resource_scope():
        resolver = container.engine.resolvers[shop.Report]

    frames = [each for each in traceback.extract_tb(raised.value.__traceback__) if compiled in each.filename]
    assert frames[-1].line == "not_open()"
    assert resolver.__code__.co_filename.endswith(f"{compiled}.py")
    assert resolver.__globals__["__name__"] == "tenure.compile.generated"


def test_two_containers_share_nothing(compiled):
    """One module serves any number of containers of the same bindings."""
    one, other = shop.make_container(compiled), shop.make_container(compiled)
    with one, other:
        assert one.get(shop.Users) is one.get(shop.Users)
        assert one.get(shop.Users) is not other.get(shop.Users)


def test_an_override_reaches_what_was_compiled(compiled):
    """Also before anything was asked for, and undone."""
    with shop.make_container(compiled) as container:
        with container.override(shop.Settings, shop.Settings("test")):
            assert "test" in repr(container.get(shop.Users))
            assert container.get("answer") == 42
        assert "prod" in repr(container.get(shop.Users))
        with container.override(shop.Clock, value="a clock"):
            assert "a clock" in repr(container.get(shop.Helper))
        assert "StoppedClock" in repr(container.get(shop.Helper))


def test_later_bindings_are_compiled_later(compiled):
    """What is bound after the first request changes what it concerns."""
    with shop.make_container(compiled) as container:
        before = container.get(shop.Shop)
        container.bind(str, value="later")
        container.bind(shop.Missing, shop.Missing(1))

        assert container.get(str) == "later"
        assert "Missing(1,)" in repr(container.get(shop.Traced))
        assert repr(container.get(shop.Shop)) == repr(before)


def test_check_finds_what_it_found(compiled):
    """`check` reads the bindings as ever."""
    compiled_one, plain = shop.make_container(compiled), shop.make_container()
    compiled_one.get(shop.Users)

    assert [str(f) for f in compiled_one.findings()] == [str(f) for f in plain.findings()]
    compiled_one.close()


def test_a_container_lives_again(compiled):
    """After its close it starts anew with the same resolvers."""
    container = shop.make_container(compiled)

    assert played(container) == played(container)


def test_what_is_not_read_is_read_on_demand(compiled):
    """Needs are those that a container without compiled resolvers has, and so is all else of a binding."""
    mine, plain = shop.make_container(compiled).engine.graph, shop.make_container().engine.graph

    assert [type(binding).__name__ for binding in mine].count("Unread") >= 2
    for binding in plain:
        if not isinstance(binding.key, type) or not issubclass(binding.key, Container):
            other = mine.require(binding.key)
            assert described(other) == described(binding)


def described(binding):
    names = ("key", "make", "lifetime", "needs", "options", "where", "declared", "later", "is_self")
    lifecycle = binding.lifecycle
    return [*(getattr(binding, name) for name in names), lifecycle and (lifecycle.style, lifecycle.is_async)]


@pytest.mark.slow
def test_the_tests_of_the_engine_hold_as_well():
    """Some of them, with every container compiled ahead of time; all of them are run so by hand."""
    folder = Path(__file__).parents[1] / "engine"
    files = [str(folder / f"test_{name}.py") for name in ("resolution", "override", "reset", "order", "hot")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "tests.ahead.everywhere", *files],
        capture_output=True, text=True, check=False, timeout=50, cwd=folder.parents[1],
    )  # fmt: skip

    assert done.returncode == 0, done.stdout
    told = re.search(r"bindings served ahead of time: (\d+)", done.stdout)
    assert told is not None
    assert int(told[1]) > 500


def test_generated_code_is_no_place_where_the_user_waits():
    """What ran over its limit is looked for in the user's code, never in that of a module of resolvers."""

    class Pause:
        def __await__(self):
            return iter([None])

    def shape(get):
        async def resolve(scope):
            return await get(scope)

        return resolve

    places = []
    for function in (shape, generated(shape)):
        waiting = function(lambda scope: Pause())("scope")
        waiting.send(None)
        places.append(place_of_awaitable(waiting))
        waiting.close()
    assert places[0].startswith(__file__)
    assert places[1] is None
