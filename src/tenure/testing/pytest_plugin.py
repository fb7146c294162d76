"""
A plugin for pytest: fixtures for tests of applications, and tests fail that leave open what they opened.

The fixtures are in `pytest_fixtures`. Leaks are looked for where that is asked for: `--tenure-leaks=fail` (or `warn`),
`tenure_leaks = fail` in the configuration, or the marker `tenure_leaks("fail")` on a test, class or module. Knows
pytest, and Tenure only once it is asked for.
"""

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from tenure.testing import pytest_fixtures

if TYPE_CHECKING:
    from tenure.events import Leak
    from tenure.testing.leak_watch import LeakWatch

MODES = ("fail", "warn", "off")
_WATCH: "pytest.StashKey[LeakWatch]" = pytest.StashKey()
_MODE: "pytest.StashKey[str]" = pytest.StashKey()


class LeakWarning(pytest.PytestWarning):
    """A test left something open, and was asked to warn of it only."""


class Leaks:
    """
    What the running test has opened and not closed: the fixture `tenure_leaks`.

    What was opened before the fixture was set up is known only where leaks are looked for anyhow.
    """

    def __init__(self, watch: "LeakWatch") -> None:
        self._watch = watch

    def leaks(self) -> "tuple[Leak, ...]":
        """Return what would leak if the test ended now, the oldest first."""
        return self._watch.leaks()

    def forgive(self) -> None:
        """Let what is open now stay open after the test."""
        self._watch.forgive(self.leaks())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--tenure-leaks` and the setting `tenure_leaks`."""
    parser.getgroup("tenure").addoption(
        "--tenure-leaks",
        choices=MODES,
        default=None,
        help="what becomes of a test that leaves open what it opened in a Tenure container; by default the setting "
        "tenure_leaks, else off. A marker counts before both, save where this is off",
    )
    parser.addini("tenure_leaks", "the same as --tenure-leaks: fail, warn or off", default="off")
    parser.addini(
        pytest_fixtures.SETTING,
        "module:container, the container that the fixture `container` gives: a container, a class of declarative ones, "
        "or a function without arguments that makes one",
        default="",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker, and look at the setting."""
    config.addinivalue_line(
        "markers", "tenure_leaks(mode): what becomes of a test that leaks resources of Tenure: 'fail', 'warn' or 'off'"
    )
    config.addinivalue_line(
        "markers",
        "tenure_scope(name=None, values=None): the scope that the fixture container_scope enters, as "
        "Container.resource_scope takes it",
    )
    manager = config.pluginmanager
    manager.register(pytest_fixtures, "tenure-fixtures")
    if manager.has_plugin("asyncio"):
        from tenure.testing import pytest_on_asyncio  # noqa: PLC0415 - where that plugin is there, it is loaded

        manager.register(pytest_on_asyncio, "tenure-fixtures-asyncio")
    mode = config.getini("tenure_leaks")
    if mode not in MODES:
        raise pytest.UsageError(f"tenure_leaks is {mode!r}, but it takes one of {', '.join(MODES)}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have the virtual clock begin before the fixtures beside it."""
    pytest_fixtures.put_clock_first(items)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of what is watched."""
    watch = config.stash.get(_WATCH, None)
    if watch is not None:
        watch.close()


def mode_of(item: pytest.Item) -> str:
    """
    Return "fail", "warn" or "off".

    Raises:
        pytest.UsageError: the marker takes something else.
    """
    given = item.config.getoption("--tenure-leaks")
    marker = item.get_closest_marker("tenure_leaks")
    if given == "off":
        return "off"
    if marker is None:
        return given or str(item.config.getini("tenure_leaks"))
    mode = marker.args[0] if len(marker.args) == 1 and not marker.kwargs else None
    if mode not in MODES:
        raise pytest.UsageError(f"{item.nodeid}: the marker tenure_leaks takes one of {', '.join(map(repr, MODES))}")
    return str(mode)


def _watch_of(config: pytest.Config) -> "LeakWatch":
    watch = config.stash.get(_WATCH, None)
    if watch is None:
        from tenure.testing.leak_watch import LeakWatch  # noqa: PLC0415 - only for those who look for leaks

        watch = config.stash[_WATCH] = LeakWatch()
    return watch


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Watch from before the first fixture of the test is set up."""
    mode = item.stash[_MODE] = mode_of(item)
    if mode != "off":
        _watch_of(item.config).begin()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, Any, Any]:
    """Look for leaks after the last fixture of the test is torn down."""
    watch = item.config.stash.get(_WATCH, None)
    if watch is not None:
        watch.tear_down()
    failure: BaseException | None = None
    try:
        result = yield
    except BaseException as error:  # noqa: BLE001 - it is raised below, with what is to be said
        failure, result = error, None
    leaks = watch.end() if watch is not None else ()
    if watch is not None:
        watch.stop()
    try:
        _tell(item, leaks, failure)
        if failure is not None:
            raise failure
    finally:
        del failure  # its traceback holds this frame
    return result


def _tell(item: pytest.Item, leaks: "tuple[Leak, ...]", failure: BaseException | None) -> None:
    mode = item.stash.get(_MODE, "off")
    if not leaks or mode == "off":
        return
    from tenure.testing.leak_watch import text_of  # noqa: PLC0415 - loaded already, if there are leaks

    text = text_of(leaks)
    if mode == "warn":
        item.warn(LeakWarning(text))
    elif failure is not None:
        failure.add_note(text)
    else:
        pytest.fail(text, pytrace=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: "pytest.FixtureDef[Any]", request: pytest.FixtureRequest
) -> Generator[None, Any, Any]:
    """Know what belongs to a fixture that lasts longer than the test."""
    watch = request.config.stash.get(_WATCH, None)
    if watch is None or fixturedef.scope == "function":
        return (yield)
    with watch.setting_up(fixturedef):
        return (yield)


def pytest_fixture_post_finalizer(fixturedef: "pytest.FixtureDef[Any]", request: pytest.FixtureRequest) -> None:
    """Ask for what a fixture that lasted longer has left."""
    watch = request.config.stash.get(_WATCH, None)
    if watch is not None:
        watch.ended(fixturedef)


@pytest.fixture
def tenure_leaks(request: pytest.FixtureRequest) -> Leaks:
    """Return what tells what the test has opened in containers of Tenure, made from now on, and not closed."""
    watch = _watch_of(request.config)
    if request.node.stash.get(_MODE, "off") == "off":
        watch.begin()
    return Leaks(watch)
