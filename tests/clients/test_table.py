"""The table of clients: what stands in it is what is there."""

import importlib
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tenure.model import detect
from tenure.model.binding import Rule, Style
from tenure.model.clients import TABLES, adapter_of, all_adapters
from tests.clients.watching import named
from tools import clients

SOURCE = str(Path(__file__).parents[2] / "src")
OF_PYTHON = [each for each in all_adapters() if each.paths[0].partition(".")[0] in sys.stdlib_module_names]


def test_the_packages_that_are_looked_for_are_those_of_the_tables():
    """Detection imports a table where a class is of one of these packages."""
    assert {package for packages in TABLES.values() for package in packages} == detect._RECOGNISED


def test_each_class_stands_in_the_table_of_its_package():
    """Else it would never be found."""
    for row in all_adapters():
        for path in row.paths:
            assert path.partition(".")[0] in detect._RECOGNISED, path


def test_no_class_stands_twice():
    """A second row would hide the first."""
    paths = [path for row in all_adapters() for path in row.paths]

    assert len(paths) == len(set(paths))


def test_nothing_is_imported_to_recognise_a_client():
    """Neither the clients, nor before a class of one of the packages is met the tables."""
    program = """
import sys
from tenure import Container, resource

@resource
class Own:
    def close(self): ...

Container().bind(Own)
before = {name for name in sys.modules if "tenure.model.clients" in name}
from tenure.model.clients import all_adapters
all_adapters()
print(before, [name for name in ("sqlalchemy", "redis", "asyncio", "subprocess", "logging") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True, env={"PYTHONPATH": SOURCE}
    )

    assert done.stdout == "set() []\n"


@pytest.mark.parametrize("row", all_adapters(), ids=lambda row: row.name)
def test_a_row_names_a_class_with_these_methods(row):
    """The class is where the row says, and has each method that the row calls."""
    package = row.paths[0].partition(".")[0]
    pytest.importorskip("confluent_kafka" if package == "cimpl" else package)
    found = None
    for path in row.paths:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = found or _class_at(path)
    if found is None:
        pytest.fail(f"none of {row.paths} is there")

    assert adapter_of(found) is row
    if row.name == "aiofiles.open(...)":
        found = importlib.import_module("aiofiles.threadpool.text").AsyncTextIOWrapper  # its base has no methods
    for act in (row.open, row.close):
        for call in act.text.split("; ") if act is not None else ():
            name = call.removeprefix("await ").partition("(")[0]
            if name.isidentifier() and not call.endswith((" pool", " connection")):
                assert callable(getattr(found, name)) or isinstance(getattr(found, name), property), name


def _class_at(path):
    parts = path.replace("cimpl.", "confluent_kafka.cimpl.").split(".")
    for count in range(len(parts) - 1, 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for name in parts[count:]:
            found = getattr(found, name, None)
        if found is not None and f"{found.__module__}.{found.__qualname__}" == path:
            return found
    return None


def test_a_class_that_derives_from_a_client_counts_as_it():
    """What a program makes of a client is recognised as well."""
    from concurrent.futures import ThreadPoolExecutor

    class Own(ThreadPoolExecutor): ...

    assert adapter_of(Own).name == "concurrent.futures.Executor"


def test_what_a_derived_class_says_itself_counts_instead():
    """It knows what else it holds."""
    from concurrent.futures import ThreadPoolExecutor

    class Own(ThreadPoolExecutor):
        def dispose(self):
            self.shutdown()

    found = detect.lifecycle_of_class(Own)

    assert (found.rule, found.close) == (Rule.FORM, Own.dispose)


@pytest.mark.parametrize("path", sorted(detect._LOCKS - {"filelock._api.BaseFileLock"}))
def test_locks_are_never_entered(path):
    """A lock is a context manager, and entering it would acquire it; declared a resource, it is a value."""
    cls = named(path)

    for found in (detect.lifecycle_of_class(cls), detect.lifecycle_of_initializer(cls)):
        assert (found.style, found.open, found.close, found.rule) == (Style.METHODS, None, None, Rule.NEVER)


def test_the_table_of_the_page_is_that_of_the_data():
    """`python3 -m tools.clients` writes it."""
    page = clients.PAGE.read_text(encoding="utf-8")

    assert clients.written(page) == page
    assert all(f"| `{row.name}` |" in page for row in all_adapters())
