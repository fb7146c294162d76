"""The module that is written: deterministic, formatted, typed, readable, without values and places."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ahead import shop
from tests.ahead.support import text_of

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "typing_tests" / "compiled_ahead.py"
"""Among the files that type checkers, linter and formatter look at in `dev.py check`."""
SMALL = """
from collections.abc import Iterator
from tenure import Container, singleton

class Settings: ...

class Database:
    def __init__(self, settings: Settings) -> None: ...

@singleton
class Users:
    def __init__(self, database: Database, limit: int = 10) -> None: ...

class Page:
    def __init__(self, users: Users, settings: Settings) -> None: ...

def open_database(settings: Settings) -> Iterator[Database]:
    try:
        yield Database(settings)
    finally:
        pass

container = Container()
container.bind(Settings, Settings())
container.bind(open_database, scope="singleton")
container.bind(Users)
container.bind(Page)
"""


def test_the_text_is_what_it_was():
    """
    The golden file; write it anew by `python -m tests.ahead.test_module`, and read the difference.

    A change that makes modules written before mean another thing raises `FORMAT`.
    """
    assert small() == GOLDEN.read_text(encoding="utf-8")


def small():
    names = {"__name__": "app"}
    exec(SMALL, names)
    return text_of(names["container"], source="app:container")


def test_the_same_graph_gives_the_same_text():
    """In another process, with another seed for hashes, as well."""
    program = (
        "from tests.ahead import shop, support; import sys; sys.stdout.write(support.text_of(shop.make_container()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=True, cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )  # fmt: skip

    assert done.stdout == text_of(shop.make_container())


def test_no_value_and_no_place_is_written():
    """Constants, bound objects and paths stay where they are."""
    text = text_of(shop.make_container())

    assert "prod" not in text
    assert "8080" not in text
    assert "north-" not in text
    assert str(ROOT) not in text
    assert " at 0x" not in text


@pytest.mark.slow
def test_the_module_is_typed(tmp_path):
    """`mypy --strict` has nothing to say about it."""
    command = shutil.which("mypy") or pytest.skip("mypy is installed by the extra `check`")
    path = tmp_path / "wiring.py"
    path.write_text(text_of(shop.make_container()), encoding="utf-8")

    done = subprocess.run(
        [command, "--strict", "--cache-dir", str(tmp_path / "cache"), str(path)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={"MYPYPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert re.search(r"^(Success|Found)", done.stdout, re.MULTILINE), done.stderr  # it may miss an extra of Tenure's
    assert [line for line in done.stdout.splitlines() if path.name in line] == []


def test_no_line_is_wider_than_formatters_allow():
    """Whatever can be broken is laid out on one line only where that fits in 120 columns."""
    lines = text_of(shop.make_container()).splitlines()

    assert [line for line in lines if len(line) > 120 and not line.lstrip().startswith(('"', "return"))] == []
    assert [line for line in lines if line != line.rstrip()] == []


if __name__ == "__main__":
    GOLDEN.write_text(small(), encoding="utf-8")
