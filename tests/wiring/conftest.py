import asyncio
import functools
import inspect
import sys

import pytest

from tests.wiring import support


@pytest.fixture(autouse=True)
def log():
    """What resources did in this test."""
    support.LOG.clear()
    return support.LOG


@pytest.fixture
def container():
    """A container of the example, closed at the end."""
    made = support.Example()
    made.config.from_dict({"port": "80", "which": "two", "deep": {"rate": "2.5", "80": "eighty"}})
    yield made
    made.unwire()
    made.shutdown_resources()


@pytest.fixture
def module():
    """Makes modules of text; they are forgotten at the end."""
    before = set(sys.modules)
    yield functools.partial(support.module_of, "wired_module")
    for name in set(sys.modules) - before:
        if name.startswith("wired_"):
            del sys.modules[name]


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run an asynchronous test."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
