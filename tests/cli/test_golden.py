"""What the commands print is what stands in `golden/`; `python tests/cli/golden.py` writes it anew."""

import sys

import pytest

from tests.cli.golden import CASES, GOLDEN, output_of


@pytest.mark.parametrize("name", CASES)
def test_output(name):
    """It is what was agreed to, times masked."""
    if name.endswith("help") and sys.version_info[:2] != (3, 11):
        pytest.skip("argparse words its help differently from one Python to the next")

    assert (GOLDEN / f"{name}.txt").read_text(encoding="utf-8") == output_of(name)


def test_no_file_is_left_over():
    """Each file is the output of a case."""
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)
