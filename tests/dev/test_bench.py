"""What `dev.py bench` asks of the benchmarks."""

import argparse
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools import bench, environment, pythons
from tools.pythons import Python


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    bench.add_arguments(parser)
    return parser.parse_args(words)


@pytest.mark.parametrize(
    ("words", "passed_on"),
    [
        ((), []),
        (("S5", "S9", "--quick"), ["--quick", "S5", "S9"]),
        (("--only", "tenure,dishka", "--write"), ["--write", "--only=tenure,dishka"]),
        (("--json", "found.json"), [f"--json={Path('found.json').absolute()}"]),
    ],
)
def test_words_are_passed_on(words: tuple[str, ...], passed_on: list[str]) -> None:
    """The benchmarks get what was asked for, with paths that hold in another folder."""
    assert bench.words(options(*words)) == passed_on


@pytest.mark.parametrize("is_found", [True, False])
def test_preferred_python_measures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], is_found: bool
) -> None:
    """CPython 3.13 measures where it is found, else this one, which is told."""
    preferred = Python(Path("/somewhere/python3.13"), "3.13", "3.13.0")
    asked: list[Any] = []
    monkeypatch.setattr(pythons, "find", lambda version: preferred if is_found and version == "3.13" else None)
    monkeypatch.setattr(environment, "prepare", lambda *arguments: asked.append(arguments) or Path("python"))
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 3))

    code = bench.bench(options("S1"))

    assert code == 3
    assert asked == [(bench.ROOT, preferred if is_found else pythons.this_python(), ["bench"])]
    assert ("no Python 3.13 found" in capsys.readouterr().out) is not is_found
