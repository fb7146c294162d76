import functools
import inspect
import sys
import threading

import pytest

from tests.engine.support import WORLDS, Story


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/engine" in item.path.as_posix() and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(40))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run an asynchronous test in its world."""
    world = pyfuncitem.funcargs.get("world")
    if world is None or not inspect.iscoroutinefunction(inspect.unwrap(pyfuncitem.obj)):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names if name in pyfuncitem.funcargs}
    world.run(functools.partial(pyfuncitem.obj, **arguments))
    return True


def pytest_generate_tests(metafunc):
    """A test that takes `world` runs in all three, unless `@only(...)` names some."""
    if "world" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("worlds")
        metafunc.parametrize("world", marker.args if marker else tuple(WORLDS), indirect=True)


@pytest.fixture
def world(request, monkeypatch):
    monkeypatch.delitem(sys.modules, "anyio", raising=False)  # its pytest plugin imports it; most programs do not
    return WORLDS[request.param]()


@pytest.fixture
def story():
    return Story()


@pytest.fixture(autouse=True)
def _no_threads_left():
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("tenure")]
    assert not [thread for thread in left if thread.name != "tenure close"]


def pytest_configure(config):
    config.addinivalue_line("markers", "worlds(*names): the worlds that a test of the engine runs in")
