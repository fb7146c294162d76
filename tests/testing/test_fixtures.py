"""The fixtures of the plugin: a container with fresh state for each test, overrides and a scope that end with it."""

import pytest

import tenure.containers  # each pytest in this process forgets what it imported, and would import it anew
import tenure.providers  # noqa: F401 - the same

pytest_plugins = ["pytester"]

APP = """
from tenure import Container, containers, providers

told = []

class Database: ...
class Session: ...
class Counter: ...
class Tenant:
    name = "none"

def open_database():
    told.append("open")
    yield Database()
    told.append("close")

def open_session(database: Database):
    yield Session()
    told.append("left")

async def open_later():
    told.append("open later")
    try:
        yield Counter()
    finally:
        told.append("close later")

def make():
    container = Container()
    container.bind(Database, open_database, scope="singleton")
    container.bind(Session, open_session, scope="request")
    container.bind("later", open_later, scope="singleton")
    container.bind("tenant", lambda: "none", scope="singleton")
    container.bind(Counter, scope="singleton")
    return container

container = make()

class Declared(containers.DeclarativeContainer):
    database = providers.Resource(open_database)
    later = providers.Resource(open_later)
    counter = providers.Singleton(Counter)

declared = Declared()
not_one = 7
"""


@pytest.fixture
def run_with(run, pytester):
    """Return what runs a test module beside the application, with a container of it."""

    def run_with(name, text, *options, **how):
        pytester.makepyfile(app=APP)
        pytester.makeini(f"[pytest]\ntenure_container = {name}\npythonpath = .\n")
        pytester.syspathinsert()
        return run("import app\n" + text, "--tenure-leaks=fail", *options, **how)

    return run_with


SYNC = """
def test_first(container):
    assert container is app.container
    container.get(app.Database)
    container.get(app.Counter).n = 1

def test_second(container, container_scope):
    assert app.told == ["open", "close"]
    assert not hasattr(container.get(app.Counter), "n")
    container.get(app.Session)

def test_third():
    assert app.told == ["open", "close", "open", "left", "close"]
"""


def test_each_test_begins_with_nothing_made(run_with):
    """What a test opened is closed after it, what it made is forgotten; the object is that of the application."""
    run_with("app:container", SYNC).assert_outcomes(passed=3)


def test_the_container_is_usable_between_tests(run_with):
    """Code that does not ask for the fixture finds the container as a program that begins does."""
    text = """
def test_first(container):
    container.get(app.Database)

def test_second():
    assert app.container.get(app.Counter)
"""

    run_with("app:container", text).assert_outcomes(passed=2)


OVERRIDES = """
class Fake: ...
class Other: ...

def open_fake():
    yield Fake()
    app.told.append("close fake")

def test_first(container, container_override):
    original = container.get(app.Database)
    container_override({key}, {fake})
    assert isinstance(container.{get}, Fake)
    container_override({key}, {other})
    assert isinstance(container.{get}, Other)

def test_second(container):
    assert app.told == ["open", "close fake", "close"]
    assert isinstance(container.{get}, app.Database)
"""
TYPED = OVERRIDES.format(key="app.Database", fake="open_fake", other="Other", get="get(app.Database)")


def test_overrides_end_with_the_test(run_with):
    """The last one first, and before what the container itself holds is closed."""
    run_with("app:container", TYPED).assert_outcomes(passed=2)


@pytest.mark.parametrize("key", ['"database"', "container.database"])
def test_overrides_of_a_declarative_container(run_with, key):
    """By name or by provider."""
    text = OVERRIDES.replace("container.get(app.Database)", "container.database()").format(
        key=key, fake="providers.Resource(open_fake)", other="value=Other()", get="database()"
    )

    run_with("app:declared", "from tenure import providers\n" + text).assert_outcomes(passed=2)


def test_names_that_are_no_provider(run_with):
    """An override of nothing is refused, with what it may have meant."""
    text = """
def test_it(container_override):
    from tenure.errors import MissingBindingError
    with pytest.raises(MissingBindingError, match="did you mean .*database"):
        container_override("databse", 1)
    with pytest.raises(TypeError, match="a provider of a declarative container is overridden, or its name"):
        container_override(7, 1)
    with pytest.raises(TypeError, match="without scope="):
        container_override("database", 1, scope="singleton")
"""

    run_with("app:declared", text).assert_outcomes(passed=1)


DECLARED = """
def test_first(container):
    assert container is {container}
    container.database()
    container.counter().n = 1

def test_second(container):
    assert app.told == ["open", "close"]
    assert not hasattr(container.counter(), "n")
"""


def test_a_declarative_container(run_with):
    """Its resources are shut down, its singletons forgotten."""
    run_with("app:declared", DECLARED.format(container="app.declared")).assert_outcomes(passed=2)


@pytest.mark.parametrize("name", ["app:make", "app:Declared"])
def test_what_makes_a_container(run_with, name):
    """A function or a class is called for each test."""
    text = """
seen = []

@pytest.mark.parametrize("n", [1, 2])
def test_it(container, n):
    assert container not in seen
    seen.append(container)
"""

    run_with(name, text).assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "*no container is named: say `tenure_container = module:container`*"),
        ("app", "*tenure_container is 'app', but it takes module:container*"),
        ("ap:container", "*tenure_container is 'ap:container', but there is no module 'ap'*"),
        ("app:contaner", "*tenure_container is 'app:contaner', but 'contaner' is not there"),
        ("app:not_one", "*tenure_container is 'app:not_one', but what is there is no container: 7"),
    ],
)
def test_a_setting_that_leads_nowhere(run_with, name, text):
    """Is an error of the tests that ask for the container, and of no other."""
    result = run_with(name, "def test_it(container): pass\ndef test_other(): pass\n")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([text])


def test_a_fixture_of_the_projects_own(run_with):
    """A fixture of this name counts, and what it gives is overridden; it may last longer than a test."""
    text = """
@pytest.fixture(scope="session")
def container():
    container = app.make()
    yield container
    container.close()

@pytest.mark.parametrize("n", [1, 2])
def test_it(container, container_override, n):
    database = container.get(app.Database)
    container_override(app.Database, value=n)
    assert container.get(app.Database) == n
    assert app.told == ["open"]

def test_after(container, container_scope):
    assert isinstance(container_scope.get(app.Database), app.Database)
    assert app.told == ["open"]
"""

    run_with("", text).assert_outcomes(passed=3)


def test_the_scope_that_a_marker_names(run_with):
    """It takes what `resource_scope` takes."""
    text = """
@pytest.mark.tenure_scope("request", values={"tenant name": "acme"})
def test_it(container, container_scope):
    assert container.get("tenant name") == "acme"
    assert container_scope.get("tenant name") == "acme"
"""

    run_with("app:container", text, "--strict-markers").assert_outcomes(passed=1)


def test_errors_of_closing_are_told(run_with):
    """Whatever cannot be closed fails the test when it is torn down; the rest is closed, the next test is not hurt."""
    text = """
def open_broken(database: app.Database):
    yield "broken"
    raise OSError("disk full")

def test_first(container, container_override):
    container_override("tenant", open_broken)
    container.get("tenant")

def test_second(container):
    assert app.told == ["open", "close"]
    assert container.get("tenant") == "none"
"""

    result = run_with("app:container", text)

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*OSError: disk full"])


# On a loop.

ASYNC = """
class Fake: ...

async def open_fake():
    yield Fake()
    app.told.append("close fake")

@pytest.fixture
def database(container):
    yield container.get(app.Database)
    app.told.append("fixture ends")

{mark}
async def test_first(container, container_override, database):
    app.told.clear()
    await container.aget("later")
    container_override("tenant", open_fake)
    await container.aget("tenant")

{mark}
async def test_second(container, container_override, container_scope):
    assert app.told == ["open later", "fixture ends", "close fake", "close later", "close"]
    container_override("tenant", open_fake, scope="request")
    assert isinstance(await container.aget("tenant"), Fake)
    assert await container_scope.aget("tenant") is await container.aget("tenant")
    assert container.get(app.Session)
    app.told.clear()

{mark}
async def test_third():
    assert app.told == ["left", "close fake", "close"]
"""
ANYIO = ASYNC.format(mark="@pytest.mark.anyio")
ASYNCIO = "import pytest_asyncio\n" + ASYNC.format(mark="@pytest.mark.asyncio")


def test_on_the_loops_of_anyio(run_with):
    """On asyncio as on trio, where a scope has to be left in the task that entered it."""
    pytest.importorskip("trio")

    result = run_with("app:container", ANYIO)

    assert result.parseoutcomes()["passed"] % 6 == 0  # uvloop may be a third loop
    assert "errors" not in result.parseoutcomes()
    assert "failed" not in result.parseoutcomes()


@pytest.mark.slow
def test_on_the_loops_of_pytest_asyncio(run_with):
    """Where a fixture and its test run in different tasks."""
    pytest.importorskip("pytest_asyncio")

    run_with(
        "app:container", ASYNCIO, "-o", "asyncio_default_fixture_loop_scope=function", "-W", "error", inprocess=False
    ).assert_outcomes(passed=3)


def test_on_a_loop_of_the_tests_own(run_with):
    """A plain test may run one; what stays open on it is closed behind it."""
    text = """
import asyncio

async def main(container):
    await container.aget("later")

def test_first(container):
    asyncio.run(main(container))

def test_second(container):
    assert app.told == ["open later", "close later"]
"""

    run_with("app:container", text).assert_outcomes(passed=2)


def test_what_is_left_on_a_loop_that_stands_still(run_with):
    """Can be closed on that loop only: the error says so, and it is open until somebody does."""
    text = """
import asyncio
runner = asyncio.Runner()

def test_first(container):
    runner.run(container.aget("later"))

def test_second(container):
    runner.run(container.aclose())
    runner.close()
    assert app.told == ["open later", "close later"]

def test_third(container):
    assert container.get(app.Database)
"""

    result = run_with("app:container", text)

    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*WrongLoopError: 'later' was opened on the asyncio loop*"])


@pytest.mark.slow
@pytest.mark.timeout(180)  # three processes begin, on machines that have other work
def test_with_xdist(run_with):
    """Each worker has the container to itself."""
    text = """
@pytest.mark.parametrize("n", range(6))
def test_it(container, container_override, n):
    container_override("tenant", value=n)
    assert container.get("tenant") == n
    container.get(app.Database)
    assert app.told.count("open") == app.told.count("close") + 1
"""

    run_with("app:container", text, "-n", "2", inprocess=False).assert_outcomes(passed=6)


@pytest.mark.slow
def test_overrides_reach_applications(run_with):
    """What `setup` gave the container to asks it, and so gets what replaces."""
    pytest.importorskip("fastapi")
    text = """
from typing import Annotated
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tenure.ext.fastapi import Inject, inject, setup

web = FastAPI()

class Acme(app.Tenant):
    name = "acme"

@web.get("/tenant")
@inject
async def tenant(name: Annotated[app.Tenant, Inject()]) -> str:
    return name.name

setup(web, app.container)

@pytest.fixture
def client(container):
    with TestClient(web) as client:
        yield client

def test_first(client, container_override):
    container_override(app.Tenant, value=Acme())
    assert client.get("/tenant").json() == "acme"

def test_before_it_starts(container, container_override):
    container_override(app.Tenant, value=Acme())
    for _ in range(2):
        with TestClient(web) as client:
            assert client.get("/tenant").json() == "acme"
    app.told.clear()
    app.told.extend(["open", "open later", "close later", "close"])

def test_second(client, container_override):
    assert client.get("/tenant").json() == "none"
    assert app.told == ["open", "open later", "close later", "close"] + ["open", "open later"]
"""

    run_with("app:container", text).assert_outcomes(passed=3)


FAULTS = """
from tenure.testing import InjectedFault

def test_first(container, faults):
    faults.fail(app.Database, {asked})
    with pytest.raises(InjectedFault):
        container.get(app.Database)

def test_second(container):
    assert container.get(app.Database)
"""


def test_faults_end_with_the_test(run_with):
    """The next test is not hurt."""
    run_with("app:container", FAULTS.format(asked="nth=1")).assert_outcomes(passed=2)


def test_faults_that_show_nothing(run_with):
    """A test that opens nothing of what is to fail has a mistake in it."""
    result = run_with("app:container", "def test_it(faults):\n    faults.fail('databse')\n")

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["nothing was there to go wrong before the test ended: fail('databse', on='open')"])


# Time.

SLEEPY = """
import asyncio, sys

async def sleep(seconds):
    if "trio" in sys.modules and sys.modules["trio"].lowlevel.in_trio_run():
        await sys.modules["trio"].sleep(seconds)
    else:
        await asyncio.sleep(seconds)

@{fixture}
async def slow():
    await sleep(1000)
    yield
    await sleep(1000)

{mark}
async def test_virtual(container, slow, virtual_clock):
    began = virtual_clock.now()
    await container.aget("later")
    await sleep(1000)
    assert 999 < virtual_clock.now() - began < 1001

{mark}
async def test_real(container):
    from tenure.lifecycle import effects
    import time
    assert effects.time is time
    await container.aget("later")
    await sleep(0)
"""


def test_virtual_time_on_the_loops_of_anyio(run_with):
    """It begins before asynchronous fixtures, those of the plugin among them: a trio run keeps its clock."""
    pytest.importorskip("trio")
    text = SLEEPY.format(mark="@pytest.mark.anyio", fixture="pytest.fixture")
    backend = "@pytest.fixture(params=['asyncio', 'trio'])\ndef anyio_backend(request):\n    return request.param\n"

    run_with("app:container", text + backend, "--timeout=60").assert_outcomes(passed=4)


@pytest.mark.slow
def test_virtual_time_on_the_loops_of_pytest_asyncio(run_with):
    """As it is with anyio's plugin."""
    pytest.importorskip("pytest_asyncio")
    text = SLEEPY.format(mark="@pytest.mark.asyncio", fixture="pytest_asyncio.fixture")

    run_with(
        "app:container", "import pytest_asyncio\n" + text, "--timeout=60",
        "-o", "asyncio_default_fixture_loop_scope=function", "-W", "error", inprocess=False,
    ).assert_outcomes(passed=2)  # fmt: skip


def test_plain_tests_on_each_loop(run_with):
    """`run_async` runs a function on asyncio, then on trio; in virtual time where that is asked for."""
    pytest.importorskip("trio")
    text = """
from anyio import sleep

def test_it(run_async, virtual_clock, container):
    async def main(seconds):
        await container.aget("later")
        await sleep(seconds)
        await container.aclose()
        return seconds

    assert run_async(main, 3600) == 3600
    assert app.told[-2:] == ["open later", "close later"]
"""

    run_with("app:container", text, "--timeout=60").assert_outcomes(passed=2)


@pytest.mark.slow
@pytest.mark.timeout(180)  # three processes begin, on machines that have other work
def test_everything_at_once(run_with):
    """Under pytest-asyncio and xdist: each fixture in one test."""
    pytest.importorskip("pytest_asyncio")
    text = """
import asyncio, pytest_asyncio
from tenure.testing import every_fault

@pytest.mark.asyncio
@pytest.mark.parametrize("n", range(4))
async def test_it(container, container_override, container_scope, faults, virtual_clock, tenure_leaks, n):
    container_override("tenant", value=n)
    async with faults.cancel_at("later") as cut:
        await container.aget("later")
        await asyncio.sleep(1)
    assert cut.has_happened
    faults.fail(app.Session, nth=1)
    with pytest.raises(Exception, match="as it was told"):
        container_scope.get(app.Session)
    container_scope.get(app.Session)
    await asyncio.sleep(3600)
    assert container_scope.get("tenant") == n
    assert [leak.label for leak in tenure_leaks.leaks()] == ["request", "Session"]

@pytest.mark.asyncio
async def test_every():
    async def scenario(container):
        async with container.resource_scope() as scope:
            await scope.aget("later")
            await asyncio.sleep(0)

    def make():
        container = app.Container()
        container.bind("later", app.open_later, scope="request")
        return container

    async for fault in every_fault(make, scenario):
        assert fault.has_happened
"""

    run_with(
        "app:container", text, "-n", "2", "--timeout=60",
        "-o", "asyncio_default_fixture_loop_scope=function", "-W", "error", inprocess=False,
    ).assert_outcomes(passed=5)  # fmt: skip
