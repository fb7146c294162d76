"""What docs/compile.md shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "compile.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_example_of_the_page(tmp_path):
    """The program, the commands, and what they print."""
    program = re.search(r"```python\n# shop\.py\n(.*?)```", PAGE, re.DOTALL)
    session = re.search(r"```console\n(.*?)```", PAGE, re.DOTALL)
    assert program is not None
    assert session is not None
    (tmp_path / "shop.py").write_text(program[1], encoding="utf-8")

    shown = ""
    for command in re.findall(r"^\$ (.+)$", session[1], re.MULTILINE):
        words = command.replace("tenure ", "-m tenure ").removeprefix("python ").split()
        done = subprocess.run(
            [sys.executable, *words],
            capture_output=True, text=True, check=True, cwd=tmp_path, env={"PYTHONPATH": str(ROOT / "src")},
        )  # fmt: skip
        shown += f"$ {command}\n{done.stdout}"
    assert shown == session[1]
