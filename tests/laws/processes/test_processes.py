"""What happens to a process: the quick part of driver F; and that the driver sees what is broken on purpose."""

import os

import pytest

from tests.laws.processes.driver import LETTER, MATRIX, cases, run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and forks of POSIX")


@pytest.mark.slow
@pytest.mark.parametrize("case", list(cases(full=False)))
def test_a_program_keeps_the_laws(case):
    """One thing happens to a program, and everything that it opened is closed, once and in order."""
    outcome = run(case)

    assert [(each.case, each.law, each.text) for each in outcome.violations] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "sabotage", "law"),
    [
        ("F:sync:SIGTERM:use", "fifo", "L18"),
        ("F:asyncio:SIGTERM:use", "handlers-stay", "L67"),
        ("F:sync:fork:use", "child-owes", "L70"),
        ("F:sync:SIGINT:release", "interrupts-anywhere", "L30"),
        ("F:asyncio:SIGINT2:release", "second-ignored", "L40"),
        ("F:sync:SIGINT2:release", "nothing-told", "L68"),
    ],
)
def test_the_driver_sees_what_is_broken(case, sabotage, law, monkeypatch):
    """A piece of the library is broken in the child: the law that it kept is reported as violated."""
    monkeypatch.setattr("tests.laws.processes.children.LIMIT_S", 3.0)  # one of them hangs, which is what is reported
    outcome = run(case, sabotage)

    assert law in {each.law for each in outcome.violations}
    assert {each.case for each in outcome.violations} == {case}


def test_cases_are_read_back():
    """Every case of the quick part is one of all; what is none is refused."""
    everything = list(cases(full=True))

    assert set(cases(full=False)) <= set(everything)
    assert len(everything) == len(set(everything)) == sum(len(b) * len(p) for b, p in MATRIX.values())
    for wrong in (f"{LETTER}:sync:nothing:use", f"{LETTER}:sync:waiting:acquire", "A:sync:SIGINT:use", "F"):
        with pytest.raises(ValueError, match="no case of this driver"):
            run(wrong)
