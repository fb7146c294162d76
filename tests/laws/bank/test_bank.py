"""The bank of seeded bugs: each fits the present source, and the search finds who notices."""

import json
import textwrap
import threading
from pathlib import Path

import pytest

from tests.laws.bank.bug import PACKAGE, Bug, PatchError, copied, every_bug
from tests.laws.bank.mutating import Mutant, mutants
from tests.laws.bank.run import KNOWN, Bank
from tests.laws.running.discovering import drivers

LETTERS = set("ABCDEFGH")

FAKE = '''
"""A driver whose cases look at one function of the library, wherever that comes from."""
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation

LETTER, TITLE = "A", "looks at one function"

def cases(full):
    yield "A:sync:short"
    yield "A:sync:never-right"
    yield "A:sync:deep"

def run(case):
    from tenure.lifecycle.outcome import group
    wrong = {"short": group([], "x") is not None, "deep": group([ValueError()], "x") is None}
    bad = wrong.get(case.rpartition(":")[2], True)
    return Outcome("sync", ["L23"], violations=[Violation("L23", "wrong")] if bad else [])
'''


@pytest.mark.parametrize("bug", list(every_bug()), ids=lambda bug: bug.name)
def test_every_patch_fits(bug: Bug) -> None:
    """What a bug changes stands in the source exactly once, and what comes out compiles and is another text."""
    source = (PACKAGE / bug.file).read_text("utf-8")

    assert bug.applied(source) != source


def test_bank_is_large_and_well_labelled() -> None:
    """There are 45 bugs at least, of different names, each of a law and for a driver that exist."""
    bugs = list(every_bug())

    assert len(bugs) >= 45
    assert len({bug.name for bug in bugs}) == len(bugs)
    for bug in bugs:
        assert bug.drivers
        assert LETTERS.issuperset(bug.drivers), bug.name
        assert bug.laws
        assert all(1 <= int(law.removeprefix("L")) <= 70 for law in bug.laws.split()), bug.name


def test_known_killers_are_of_the_bank() -> None:
    """`known.json` speaks of bugs that there are, and of cases that begin with a driver's letter."""
    known = json.loads(KNOWN.read_text("utf-8")) if KNOWN.exists() else {}

    assert set(known) <= {bug.name for bug in every_bug()}
    assert all(case[0] in LETTERS and case[1] == ":" for case in known.values())


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [("no such text", "", "0 times"), ("return", "", "times"), ("def group(", "def group((", "x: ")],
)
def test_patch_that_does_not_fit_is_refused(old: str, new: str, why: str) -> None:
    """A patch whose place is gone, or not the only one, or that breaks the syntax, is an error."""
    source = (PACKAGE / "lifecycle/outcome.py").read_text("utf-8")

    with pytest.raises(PatchError, match=why):
        Bug("x", "L1", "A", "lifecycle/outcome.py", old, new).applied(source)


def test_plant_changes_one_file_of_a_copy(tmp_path: Path) -> None:
    """The copy is whole, and differs from the library in the one file."""
    bug = next(iter(every_bug()))

    bug.plant(tmp_path / "bad")
    copied(tmp_path / "good")

    bad = {path.relative_to(tmp_path / "bad"): path.read_bytes() for path in (tmp_path / "bad").rglob("*.py")}
    good = {path.relative_to(tmp_path / "good"): path.read_bytes() for path in (tmp_path / "good").rglob("*.py")}
    assert bad.keys() == good.keys()
    assert [str(path) for path in bad if bad[path] != good[path]] == [str(Path("tenure", bug.file))]


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """Return a bank with one driver, part of whose cases is wrong about the library as it is."""
    folder = tmp_path / "fake"
    folder.mkdir()
    (folder / "driver.py").write_text(textwrap.dedent(FAKE), "utf-8")
    return Bank(drivers(tmp_path), {})


@pytest.mark.slow
def test_search_finds_the_case_that_notices(bank: Bank) -> None:
    """The killer is a case that passes without the bug; what fails anyhow does not count."""
    bug = Bug("x", "L23", "A", "lifecycle/outcome.py", "    if not failed:\n", "    if True:\n")

    try:
        killer = bank.killer_of(bug)
    finally:
        bank.close()

    assert killer.split() == ["A", "L23", "A:sync:deep"]
    assert bank.known == {"x": "A:sync:deep"}


@pytest.mark.slow
def test_what_nobody_notices_survives(bank: Bank) -> None:
    """A change that means the same has no killer, although a case fails with it and without it."""
    bug = Bug("x", "L23", "A", "lifecycle/outcome.py", "    if not failed:\n", "    if len(failed) == 0:\n")

    try:
        assert bank.killer_of(bug) == ""
    finally:
        bank.close()
    assert bank.known == {}


def test_search_can_be_stopped(bank: Bank) -> None:
    """Once it is stopped nothing is started any more."""
    before = threading.active_count()
    bank.stop()

    killer = bank.killer_of(next(iter(every_bug())))
    bank.close()

    assert killer == ""
    assert threading.active_count() == before


SOURCE = '''
"""Docstrings are left alone."""
LIMIT: int | None = None

def close(a: int | str, b: bool = True) -> bool:
    """And here."""
    with lock:
        a.done = True
    if a is b and not b:
        release(a)
        return 1
    for each in reversed(a):
        raise KeyError
    try:
        pass
    except BaseException:
        return None
    return a or b
'''


def test_mutants_differ_in_one_place_that_runs() -> None:
    """Conditions, statements, locks, exception classes and results are changed; annotations and docstrings are not."""
    found = {(each.old, each.new) for each in mutants(SOURCE)}

    assert found == {
        ("True", "False"),
        ("with lock", "if True"),
        ("a.done = True", "pass"),
        ("a is b and not b", "(a is b)"),
        ("a is b and not b", "(not b)"),
        ("a is b and not b", "(not (a is b and not b))"),
        ("is", "is not"),
        ("not b", "(b)"),
        ("release(a)", "pass"),
        ("1", "2"),
        ("return 1", "return None"),
        ("reversed(a)", "()"),
        ("reversed", "list"),
        ("raise KeyError", "pass"),
        ("BaseException", "Exception"),
        ("return a or b", "return None"),
        ("a or b", "(a)"),
        ("a or b", "(b)"),
    }


def test_mutant_applies_where_it_says() -> None:
    """The text around the change stays as it was, also behind letters of more than one byte."""
    source = 'x = "é"; y = a is b\n'

    (mutant,) = mutants(source)

    assert mutant == Mutant(1, source.index("is"), source.index("is") + 2, "is", "is not")
    assert mutant.apply(source) == 'x = "é"; y = a is not b\n'
