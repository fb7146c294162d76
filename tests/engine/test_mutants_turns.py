"""What small changes showed to be asserted nowhere: turns that are given up, and errors that have no caller."""

import sys

import pytest

from tenure.lifecycle.turns import Turns
from tenure.lifecycle.unraisable import report
from tests.engine.support import Fault


def has_turn(steps):
    """Go one step: tell whether the turn was there at once."""
    try:
        next(steps)
    except StopIteration:
        return True
    return False


def give_up(steps):
    with pytest.raises(Fault):
        steps.throw(Fault("cancelled"))


def test_who_gives_up_waiting_is_passed_over():
    """L63: a task that is cancelled while it waits for its turn takes none, and stands in nobody's way."""
    turns = Turns(1)
    assert has_turn(turns.take())
    second, third = turns.take(), turns.take()
    assert not has_turn(second)
    assert not has_turn(third)

    give_up(second)
    turns.leave()

    assert has_turn(third)
    assert not has_turn(turns.take())


def test_a_turn_that_comes_too_late_is_handed_on():
    """L63: where the turn and the cancellation come in the same moment, the next one has the turn."""
    turns = Turns(1)
    assert has_turn(turns.take())
    second, third = turns.take(), turns.take()
    assert not has_turn(second)
    assert not has_turn(third)

    turns.leave()
    give_up(second)

    assert has_turn(third)
    turns.leave()
    assert has_turn(turns.take())


def test_no_limit_is_no_wait():
    """L63: without a limit everybody has a turn at once."""
    turns = Turns(None)

    assert [has_turn(turns.take()) for _ in range(3)] == [True] * 3
    turns.leave()
    assert has_turn(turns.take())


def test_errors_without_a_caller_are_printed(monkeypatch, capsys):
    """L29: where nobody set a hook they are printed as the interpreter would, with the traceback."""
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)

    report(Fault("nobody's"), "closing A failed", object())

    printed = capsys.readouterr().err.splitlines()
    assert printed[0] == "Exception ignored: closing A failed"
    assert printed[-1].endswith("Fault: nobody's")


def test_errors_without_a_caller_where_nothing_can_be_printed(monkeypatch):
    """L29: a process without standard error goes on all the same."""
    monkeypatch.setattr(sys, "unraisablehook", sys.__unraisablehook__)
    monkeypatch.setattr(sys, "stderr", None)

    assert report(Fault("nobody's"), "closing A failed", object()) is None


def test_errors_without_a_caller_go_to_the_hook(monkeypatch):
    """L29: a hook that somebody set gets everything that the interpreter tells its own."""
    told, error, subject = [], Fault("nobody's"), object()
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    report(error, "closing A failed", subject)

    assert [(each.exc_type, each.exc_value, each.err_msg) for each in told] == [(Fault, error, "closing A failed")]
    assert told[0].object is subject
    assert told[0].exc_traceback is error.__traceback__
