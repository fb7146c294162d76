"""The example applications pass their own tests."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fastapi_app", "flask_app", "django_app"])
def test_an_example(name):
    """In its folder, without a warning."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio",
         "-c", "/dev/null", "--rootdir", ".", "."],
        capture_output=True, text=True, timeout=60, check=False, cwd=EXAMPLES / name,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout


def test_each_example_is_listed():
    """The page names all of them."""
    page = (EXAMPLES / "README.md").read_text(encoding="utf-8")

    assert all(f"({folder.name})" in page for folder in EXAMPLES.iterdir() if folder.is_dir())
