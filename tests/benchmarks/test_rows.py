"""The rows: which there are, and how they are named."""

import threading

import pytest

from benchmarks import scenarios
from benchmarks.case import Case, WrongResultError
from benchmarks.scenarios.row import Found
from benchmarks.scenarios.threads import together
from benchmarks.timing import Effort, Timer


def test_every_scenario_is_there() -> None:
    """Every scenario with a target has a row."""
    names = {row.scenario for row in scenarios.ROWS}

    assert names >= {
        "S1",
        "S2",
        "S3",
        "S4",
        "S5n",
        "S5",
        "S6",
        "S7",
        "S8",
        "S9",
        "S10",
        "S11",
        "S12",
        "S13",
        "S14",
        "D",
    }
    assert len({row.name for row in scenarios.ROWS}) == len(scenarios.ROWS)


def test_every_row_but_the_observers_has_a_target() -> None:
    """A row says what is aimed at, as a ratio or as a value."""
    without = [row.name for row in scenarios.ROWS if row.target is None and row.limit is None]

    assert without == ["O.get", "O.request"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["s5"], ["S5"]),
        (["S5N", "s1"], ["S1", "S5n"]),
        (["s9.build"], ["S9.build"]),
        (["S10"], ["S10.flat", "S10.chains"]),
    ],
)
def test_rows_are_chosen_by_name(words: list[str], names: list[str]) -> None:
    """A scenario's name stands for all its parts."""
    assert [row.name for row in scenarios.chosen(words)] == names


def test_unknown_row_is_told() -> None:
    """What names no row is an error that lists them."""
    with pytest.raises(LookupError, match=r"no row 'S99'; there are S1, S2"):
        scenarios.chosen(["s99"])


def test_library_that_is_not_installed_gets_no_number() -> None:
    """It is absent, with the reason; nothing is measured where nobody is left."""
    from benchmarks.adapters import Library

    missing = Library("nobody", "nobody_", "nobody-has-this")

    found = scenarios.chosen(["S1"])[0].measure([missing], Effort(1, 0.0))

    assert found == Found(absent={"nobody": "not installed"})


def test_threads_that_raise_are_no_measurement() -> None:
    """A thread that ends early has done less than its work: that is a wrong result, not a fast one."""

    def work() -> None:
        if threading.current_thread() is not threading.main_thread():
            raise KeyError("raced")

    timer = Timer(Case("work()", {"work": work}))

    with pytest.raises(WrongResultError, match=r"2 of 2 threads raised KeyError: 'raced'"):
        together(timer, 2)
