"""The quick part of driver H finds nothing; and what is left behind on purpose is found."""

import gc
import sys
import threading
import warnings
import weakref

import pytest

from tenure.runtime import leaving
from tenure.runtime.scope import Scope
from tests.laws.leaks import driver
from tests.laws.leaks.gates import alive, gate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.mark.parametrize("backend", driver.BACKENDS)
def test_quick_part(backend):
    """No cycle of the quick part leaves anything behind."""
    outcomes = [driver.run(case) for case in driver.cases(full=False) if case.startswith(f"H:{backend}:")]

    assert len(outcomes) >= 7
    assert [str(each) for outcome in outcomes for each in outcome.violations] == []


@pytest.mark.parametrize("case", ["A:sync:life:1", "H:nowhere:life:1", "H:sync:nothing:1"])
def test_no_case(case):
    """What is no case is refused."""
    with pytest.raises(ValueError, match="no case"):
        driver.run(case)


def laws(case):
    return {each.law for each in driver.run(case).violations}


def test_kept_instances_are_found(monkeypatch):
    """A scope that remembers what it gave after its end keeps instances alive, and memory grows."""
    kept = []
    finish = leaving._finish

    def keeps(engine, scope, *rest):
        kept.append((dict(scope.cache), [exit_.value for exit_ in scope.exits.values()], bytearray(5000)))
        finish(engine, scope, *rest)

    monkeypatch.setattr(leaving, "_finish", keeps)

    assert {"L16", "L59"} <= laws("H:sync:life:60")


def test_scopes_that_stay_registered_are_found(monkeypatch):
    """A scope that its parent never forgets is an object of the library too many."""
    kept = []
    finish = leaving._finish

    def keeps(engine, scope, *rest):
        kept.append(scope)
        finish(engine, scope, *rest)

    monkeypatch.setattr(leaving, "_finish", keeps)
    found = driver.run("H:sync:request:60").violations

    assert any(each.law == "L40" and Scope.__name__ in each.text for each in found)


def test_gate_finds_a_warning_and_an_unraisable_error():
    """A ResourceWarning, a coroutine nobody awaits and an error in a finaliser are all seen."""

    class Bad:
        def __del__(self):
            raise ValueError("in a finaliser")

    async def never():
        pass

    with gate() as found:
        warnings.warn("left open", ResourceWarning, stacklevel=1)
        never()
        Bad()

    assert [text.partition(":")[0] for text in found] == ["unraisable", "ResourceWarning", "RuntimeWarning"]


def test_gate_finds_a_thread_and_a_file():
    """A thread that goes on and a file that stays open are seen."""
    over = threading.Event()
    with gate() as found:
        thread = threading.Thread(target=over.wait, name="goes on")
        thread.start()
        file = open(__file__)  # noqa: SIM115 - left open on purpose
    over.set()
    thread.join()
    file.close()

    assert found == ["a thread: goes on", "1 open files"]


def test_gate_is_silent_where_nothing_is_left():
    """Nothing is found where nothing is left, and the hooks are back."""
    before = sys.unraisablehook, threading.excepthook
    with gate() as found:
        pass

    assert found == []
    assert before == (sys.unraisablehook, threading.excepthook)


def test_alive_needs_no_collection():
    """What only the garbage collector would free counts as alive."""

    class Circle:
        def __init__(self):
            self.itself = self

    gc.disable()
    try:
        reference = weakref.ref(Circle())

        assert len(alive([reference])) == 1
    finally:
        gc.enable()
        gc.collect()
