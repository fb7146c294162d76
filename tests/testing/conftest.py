"""A pytest of its own for each test, with the plugin."""

from contextvars import copy_context
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import tenure


@pytest.fixture
def run(pytester, monkeypatch):
    """Return what runs pytest on the text of a module, with options, in this process."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(Path(tenure.__file__).parents[1]))  # of the sources that are tested
    # Installed from sources that are older than the plugin, it is not found by itself.
    is_installed = any(each.name == "tenure" for each in entry_points(group="pytest11"))
    plugin = () if is_installed else ("-p", "tenure.testing.pytest_plugin")

    def run(text, *options, inprocess=True):
        pytester.makepyfile(test_it=HEAD + text)
        start = pytester.runpytest_inprocess if inprocess else pytester.runpytest_subprocess
        without = ("-p", "no:asyncio") if "pytest_asyncio" not in text else ()
        # A scope that nobody leaves stays current: in a context of its own.
        return copy_context().run(start, *plugin, *without, "-p", "no:cacheprovider", *options)

    return run


HEAD = """
import pytest
import tenure

class Container(tenure.Container):
    def __del__(self):
        "Do not warn: these tests leak in the process of whoever runs them."

class Database: ...
class Session: ...

def make_database():
    yield Database()

def make_session(database: Database):
    yield Session()

def container_of():
    container = Container()
    container.bind(Database, make_database, scope="singleton")
    container.bind(Session, make_session, scope="request")
    return container
"""
