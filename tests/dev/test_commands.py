"""The command line of dev.py, its tables, and the links of documents."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import commands, links, report
from tools.report import Row

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "own", "passed_on"),
    [
        (["test"], ["test"], []),
        (["test", "-k", "x", "--", "-x", "--", "y"], ["test", "-k", "x"], ["-x", "--", "y"]),
        (["demo", "--list"], ["demo"], ["--list"]),
        (["demo", "--", "pool"], ["demo"], ["pool"]),
    ],
)
def test_words_after_two_dashes_are_passed_on(words: list[str], own: list[str], passed_on: list[str]) -> None:
    """What follows the first "--" is for the program that is run; the demo gets all its words."""
    assert commands.split(words) == (own, passed_on)


def test_help_names_every_command() -> None:
    """`dev.py --help` needs no environment and lists the commands."""
    result = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "--help"], capture_output=True, text=True, check=True
    )

    assert {"demo", "test", "check", "bench", "docs"} <= set(result.stdout.split())


def test_old_python_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A Python that is too old gets two lines and exit code 2, not a traceback."""
    monkeypatch.syspath_prepend(str(ROOT))
    import dev

    monkeypatch.setattr(dev, "OLDEST", (9, 9))
    monkeypatch.setattr(sys, "argv", ["dev.py", "test"])

    assert dev.main() == 2
    assert "Tenure needs Python 9.9 or newer" in capsys.readouterr().err


def test_table_is_aligned_and_plain() -> None:
    """Names and outcomes stand under each other; nothing is coloured unless asked for."""
    rows = [Row("mypy", "ok", 1.25, "no issues"), Row("lint-imports", "failed", 10.0), Row("x", "skipped", note="none")]

    assert report.table("checks", rows, colour=False) == (
        "== checks\n"
        "   mypy          ok           1.2 s  no issues\n"
        "   lint-imports  failed      10.0 s\n"
        "   x             skipped             none"
    )
    assert "\033[31mfailed" in report.table("checks", rows, colour=True)


def test_exit_code_counts_failures_only() -> None:
    """What was skipped is no failure."""
    assert report.exit_code([Row("a", "ok"), Row("b", "skipped")]) == 0
    assert report.exit_code([Row("a", "ok"), Row("b", "failed")]) == 1


def test_links(tmp_path: Path) -> None:
    """Missing files and headings are told; code, addresses and what exists are not."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# One idea, two words\n", "utf-8")
    (tmp_path / "README.md").write_text(
        "[ok](docs/a.md) [ok](docs/a.md#one-idea-two-words) [out](https://example.org/x) `[code](no.md)`\n"
        "```\n[code](no.md)\n```\n[gone](docs/b.md) [lost](docs/a.md#two)\n",
        "utf-8",
    )

    assert list(links.broken(tmp_path)) == [
        "README.md: docs/b.md (no such file)",
        "README.md: docs/a.md#two (no such heading)",
    ]
