"""The machinery that runs the rig of the laws, shown by drivers that do what a bad one may do."""

import argparse
import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation
from tests.laws.running import command
from tests.laws.running.account import LAWS, Account, OfDriver
from tests.laws.running.batches import Batch, Result
from tests.laws.running.discovering import Found, chosen, drivers
from tests.laws.running.telling import Progress, summary, titles
from tools import laws as tool

ROOT = Path(__file__).resolve().parents[2]

FAKE = '''
"""A driver that does what it is told by its cases."""
import os, signal, sys, time
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation

LETTER, TITLE = "{letter}", "a driver"
CASES = {cases!r}
LAWS = {laws!r}

def cases(full):
    for case in CASES if full else CASES[:2]:
        if case == "no more":
            raise OSError("disk")
        yield case

def run(case):
    backend, word = case.split(":")[1:3]
    if word == "hang":
        time.sleep(1000)
    if word == "die":
        print("last words", flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "exit":
        os._exit(7)
    if word == "raise":
        raise SystemExit("out")
    if word == "unknown":
        raise ValueError("no case of this driver")
    if word == "slow":
        open(case.split(":", 3)[3], "w").close()
        time.sleep(0.01)
    bad = [Violation("L9", "closed twice")] if word == "bad" else []
    bad += [Violation("L3", "finer", case + ":1")] if word == "finer" else []
    return [Outcome(backend, LAWS, 2, bad)]
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder for drivers."""
    return tmp_path / "laws"


def put(folder: Path, cases: Sequence[str], letter: str = "Y", laws: Sequence[str] = ("L9",)) -> None:
    """Write a driver with *cases* into *folder*."""
    (folder / letter).mkdir(parents=True)
    text = textwrap.dedent(FAKE).format(letter=letter, cases=list(cases), laws=list(laws))
    (folder / letter / "driver.py").write_text(text, "utf-8")


def run(folder: Path, *arguments: str) -> tuple[int, str, dict[str, Any]]:
    """Run the rig on *folder*; return its exit code, what it printed, and its JSON."""
    file, out = folder.parent / "told.json", io.StringIO()
    with contextlib.redirect_stdout(out):
        out.isatty = lambda: False  # type: ignore[method-assign]  # as a file is
        code = command.main([*arguments, "--folder", str(folder), "--json", str(file)])
    return code, out.getvalue(), json.loads(file.read_text("utf-8"))


@pytest.fixture(autouse=True)
def _printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "Progress", lambda: Progress(sys.stdout))


@pytest.mark.slow
def test_cases_are_counted_by_law_and_backend(folder: Path) -> None:
    """Every case is run once, whichever worker has it; counts are of runs, of which a case may be many."""
    put(folder, [f"Y:{backend}:ok:{n}" for n in range(300) for backend in ("sync", "trio")], laws=("L9", "L10"))

    code, text, told = run(folder, "--no-bank", "--only", "y", "--jobs", "2")

    assert code == 0
    assert told["drivers"]["Y"]["cases"] == 600
    assert told["laws"]["L10"]["runs"] == {"sync": 600, "trio": 600}
    assert told["laws"]["L11"]["runs"] == {}
    assert re.search(r"^L9 .*\b600\b.*\b600\b.* 0$", text, re.MULTILINE)


@pytest.mark.slow
def test_violations_are_replayed(folder: Path) -> None:
    """A violation without a case of its own gets that which was run, and the report shows how to run it again."""
    put(folder, ["Y:sync:ok", "Y:sync:bad", "Y:sync:finer"])

    code, text, told = run(folder, "--only", "Y", "--jobs", "1")

    assert code == 1
    assert [(each["law"], each["case"]) for each in told["violations"]] == [
        ("L9", "Y:sync:bad"), ("L3", "Y:sync:finer:1")
    ]  # fmt: skip
    assert "python3 dev.py laws 'Y:sync:bad'\n      closed twice" in text
    assert told["laws"]["L9"]["violations"] == 1


@pytest.mark.slow
def test_a_named_case_runs_alone(folder: Path) -> None:
    """Only the named cases are run, in their driver, whether or not they are among those it gives."""
    put(folder, ["Y:sync:bad"])
    put(folder, ["Z:sync:bad"], "Z")

    code, _, told = run(folder, "Y:sync:ok:once", "Y:trio:ok")

    assert code == 0
    assert {letter: each["cases"] for letter, each in told["drivers"].items()} == {"Y": 2}
    assert not told["whole"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "said"),
    [("hang", "not ended after 1 s"), ("die", "SIGSEGV"), ("exit", "exit code 7"), ("raise", "SystemExit: out"),
     ("unknown", "no case of this driver")],
)  # fmt: skip
def test_a_bad_case_costs_itself_alone(folder: Path, word: str, said: str) -> None:
    """A case that hangs, kills its process or raises is reported, by its name; all others are run."""
    put(folder, ["Y:sync:ok:1", "Y:sync:ok:2", f"Y:sync:{word}", *(f"Y:sync:ok:{n}" for n in range(3, 60))])

    code, text, told = run(folder, "--only", "Y", "--limit", "1", "--jobs", "1")

    assert code == 1
    assert [(each["law"], each["case"]) for each in told["violations"]] == [("rig", f"Y:sync:{word}")]
    assert said in told["violations"][0]["text"]
    assert said in text
    assert told["drivers"]["Y"]["cases"] == 60
    assert told["laws"]["L9"]["runs"] == {"sync": 2 * 59}


@pytest.mark.slow
def test_what_a_dying_worker_said_is_told(folder: Path) -> None:
    """The report of a crash holds the stack, and what was printed last."""
    put(folder, ["Y:sync:die"])

    _, _, told = run(folder, "--only", "Y")

    assert "last words" in told["violations"][0]["text"]
    assert "Segmentation fault" in told["violations"][0]["text"]


@pytest.mark.slow
def test_drivers_that_cannot_be_used_are_told(folder: Path) -> None:
    """A driver that does not import, or stops giving cases, fails the run; the others are run."""
    put(folder, ["Y:sync:ok", "no more", "Y:sync:ok"])
    (folder / "broken").mkdir()
    (folder / "broken" / "driver.py").write_text("import no_such_module\n", "utf-8")

    code, text, told = run(folder, "--no-bank")

    assert code == 1
    assert "No module named 'no_such_module'" in text
    assert told["drivers"]["Y"]["cases"] == 1
    assert "OSError('disk')" in told["violations"][0]["text"]


@pytest.mark.slow
def test_quick_is_a_part(folder: Path) -> None:
    """`--quick` runs what drivers give for it; laws without a run are no failure then."""
    put(folder, [f"Y:sync:ok:{n}" for n in range(10)])

    code, text, told = run(folder, "--quick")

    assert (code, told["drivers"]["Y"]["cases"]) == (0, 2)
    assert "NOT CHECKED" not in text


@pytest.mark.slow
def test_whole_run_checks_every_law(folder: Path) -> None:
    """In a whole run a law that nothing was checked for is shown, and a failure."""
    put(folder, ["Y:sync:ok"], laws=[law for law in LAWS if law != "L44"])

    code, text, _ = run(folder, "--no-bank")

    assert code == 1
    assert [line.split()[0] for line in text.splitlines() if "NOT CHECKED" in line] == ["L44"]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT to one process")
def test_ctrl_c_tells_what_was_counted(folder: Path) -> None:
    """Ctrl-C ends the workers after the case they are at; what they counted is told; the exit code is 130."""
    begun = folder.parent / "begun"
    put(folder, [f"Y:sync:slow:{begun}"] * 100_000)
    file = folder.parent / "told.json"
    words = [sys.executable, "-m", "tests.laws", "--only=Y", f"--folder={folder}", f"--json={file}"]
    rig = subprocess.Popen(words, cwd=ROOT, text=True, stdout=subprocess.PIPE)

    while not begun.exists():
        assert rig.poll() is None
        time.sleep(0.02)
    rig.send_signal(signal.SIGINT)
    text = rig.communicate(timeout=40)[0]

    assert rig.returncode == 130
    assert "before it was interrupted" in text
    assert json.loads(file.read_text("utf-8"))["drivers"]["Y"]["cases"] >= 1


def test_unknown_letters_are_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A driver that there is not ends the command with exit code 2, and the letters that there are."""
    put(folder, [])

    for words in (["--only", "Q"], ["Q:sync:x"]):
        with pytest.raises(SystemExit) as caught:
            command.main([*words, "--folder", str(folder)])

        assert caught.value.code == 2
        assert "no driver has the letter Q; there are Y" in capsys.readouterr().err


def test_results_survive_the_pipe() -> None:
    """What a worker counted comes over as it was; texts without end are cut."""
    result = Result(n_cases=3, seconds=0.5)
    result.tally.add("Y", Outcome("sync", ["L1"], 7, [Violation("L1", "x" * 5000, "Y:1")]))

    came = Result.of(result.line())

    assert (came.n_cases, came.seconds, came.tally.counts) == (3, 0.5, result.tally.counts)
    assert came.tally.n_runs == {"Y": 7}
    assert [(len(each.text), each.case) for each in came.tally.violations] == [(2000, "Y:1")]
    assert Batch.of(Batch("a.py", ("é", "b")).line()) == Batch("a.py", ("é", "b"))


def test_own_drivers_are_found_by_letter() -> None:
    """Those of the project are in order of their letters, each with a title."""
    found = [each for each in drivers() if not each.problem]

    assert [each.letter for each in found] == sorted({each.letter for each in found})
    assert all(each.title for each in found)
    assert chosen(found, []) == found


def test_surviving_bug_is_a_failure() -> None:
    """A bug that nobody noticed makes the exit code 1, and stands out in the report."""
    account = Account([OfDriver(Found("Y", "a driver", ""))], bank={"fifo": "A  L18  A:sync:x", "no-join": ""})

    text = "\n".join(summary(account, {}))

    assert account.exit_code == 1
    assert "1 of 2 seeded bugs killed" in text
    assert re.search(r"no-join +SURVIVES", text)


def test_every_law_has_a_title() -> None:
    """The report names each law as the contract suite does."""
    assert set(titles()) in (set(), set(LAWS))


def test_progress_without_a_terminal_is_plain_lines() -> None:
    """Where nothing can move, a driver is told once, when it ended."""
    out = io.StringIO()
    account = Account([OfDriver(Found("Y", "a driver", ""), n_cases=2, is_ended=True)])
    progress = Progress(out)

    progress.look(account)
    progress.look(account)

    assert out.getvalue().count("\n") == 1
    assert "\r" not in out.getvalue()
    assert threading.active_count() >= 1


def test_tool_and_rig_take_the_same_words() -> None:
    """What `dev.py laws` takes, the rig takes, with the same meaning."""
    words = ["--quick", "--no-bank", "--only=A,B", "--jobs=3", "--limit=5.0", "--json=/x.json", "A:sync:x"]
    there, here = argparse.ArgumentParser(), argparse.ArgumentParser()
    command.add_arguments(there)
    tool.add_arguments(here)

    options = here.parse_args(words)
    passed_on = there.parse_args(tool.words(options))

    own = vars(options)
    own.pop("matrix")  # another program than the rig
    for name, value in own.items():
        assert getattr(passed_on, name) == value, name
    assert set(vars(passed_on)) - set(own) == {"folder"}
