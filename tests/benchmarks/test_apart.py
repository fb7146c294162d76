"""What is measured in processes of their own."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks import apart, many
from benchmarks.adapters import LIBRARIES
from benchmarks.case import WrongResultError
from benchmarks.scenarios.apart import APART, Import, run
from benchmarks.timing import QUICK

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ("by_hand", "tenure_types", "tenure_providers")


def test_graph_of_many_is_as_its_needs_say() -> None:
    """Made by hand, every node holds what it needs."""
    graph = many.many(50)

    apart.check_made(graph, many.resolve_by_hand(graph))  # raises where it does not
    stack, made = many.open_by_hand(graph)
    apart.check_made(graph, made)
    stack.close()

    assert graph.needs[10] == (3, 5)
    assert all(node.closed for node in made)


def test_wrong_node_is_noticed() -> None:
    """A node that holds another's dependency raises."""
    graph = many.many(10)
    made = many.resolve_by_hand(graph)
    made[9].n3 = made[0]

    with pytest.raises(WrongResultError, match="node 9 with what it needs"):
        apart.check_made(graph, made)


@pytest.mark.parametrize("module", INSTALLED)
def test_many_are_built_and_closed(module: str) -> None:
    """Every number is there, and every object was looked at."""
    assert set(apart.many_built(module, 20)) == {"build"}
    assert set(apart.many_closed(module, 20)) == {"open", "close"}


@pytest.mark.slow
@pytest.mark.parametrize("what", ["memory_providers", "memory_scopes"])
@pytest.mark.parametrize("module", ["by_hand", "tenure_types"])
def test_memory_is_measured_in_its_process(monkeypatch: pytest.MonkeyPatch, what: str, module: str) -> None:
    """Bytes are told per provider and per scope, more than none."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "src"), str(ROOT)]))

    numbers = run(what, module, 50, -1)

    assert isinstance(numbers, dict), numbers
    assert max(numbers.values()) > 0


@pytest.mark.slow
def test_what_fails_in_its_process_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line of an error is the reason for no number."""
    monkeypatch.chdir(ROOT)

    assert run("many_built", "nobody", 5, -1) == "ModuleNotFoundError: No module named 'benchmarks.adapters.nobody'"


@pytest.mark.slow
def test_import_is_timed_in_a_new_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program imports first takes some time."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")])))
    row = next(row for row in APART if isinstance(row, Import))

    found = row.measure([library for library in LIBRARIES if library.module in INSTALLED], QUICK)

    assert found.absent == {}
    assert all(measured.value > 0 for measured in found.measured.values())
    assert "tenure" in sys.modules  # here, where nothing is timed
