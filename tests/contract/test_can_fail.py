"""Checks see what is wrong. They leave hung threads behind there, so they run in a process of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_every_check_can_fail():
    """`checks_can_fail.py` holds: each naive container breaks its laws, each check fails on one at least."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/checks_can_fail.py"]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=350, check=False
    )

    assert done.returncode == 0, done.stdout[-4000:]
