"""docs/laws.md names every law, what shows it is what there is, and its programs print what stands below them."""

import argparse
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tenure.testing import contract
from tests.laws.rig.oracle import LAWS as OF_THE_ORACLE
from tools import laws as command

PAGE = (Path(__file__).parents[2] / "docs" / "laws.md").read_text(encoding="utf-8")
ENTRY = re.compile(
    r"\*\*(?P<law>L\d+) (?P<title>.+?)\.\*\* (?P<text>.+?)"
    r"(?: \*Rig:\* (?P<rig>[A-Z, ]+)\.)?(?: \*Checks:\* (?P<checks>[`\w, ]+)\.)?"
)
PARAGRAPHS = [" ".join(each.split()) for each in PAGE.split("\n\n") if each.startswith("**L")]
ENTRIES = {match["law"]: match for each in PARAGRAPHS if (match := ENTRY.fullmatch(each)) is not None}
ROOMS = {
    "A": "faults", "B": "schedules", "C": "threads", "D": "interrupts", "E": "stateful", "F": "processes",
    "G": "servers", "H": "leaks", "I": "checks",
}  # fmt: skip


def driver(letter):
    return importlib.import_module(f"tests.laws.{ROOMS[letter]}.driver")


def claimed_by_faults():
    checks = importlib.import_module("tests.laws.faults.checks")
    return {*OF_THE_ORACLE, *(law for law, _ in checks.CHECKS), "L55", "L59"}


def claimed_by_schedules():
    checks = importlib.import_module("tests.laws.schedules.checks")
    scenarios = importlib.import_module("tests.laws.schedules.scenarios").SCENARIOS.values()
    return {law for scenario in scenarios for law in checks.laws_of(scenario)}


def claimed_by_lives():
    programs = (driver("E").run(f"E:asyncio:{what}:0") for what in ("program", "declared"))
    return {*driver("E")._MACHINE_LAWS, *(law for outcome in programs for law in outcome.laws)}


def claimed_by_servers():
    scenes = importlib.import_module("tests.laws.servers.scene").SCENES.values()
    return {*driver("G").LAWS, *(law for scene in scenes for law in scene.laws)}


CLAIMS = {
    "A": claimed_by_faults,
    "B": claimed_by_schedules,
    "C": lambda: {*driver("C").LAWS, *OF_THE_ORACLE},
    "D": lambda: {*driver("D").LAWS},
    "E": claimed_by_lives,
    "F": lambda: {*OF_THE_ORACLE, *(law for laws in driver("F").MORE.values() for law in laws)},
    "G": claimed_by_servers,
    "H": lambda: {law for laws in driver("H")._LAWS.values() for law in laws},
    "I": lambda: {case.split(":")[3] for case in driver("I").cases(True)},
}
"""The laws that each driver looks for, in one run or another."""


def test_every_law_stands_there_once_with_its_title():
    """The page has the laws of the contract, in their order."""
    found = [(match["law"], match["title"]) for each in PARAGRAPHS if (match := ENTRY.fullmatch(each)) is not None]

    assert len(found) == len(PARAGRAPHS)
    assert found == [(law.name, law.title) for law in contract.LAWS]


def test_the_checks_of_each_law_are_named():
    """Every check of the contract stands at its law, and no other."""
    told = {name: re.findall(r"`(\w+)`", match["checks"] or "") for name, match in ENTRIES.items()}
    there = {law.name: [check.name for check in contract.CHECKS if check.law == law.name] for law in contract.LAWS}

    assert told == there


@pytest.mark.parametrize("letter", CLAIMS)
def test_a_driver_looks_for_the_laws_that_it_is_named_at(letter):
    """Where the page names a driver, that driver looks for violations of the law."""
    named = {name for name, match in ENTRIES.items() if letter in (match["rig"] or "").split(", ")}

    assert named
    assert named <= CLAIMS[letter]()


def test_every_law_is_shown_by_something():
    """There is no law without a driver or a check."""
    assert [name for name, match in ENTRIES.items() if not (match["rig"] or match["checks"])] == []


def test_the_drivers_are_there():
    """The table has each driver with its title."""
    rows = re.findall(r"^\| ([A-Z]) `(\w+)/` \| (.+?)(?:[;:,.] .+)? \|$", PAGE, re.MULTILINE)

    assert [(letter, room) for letter, room, _ in rows] == list(ROOMS.items())
    for letter, _, told in rows:
        assert told.startswith(driver(letter).TITLE.partition(":")[0].partition(",")[0])


def test_the_commands_are_commands():
    """Each line of the block of commands is one that `dev.py laws` takes; its case runs, and breaks no law."""
    lines = re.findall(r"^python3 dev\.py laws *(.*?) *(?:#.*)?$", PAGE, re.MULTILINE)
    parser = argparse.ArgumentParser(exit_on_error=False)
    command.add_arguments(parser)
    parsed = [parser.parse_args([word.strip("'") for word in line.split()]) for line in lines]
    (case,) = (case for options in parsed for case in options.cases)

    assert len(lines) == len(re.findall(r"dev\.py laws", re.search(r"```shell\n(.*?)```", PAGE, re.DOTALL)[1]))
    assert [each for outcome in driver(case[0]).run(case) for each in outcome.violations] == []


SUITE = re.search(r"^```python\n# pytest\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[1]
EXAMPLE = next(program for program in re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.mark.slow
def test_the_example_of_a_suite(tmp_path):
    """The example of a suite passes: what is known to be broken is, and nothing else."""
    (tmp_path / "test_shelf.py").write_text(EXAMPLE.partition("\n\n\nresults = ")[0] + "\n\n" + SUITE)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)],
        capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path,
    )  # fmt: skip
    counts = {word: int(n) for n, word in re.findall(r"(\d+) (\w+)", done.stdout.splitlines()[-1])}

    assert done.returncode == 0, done.stdout
    assert counts["passed"] > 15
    assert counts["xfailed"] >= 5
