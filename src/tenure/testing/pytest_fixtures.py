"""
The fixtures of the plugin for pytest.

Knows pytest; everything of Tenure is imported by the first test that asks for it. What has to be awaited when a test
ends is awaited by an asynchronous fixture of whichever plugin runs the test, on its loop: `ending_on_anyio` and
`ending_on_asyncio` here, of which the right one is asked for by name.
"""

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tenure.testing.clock import VirtualClock
    from tenure.testing.faults.faults import Faults
    from tenure.testing.fixtures.ending import Ending

SETTING = "tenure_container"
CLOCK = "virtual_clock"


@pytest.fixture
def container(request: pytest.FixtureRequest) -> Any:
    """
    Return the container of the application, with nothing made yet; what the test opens in it is closed after it.

    It is the very object that the setting `tenure_container` names, so that an application that was set up with it
    uses it too. Define a fixture of this name to say it otherwise.
    """
    from tenure.testing.fixtures.faces import face_of  # noqa: PLC0415 - for tests that ask for it
    from tenure.testing.fixtures.finding import NoContainerError, container_at  # noqa: PLC0415 - the same

    source = str(request.config.getini(SETTING))
    if not source:
        raise pytest.UsageError(
            "no container is named: say `tenure_container = module:container` in the configuration of pytest, "
            "or define a fixture called `container`"
        )
    try:
        found = container_at(source)
    except NoContainerError as error:
        raise pytest.UsageError(str(error)) from None
    face = face_of(found)
    ending = _ending(request)
    face.renew()
    ending.close(face)
    return found


@pytest.fixture
def container_override(container: Any, request: pytest.FixtureRequest) -> Callable[..., None]:
    """
    Return a function that replaces a binding of `container` until the test ends: `container_override(Key, Fake)`.

    It takes what `Container.override` takes. In a declarative container the key is a provider or its name. The last
    override is undone first, before anything else of the container is closed.
    """
    from tenure.model.binding import NOTHING  # noqa: PLC0415 - for tests that ask for it
    from tenure.testing.fixtures.faces import face_of  # noqa: PLC0415 - the same

    face, ending = face_of(container), _ending(request)

    def override(key: Any, target: Any = NOTHING, *, value: Any = NOTHING, scope: str | None = None) -> None:
        ending.undo(face.override(key, target, value, scope))

    return override


@pytest.fixture
def container_scope(container: Any, request: pytest.FixtureRequest) -> Any:
    """
    Return a scope of `container` that is current in the test, and left after it.

    It is entered on the loop where the test runs on one. The marker `tenure_scope(name, values={...})` says which scope
    and what is given to it.
    """
    return request.getfixturevalue(f"_tenure_scope{_RUNNERS[_runner(request)]}")


@pytest.fixture
def faults() -> "Iterator[Faults]":
    """
    Return what lets resources fail, hang and be cut off: `faults.fail(Database, on="open", nth=3)`; docs/testing.md.

    A fault of a resource that the test neither opens nor closes fails the test: it shows nothing.
    """
    from tenure.testing.faults.faults import Faults  # noqa: PLC0415 - for tests that ask for it

    with Faults() as faults:
        yield faults
        unmet = faults.unmet()
    if unmet:
        pytest.fail(f"nothing was there to go wrong before the test ended: {', '.join(unmet)}", pytrace=False)


@pytest.fixture
def virtual_clock() -> "Iterator[VirtualClock]":
    """
    Return a clock that jumps: sleeps, limits, delays and lifetimes take no time in the test, on asyncio and trio.

    It begins before every other fixture of the test; see `tenure.testing.VirtualClock`.
    """
    from tenure.testing.clock import VirtualClock  # noqa: PLC0415 - for tests that ask for it

    with VirtualClock() as clock:
        yield clock


@pytest.fixture(params=["asyncio", "trio"])
def run_async(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """
    Return what runs an asynchronous function to its end on asyncio, and in another test on trio: `run_async(main)`.

    For tests that are plain functions; those that no plugin runs on loops need nothing else.
    """
    if request.param == "trio":
        pytest.importorskip("trio")
    from tenure.testing.clock.virtual import run  # noqa: PLC0415 - for tests that ask for it

    return functools.partial(run, loop=request.param)


def put_clock_first(items: list[pytest.Item]) -> None:
    """Have the fixture `virtual_clock` begin before what may start a loop: a trio run keeps the clock it began with."""
    for item in items:
        if isinstance(item, pytest.Function) and CLOCK in item.fixturenames:
            names, known = item.fixturenames, item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - nothing else orders
            names.remove(CLOCK)
            narrow = [n for n, name in enumerate(names) if name not in known or known[name][-1].scope == "function"]
            names.insert(narrow[0] if narrow else len(names), CLOCK)


# What ends on a loop.

_RUNNERS = {"anyio": "_on_anyio", "asyncio": "_on_asyncio", "": ""}


def _runner(request: pytest.FixtureRequest) -> str:
    """Return which plugin runs the test on a loop: "anyio", "asyncio", or "" where none does."""
    if "anyio_backend" in request.fixturenames:
        return "anyio"
    manager = request.config.pluginmanager
    if request.node.get_closest_marker("asyncio") is not None and manager.has_plugin("asyncio"):
        return "asyncio"
    return ""


def _ending(request: pytest.FixtureRequest) -> "Ending":
    ending: Ending = request.getfixturevalue(f"_tenure_ending{_RUNNERS[_runner(request)]}")
    return ending


@pytest.fixture(name="_tenure_ending")
def ending_here() -> Iterator["Ending"]:
    """Undo what the test did to containers, without a loop."""
    from tenure.testing.fixtures.ending import Ending  # noqa: PLC0415 - for tests that ask for it

    ending = Ending()
    yield ending
    ending.end()


async def end_on_loop() -> AsyncIterator["Ending"]:
    """Undo what the test did to containers, on its loop."""
    from tenure.testing.fixtures.ending import Ending  # noqa: PLC0415 - for tests that ask for it

    ending = Ending()
    yield ending
    await ending.aend()


def _scope_of(container: Any, request: pytest.FixtureRequest) -> Any:
    marker = request.node.get_closest_marker("tenure_scope")
    args, kwargs = (marker.args, marker.kwargs) if marker is not None else ((), {})
    return container.resource_scope(*args, **kwargs)


@pytest.fixture(name="_tenure_scope")
def scope_here(container: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Enter a scope without a loop."""
    with _scope_of(container, request) as scope:
        yield scope


async def scope_on_loop(container: Any, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """Enter a scope on the loop of the test."""
    async with _scope_of(container, request) as scope:
        yield scope


ending_on_anyio: Any = pytest.fixture(name="_tenure_ending_on_anyio")(end_on_loop)
scope_on_anyio: Any = pytest.fixture(name="_tenure_scope_on_anyio")(scope_on_loop)
