"""docs/command-line.md: its commands print what stands below them, its programs as well, its tables are complete."""

import re
import subprocess
import sys

import pytest

from tenure.cli.commands import COMMANDS
from tests.cli.page import PAGE, PRINTED, ROOT, as_run, without_times, write_programs
from tests.complaints import complaints

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_commands_of_the_page():
    """They print what the page says, times aside; `python tests/cli/page.py` writes it anew."""
    assert without_times(as_run()) == without_times(TEXT)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "output"), PRINTED.findall(TEXT))
def test_the_programs_of_the_page(name, output, tmp_path):
    """They run as they stand, without a warning."""
    write_programs(tmp_path)
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", name], cwd=tmp_path, capture_output=True, text=True, timeout=60,
        check=False, env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )  # fmt: skip

    assert (done.stdout, complaints(done.stderr), done.returncode) == (output, "", 0)


def test_every_command_is_told_of():
    """The table at the top has them all."""
    rows = re.findall(r"^\| \[?`(\w+)`\]?", TEXT[: TEXT.index("```python")], re.MULTILINE)

    assert sorted(rows) == sorted(each.name for each in COMMANDS)
