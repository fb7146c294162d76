"""What a start does with and without compiled resolvers, counted in calls: times say little on noisy machines."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ahead.cold import program
from tests.ahead.support import text_of

ROOT = Path(__file__).parents[2]


def counts(n, folder, *module):
    """Return the calls of binding, of making all resolvers, and of the first get of all, in a process of its own."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "ahead" / "cold.py"), str(n), *module],
        capture_output=True, text=True, check=True, cwd=folder, timeout=60,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{folder}", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    return [int(word) for word in done.stdout.split()]


@pytest.fixture
def compiled(tmp_path):
    """Return a function that writes the module for n providers."""

    def compile_(n):
        names = {"__name__": "program"}
        exec(program(n), names)
        (tmp_path / f"wiring_of_{n}.py").write_text(text_of(names["make_container"]()), encoding="utf-8")
        return f"wiring_of_{n}"

    return compile_


@pytest.mark.slow
def test_a_start_does_less(compiled, tmp_path):
    """Less than two thirds until every resolver is there; what is made then is made alike."""
    plain, fast = counts(100, tmp_path), counts(100, tmp_path, compiled(100))

    assert fast[0] < plain[0]
    assert fast[1] < plain[1]
    assert sum(fast) < sum(plain)
    assert sum(fast[:2]) < sum(plain[:2]) * 0.67


@pytest.mark.slow
def test_the_work_is_linear(compiled, tmp_path):
    """Twice the providers, twice the calls."""
    once, twice = (sum(counts(n, tmp_path, compiled(n))) for n in (100, 200))

    assert 1.8 < twice / once < 2.2
