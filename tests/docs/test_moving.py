"""The pages on moving from other libraries: both programs of each pair print what stands behind them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = Path(__file__).parents[2] / "docs" / "migrating"
NAMES = ("dishka", "fastapi-depends", "injectq", "svcs", "that-depends", "wireup")
BLOCK = re.compile(r"^```python\n((?:(?!```).*\n)+)```$", re.MULTILINE)
PAIR = re.compile(
    r"^```python\n(?P<theirs>(?:(?!```).*\n)+)```\n\nWith Tenure:\n\n```python\n(?P<ours>(?:(?!```).*\n)+)```\n\n"
    r"```text\n(?P<output>(?:(?!```).*\n)+)```$",
    re.MULTILINE,
)


def text_of(name):
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def programs():
    """Give each program of a pair with what it prints."""
    for name in NAMES:
        for number, match in enumerate(PAIR.finditer(text_of(name)), start=1):
            for whose in ("theirs", "ours"):
                yield pytest.param(match[whose], match["output"], id=f"{name} {number} {whose}")


@pytest.mark.slow
@pytest.mark.parametrize(("program", "output"), [*programs()])
def test_both_programs_of_a_pair_print_the_same(program, output, tmp_path):
    """They are of the other library and of Tenure; what is printed stands behind them."""
    (tmp_path / "app.py").write_text(program, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "app.py"], capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path
    )

    assert (done.stdout, done.stderr, done.returncode) == (output, "", 0)


@pytest.mark.parametrize("name", NAMES)
def test_every_program_is_one_of_a_pair(name):
    """So that none of them is left out by the other test."""
    text = text_of(name)

    assert len(BLOCK.findall(text)) == 2 * len(PAIR.findall(text)) > 0
