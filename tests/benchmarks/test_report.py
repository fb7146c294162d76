"""Tables, pages and pictures of made-up results."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import __main__ as command
from benchmarks import document, plot, report
from benchmarks.adapters import BY_HAND, TENURE
from benchmarks.report import Result
from benchmarks.scenarios.row import Found, Row
from benchmarks.timing import QUICK, Measured

TIMES = {
    BY_HAND: Measured(20e-9, 1.0),
    TENURE: Measured(25e-9, 1.25),
    "dishka": Measured(180e-9, 9.0),
    "svcs": Measured(40e-9, 2.0),
}
FOUND = Found(TIMES, {"dishka": "no locks"}, {"punq": "wrong result: an object of the class"})


def result(target: float | None = 1.3, **options: object) -> Result:
    return Result(Row("S1", "singleton `get`", "s1", target=target, **options), FOUND)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (2.34e-8, "s", "23.4 ns"),
        (1.5e-6, "s", "1.5 µs"),
        (0.25, "s", "250 ms"),
        (12.0, "s", "12 s"),
        (14_579.4, "B", "14 579 B"),
        (1.034, "", "1.03"),
    ],
)
def test_amounts_are_readable(value: float, unit: str, said: str) -> None:
    """Three digits and a unit."""
    assert report.amount(value, unit) == said


def test_best_is_another_library() -> None:
    """Neither Tenure nor code by hand is the best other library."""
    best = result().best

    assert best is not None
    assert best[0] == "svcs"


@pytest.mark.parametrize(("target", "is_met"), [(1.3, True), (1.25, True), (1.2, False), (None, None)])
def test_target_is_met_by_the_ratio(target: float | None, is_met: bool | None) -> None:
    """The ratio, not the time, is held against a target."""
    assert result(target).is_met is is_met


def test_limit_is_met_by_the_value() -> None:
    """Bytes are held against a limit as they are."""
    row = Row("S11.scope", "bytes", "x", limit=1100.0, unit="B")
    found = Found({TENURE: Measured(1200.0, 0.5)})

    assert Result(row, found).is_met is False
    assert report.bound_of(row) == "≤ 1 100 B"


def test_disturbed_measurement_is_not_judged() -> None:
    """Where most rounds of the yardstick took far longer than its best, no target is met or missed."""
    found = Found({BY_HAND: Measured(30e-9, 1.0, 20e-9), TENURE: Measured(25e-9, 0.8, 24e-9)})
    disturbed = Result(result().row, found)

    assert disturbed.is_met is None
    assert document.targets([disturbed]).endswith("| ≤ 1.3 | disturbed |")
    assert "(disturbed: measure again)" in report.lines(disturbed)


def test_lines_tell_the_fastest_first() -> None:
    """A block for a terminal: name, target, libraries with notes, reasons for no number."""
    assert report.lines(result()) == (
        "S1  singleton get  ≤ 1.3\n"
        "    1.00      20 ns  by hand\n"
        "    1.25      25 ns  Tenure\n"
        "    2.00      40 ns  svcs\n"
        "    9.00     180 ns  dishka                 no locks\n"
        "       -             punq                   wrong result: an object of the class"
    )


def test_table_of_targets() -> None:
    """A line holds what is by hand, Tenure's number, the best other, the target and the verdict."""
    assert document.targets([result()]).splitlines()[2] == (
        "| S1 | singleton `get` | 20 ns | **1.25** 25 ns | 2.00 (svcs) | ≤ 1.3 | yes |"
    )


def test_page_is_written_between_its_marks(tmp_path: Path) -> None:
    """What stands around the marks stays; data and picture are written beside it."""
    page = tmp_path / "performance.md"
    page.write_text(f"before\n{document.BEGIN}\nold\n{document.END}\nafter\n", "utf-8")

    document.write(tmp_path, [result()], QUICK)
    text = page.read_text("utf-8")
    data = json.loads((tmp_path / "performance.json").read_text("utf-8"))

    assert text.startswith(f"before\n{document.BEGIN}\n")
    assert text.endswith(f"{document.END}\nafter\n")
    assert "old" not in text
    assert "Targets met: 1 of 1." in text
    assert "- dishka: no locks (S1)" in text
    assert data["rows"][0]["measured"]["Tenure"] == {"value": 25e-9, "ratio": 1.25, "note": ""}


def test_page_without_marks_is_refused() -> None:
    """A page is never overwritten as a whole."""
    with pytest.raises(ValueError, match="has not both marks"):
        document.replaced("text", "content")


def test_picture_is_well_formed() -> None:
    """One dot for each other library and each face, with its name, and one mark for the target."""
    root = ElementTree.fromstring(plot.svg([result()]))
    titles = [each.text for each in root.iter("{http://www.w3.org/2000/svg}title")]

    assert sorted(filter(None, titles)) == ["Tenure: 1.25", "dishka: 9.00", "svcs: 2.00"]
    assert plot.x_of(1.0) < plot.x_of(2.0) < plot.x_of(9.0)


def test_command_refuses_to_write_a_part(capsys: pytest.CaptureFixture[str]) -> None:
    """The page is of one whole run."""
    assert command.main(["S1", "--write"]) == 2
    assert "--write measures everything" in capsys.readouterr().err


def test_command_tells_of_an_unknown_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2 and the rows that there are."""
    assert command.main(["S99"]) == 2
    assert "no row 'S99'" in capsys.readouterr().err


def test_command_measures_what_is_asked_for(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One row, Tenure and code by hand, as text and as data."""
    file = tmp_path / "found.json"

    code = command.main(["S2", "--quick", "--only", "tenure", "--json", str(file)])
    data = json.loads(file.read_text("utf-8"))

    assert code == 0
    # A machine disturbed by others says so behind the target.
    assert capsys.readouterr().out.startswith("S2  transient without dependencies  ≤ 1.4")
    assert [row["name"] for row in data["rows"]] == ["S2"]
    assert {"by hand", "Tenure"} <= set(data["rows"][0]["measured"])
