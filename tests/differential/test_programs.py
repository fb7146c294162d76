"""Programs written for dependency-injector do the same with ours, and something better where the design says so."""

import ast
import textwrap

import dependency_injector
import pytest

from tests.differential.running import OURS, THEIRS, programs, run

SAME = programs("programs")
IMPROVED = programs("improved")


def test_the_yardstick_is_the_version_we_measure_against():
    """Facts about the other library were gathered with this version."""
    assert dependency_injector.__version__.startswith("4.49.")


@pytest.mark.parametrize("name", SAME)
def test_same(name):
    """The program prints and raises the same with both libraries."""
    ours, theirs = run(SAME[name], OURS), run(SAME[name], THEIRS)

    assert ours.agrees(theirs), (ours.told(), theirs.told())


@pytest.mark.parametrize("name", IMPROVED)
def test_improved(name):
    """The program shows a difference that is meant: its docstring tells what each prints, or why theirs is not run."""
    theirs, ours = expected(IMPROVED[name])

    if not theirs[0].startswith("not run"):
        assert run(IMPROVED[name], THEIRS).told() == theirs
    assert run(IMPROVED[name], OURS).told() == ours


def expected(path):
    """Return the lines below `theirs:` and `ours:` in the docstring of the program at *path*."""
    text = ast.get_docstring(ast.parse(path.read_text()))
    _, _, rest = text.partition("\ntheirs:\n")
    theirs, _, ours = rest.partition("\nours:\n")
    return _lines(theirs), _lines(ours)


def _lines(text):
    return textwrap.dedent(text.strip("\n")).splitlines()
