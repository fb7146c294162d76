"""
The generated fast path means what the step machine means.

Random plays, see `plays`, are played on containers that differ in nothing but the path they take; all that can be
seen must be the same. `TENURE_COMPILE_PLAYS=20000` plays that many in each world, from number `TENURE_COMPILE_FROM` on;
`TENURE_COMPILE_PLAY=trio:123` plays one and shows everything.
"""

import contextlib
import gc
import os

import pytest

from tenure import Container
from tenure.compile import source as source_module
from tenure.lifecycle import closing
from tenure.runtime import emptying
from tests.compile import plays
from tests.compile.comparing import difference, report
from tests.compile.playing import played, take_side
from tests.compile.plays import Fault, Get, Need, Node, Play, Scope, every_step, play_of

WORLDS = ("sync", "asyncio", "trio")
N_PLAYS = int(os.environ.get("TENURE_COMPILE_PLAYS", "300"))
FIRST = int(os.environ.get("TENURE_COMPILE_FROM", "0"))
BATCH = 500
"""After so many plays what earlier ones left behind is put out of the collector's sight, which is called by each."""


def compared(world, seed):
    """Compare the play *seed*; every fourth with an observed container as well."""
    play = play_of(world, seed)
    for other in ("stepped", "observed") if seed % 4 == 0 else ("stepped",):
        if difference(play, other):
            pytest.fail(f"TENURE_COMPILE_PLAY={world}:{seed}\n{report(play, other)}")


@pytest.mark.slow
@pytest.mark.timeout(120 + N_PLAYS)
@pytest.mark.parametrize("world", WORLDS)
def test_random_plays(world):
    """Whatever is played, values, order, errors, notes, what stays open and what is warned of are the same."""
    for seed in range(FIRST, FIRST + N_PLAYS):
        if seed % BATCH == BATCH - 1:
            gc.collect()
            gc.freeze()
        compared(world, seed)


@pytest.mark.skipif("TENURE_COMPILE_PLAY" not in os.environ, reason="for one play of a failed run")
def test_one_play():
    """The play that is named in the environment."""
    world, _, seed = os.environ["TENURE_COMPILE_PLAY"].partition(":")
    play = play_of(world, int(seed))
    print(play, *played(play, "fused").log, sep="\n")
    compared(world, int(seed))


@pytest.mark.parametrize("world", WORLDS)
def test_a_play_is_the_same_each_time(world):
    """The same number gives the same play, and the same play is seen alike, so that a failed one can be looked at."""
    for seed in range(5):
        play = plays.play_of(world, seed)

        assert eval(repr(play), vars(plays)) == play == play_of(world, seed)
        assert played(play, "fused").log == played(play, "fused").log or play.is_loose


def test_sides_differ():
    """Without observers a container may take the fast path; the other sides never do."""
    fused, stepped, observed = Container(), Container(), Container()
    take_side(fused, "fused")
    take_side(stepped, "stepped")
    take_side(observed, "observed")

    assert fused.engine.notify is None
    assert getattr(fused.engine, "fuses", True)
    assert stepped.engine.notify is not None or not stepped.engine.fuses
    assert observed.engine.notify is not None


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS)
def test_plays_are_worth_it(world):
    """Most plays open and close something; every kind of fault is met; errors, groups and notes are seen."""
    logs = ["\n".join(played(play_of(world, seed), "fused").log) for seed in range(150)]
    every = "\n".join(logs)

    assert sum("opened" in log and "close" in log for log in logs) > 75
    assert sum("make" in log for log in logs) > 100
    for word in ("raise at", "odd at", "interrupt at", "ask: ", "CloseError", "note ", "ResourceProtocolError"):
        assert word in every, word
    if world == "sync":
        assert "ResourceWarning" in every
    else:
        assert "cancelled True" in every


def first_opened_first_closed(monkeypatch):
    monkeypatch.setattr(emptying, "_ordered", lambda scope, exits: exits)


def outcome_not_shown(monkeypatch):
    real = closing.close_handle
    monkeypatch.setattr(closing, "close_handle", lambda binding, handle, outcome: real(binding, handle, None))


def notes_lost(monkeypatch):
    monkeypatch.setattr(closing, "note_closing", lambda *told: None)


def nothing_warned_of(monkeypatch):
    monkeypatch.setattr("tenure.container.warn_of", lambda *told: None)


def rewritten(before, after):
    """Return a bug: generated code of the fast path that has *after* where it should have *before*."""

    def bug(monkeypatch):
        def function_from(source, name, names):
            assert name != "swift" or before in source or "opened" not in source, f"no {before!r} in\n{source}"
            return source_module.function_from(source.replace(before, after), name, names)

        monkeypatch.setattr("tenure.compile.swift.function_from", function_from)

    return bug


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bug", "world", "side"),
    [
        (first_opened_first_closed, "sync", "stepped"),
        (first_opened_first_closed, "asyncio", "stepped"),
        (outcome_not_shown, "asyncio", "stepped"),
        (outcome_not_shown, "trio", "stepped"),
        (notes_lost, "sync", "stepped"),
        (nothing_warned_of, "sync", "stepped"),
        (rewritten("opened += g", "opened[:0] = g"), "sync", "fused"),
        (rewritten("raise failed(scope, wanted, error)", "raise"), "sync", "fused"),
        (rewritten("if wanted in cache:", "if False:"), "sync", "fused"),
    ],
)
def test_finds(bug, world, side):
    """A bug that one side has and the other has not is found within a few plays."""

    @contextlib.contextmanager
    def around():
        with pytest.MonkeyPatch.context() as monkeypatch:
            bug(monkeypatch)
            yield

    plays_of_world = (play_of(world, seed) for seed in range(N_PLAYS))
    assert any(difference(play, around=around, seeded=side) and not difference(play) for play in plays_of_world)


def test_the_smallest_play_is_shown():
    """What is reported of a difference is the smallest play that has it, and the lines that differ."""
    nodes = (Node("N0", "generator", "request"), Node("N1", "generator", "request", (Need(0),)))
    steps = (Scope((Get(1), Get(0, "scope"), Scope((Get(0),)))), Scope((Get(1),), raises="fault"))

    @contextlib.contextmanager
    def around():
        with pytest.MonkeyPatch.context() as monkeypatch:
            outcome_not_shown(monkeypatch)
            yield

    told = report(Play("sync", nodes, (Fault(0, "close", "look"),), steps), around=around)

    assert told.splitlines()[0].count("Scope(") == 1
    assert told.splitlines()[0].count("Get(") == 1
    assert "Fault(" not in told.splitlines()[0]
    assert "-close N" in told
    assert "after Fault1: body" in told
    assert len([each for each in every_step(steps) if isinstance(each, Get)]) == 4
