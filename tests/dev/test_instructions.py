"""The gate of the hot paths: what it counts, what it lets pass, and that it notices a path that grew."""

import argparse
import importlib.util
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tools import checks, instructions, pythons
from tools.checks import Check
from tools.instructions import Baseline, CountingFailedError, judge

ROOT = Path(__file__).resolve().parents[2]
NEEDS_VALGRIND = pytest.mark.skipif(shutil.which("valgrind") is None, reason=instructions.MISSING)

TINY = """
from dataclasses import dataclass
from typing import Any

@dataclass
class Path:
    name: str
    ours: Any
    by_hand: Any
    few: int
    many: int

def work(n):
    for _ in range(n):
        sum(range({size}))

def by_hand(n):
    for _ in range(n):
        sum(range(100))

PATHS = (Path("sums", work, by_hand, 10, 60), Path("other", by_hand, by_hand, 10, 60))
"""

SLOWER = """

import functools

def _slower(call):
    @functools.wraps(call)
    def wrapper(*args, **kwargs):
        for _ in range(len(args) * {loops}):
            pass
        return call(*args, **kwargs)
    return wrapper

Container.resource_scope = _slower(Container.resource_scope)
"""


@pytest.fixture(scope="module")
def paths() -> Iterator[ModuleType]:
    """Return the module of the paths."""
    spec = importlib.util.spec_from_file_location("paths", ROOT / instructions.FOLDER / "paths.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["paths"] = module  # dataclasses and wiring look their module up
    try:
        spec.loader.exec_module(module)
        yield module
        module.app.unwire()
        module.loop.close()
    finally:
        del sys.modules["paths"]


def test_each_path_does_what_is_done_by_hand(paths: ModuleType) -> None:
    """On both sides of every path, the same constructors and generators run equally often."""
    helpers = {name for name, value in vars(paths).items() if callable(value) and not isinstance(value, type)}
    helpers -= {"connect", "begin", "aconnect", "abegin", "call", "declared_call"}
    seen: Counter[str] = Counter()

    def look(frame, event, argument):  # type: ignore[no-untyped-def]
        code = frame.f_code
        if event == "call" and code.co_filename == paths.__file__ and code.co_name not in {*helpers, "main"}:
            seen[code.co_qualname] += 1

    for path in paths.PATHS:
        told = []
        for turns in (path.ours, path.by_hand):
            turns(1)  # what is done once
            seen.clear()
            sys.setprofile(look)
            try:
                turns(3)
            finally:
                sys.setprofile(None)
            told.append({name.replace("declared_call", "call"): times for name, times in seen.items()})

        ours, by_hand = told
        assert ours == by_hand, path.name
        assert ours or "singleton" in path.name, path.name


def test_the_baseline_knows_every_path(paths: ModuleType) -> None:
    """A path that has no baseline is guarded by nobody: for each Python all are there, and no other."""
    baselines = instructions.read_baselines(ROOT / instructions.BASELINE)

    assert set(baselines) >= {"3.11", "3.12", "3.13"}
    for version, baseline in baselines.items():
        assert set(baseline.ratios) == {path.name for path in paths.PATHS}, version


@pytest.mark.parametrize(
    ("build", "now", "expected"),
    [
        ("same", 2.0, "ok"),
        ("same", 2.1, "ok"),
        ("same", 2.11, "over"),
        ("same", 1.81, "ok"),
        ("same", 1.79, "under"),
        ("other", 2.49, "ok"),
        ("other", 2.51, "over"),
        ("other", 1.51, "ok"),
        ("other", 1.49, "under"),
    ],
)
def test_verdict(build: str, now: float, expected: str) -> None:
    """A ratio may grow by 5 %, by 25 % beside the baseline of another build; far under it, renewing is advised."""
    (judged,) = judge({"get": now}, build, Baseline("same", {"get": 2.0}))

    assert judged.verdict == expected


def test_a_path_that_grew_is_named() -> None:
    """The line of a path that grew says which, what was agreed, what is now, and what would be allowed."""
    (judged,) = judge({"singleton get": 2.5}, "same", Baseline("same", {"singleton get": 2.0}))

    assert str(judged) == "singleton get: 2.500 times by hand, baseline 2.000 (+25.0%); 5% more are allowed"


def test_a_path_that_shrank_asks_for_a_new_baseline() -> None:
    """The line of a path far under its baseline says how to renew it."""
    (judged,) = judge({"singleton get": 1.0}, "same", Baseline("same", {"singleton get": 2.0}))

    assert str(judged).endswith("baseline 2.000 (-50.0%); renew the baseline: dev.py instructions --renew")


def test_what_is_counted() -> None:
    """A ratio comes of every second part alone, and of the difference between many turns and few."""
    said = [json.dumps(["get", side, n]) for side in ("ours", "by_hand") for n in (10, 110)]
    counts = [999_999, 5_000 + 10 * 30, 7, 5_000 + 110 * 30, 7, 800 + 10 * 20, 7, 800 + 110 * 20]

    assert instructions.ratios(said, counts) == {"get": 1.5}


def test_parts_that_do_not_belong_together_are_refused() -> None:
    """Where callgrind wrote another number of parts than was announced, nothing is compared."""
    with pytest.raises(CountingFailedError, match="1 counts were announced, and callgrind wrote 3 parts"):
        instructions.ratios([json.dumps(["get", "ours", 1])], [1, 2, 3])


def test_baselines_are_kept(tmp_path: Path) -> None:
    """What is written is read again."""
    file = tmp_path / "baseline.json"
    known = {"3.12": Baseline("a build", {"get": 1.25})}
    instructions.write_baselines(file, known)

    assert instructions.read_baselines(file) == known
    assert instructions.read_baselines(tmp_path / "none.json") == {}


def options(*words: str) -> argparse.Namespace:
    """Return the options that *words* mean."""
    parser = argparse.ArgumentParser()
    instructions.add_arguments(parser)
    return parser.parse_args(words)


def test_without_valgrind_it_is_skipped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where valgrind is missing, nothing is installed: the command says so by its exit code and names the package."""
    monkeypatch.setenv("PATH", str(tmp_path))

    assert instructions.instructions(options()) == instructions.SKIPPED
    assert capsys.readouterr().out == "valgrind is not here: apt-get install valgrind\n"


def test_a_check_that_could_not_look_is_skipped(tmp_path: Path) -> None:
    """In the table of checks it is neither well nor failed, and the reason stands beside it."""
    code = f"import sys; print('no tool here'); sys.exit({instructions.SKIPPED})"
    row = checks.run_one(tmp_path, Path(sys.executable), Check("instructions", (sys.executable, "-c", code)))

    assert (row.outcome, row.note) == ("skipped", "no tool here")


def tiny(folder: Path, size: int = 100) -> None:
    """Write two paths into *folder* that take no time to start; the first is as slow as *size*."""
    (folder / instructions.FOLDER).mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / instructions.FOLDER / "counting.py", folder / instructions.FOLDER)
    (folder / instructions.FOLDER / "paths.py").write_text(TINY.format(size=size), "utf-8")


@NEEDS_VALGRIND
@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_life_of_the_baseline(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a baseline nothing passes for compared; renewed it holds, to the last digit; a slower path fails it."""
    monkeypatch.setattr(instructions, "ROOT", tmp_path)
    tiny(tmp_path)
    assert instructions.instructions(options("--only-this")) == instructions.SKIPPED
    assert instructions.instructions(options("--only-this", "--renew")) == 0
    version = pythons.this_python().version
    agreed = instructions.read_baselines(tmp_path / instructions.BASELINE)[version]
    capsys.readouterr()

    assert instructions.instructions(options("--only-this")) == 0
    assert "2 paths within the baseline" in capsys.readouterr().out
    assert agreed.ratios["other"] == 1.0
    assert instructions.count(tmp_path, pythons.this_python()) == agreed.ratios

    tiny(tmp_path, size=110)
    assert instructions.instructions(options("--only-this")) == 1
    told = capsys.readouterr().out
    assert f"Python {version}: sums: " in told
    assert "over: sums" in told
    assert "other" not in told


@NEEDS_VALGRIND
@pytest.mark.slow
def test_paths_that_fail_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Paths that cannot be run fail the gate, and their traceback is shown."""
    monkeypatch.setattr(instructions, "ROOT", tmp_path)
    tiny(tmp_path)
    (tmp_path / instructions.FOLDER / "paths.py").write_text("raise OSError('no paths')", "utf-8")

    assert instructions.instructions(options("--only-this")) == 1
    assert "OSError: no paths" in capsys.readouterr().out


@NEEDS_VALGRIND
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_seeded_slowdown_of_tenure_is_caught(tmp_path: Path) -> None:
    """A few steps more in `Container.resource_scope` are over the baseline of the scope, and of nothing else."""
    word = "two resources"
    shutil.copytree(ROOT / instructions.FOLDER, tmp_path / instructions.FOLDER)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    this = pythons.this_python()
    agreed = Baseline("this", instructions.count(tmp_path, this, word))
    face = tmp_path / "src/tenure/__init__.py"
    # A tenth of what the path costs now, in turns of an empty loop, each of which takes more than 40 instructions.
    loops = int(agreed.ratios["request scope, two resources"] * 30_000 / 10 / 40)
    face.write_text(face.read_text("utf-8") + SLOWER.format(loops=loops), "utf-8")

    (judged,) = judge(instructions.count(tmp_path, this, word), "this", agreed)

    assert judged.verdict == "over", str(judged)
