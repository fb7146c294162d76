"""The programs of docs/running.md print what the page says they print."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.complaints import complaints

PAGE = (Path(__file__).parents[2] / "docs" / "running.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```\n^```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize(("program", "output"), EXAMPLES, ids=["first", "stop", "worker", "jobs", "crash"])
def test_a_program_of_the_page(program, output):
    """It runs as it stands, without a warning."""
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", program],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip

    assert (done.stdout, complaints(done.stderr), done.returncode) == (output, "", 0)


def test_every_program_is_run():
    """Each block of Python is followed by what it prints."""
    assert len(re.findall(r"^```python$", PAGE, re.MULTILINE)) == len(EXAMPLES)
