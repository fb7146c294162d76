"""Driver B: its quick part; turning back at known states hides nothing; what is broken on purpose is found."""

import asyncio

import pytest

from tenure import container as face
from tenure.lifecycle import circles, turns
from tenure.lifecycle.backends import asyncio as backend
from tenure.lifecycle.latch import Latch
from tenure.runtime import emptying, entering, fulfilling, leaving, making
from tests.laws.schedules import driver
from tests.laws.schedules.asyncio_play import AsyncioPlay
from tests.laws.schedules.loop import Deadlock, OracleLoop
from tests.laws.schedules.scenarios import SCENARIOS
from tests.laws.schedules.search import Played, bounded, exhaustive, scattered
from tests.laws.schedules.trio_search import TrioPlay

CASES = list(driver.cases(full=False))
N_PARTS = 8


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", range(N_PARTS))
def test_no_law_is_broken(part):
    """Whatever runs first, the laws hold."""
    broken = [each for case in CASES[part::N_PARTS] for each in driver.run(case).violations]

    assert [f"{each.law} {each.text}: {each.case}" for each in broken] == []


def test_every_backend_has_its_scenarios():
    """There are cases for asyncio and for trio, more in the full part, each of them known to the driver."""
    full = list(driver.cases(full=True))

    assert len({case.split(":")[2] for case in full if case.startswith("B:asyncio:")}) >= 40
    assert len({case.split(":")[2] for case in full if case.startswith("B:trio:")}) >= 40
    assert len(full) == len(set(full))


@pytest.mark.parametrize("case", ["A:asyncio:one/1/", "B:sync:one/1/", "B:asyncio:nothing", "B:asyncio:one/1/:0:0"])
def test_other_cases_are_refused(case):
    """What is no case of this driver is refused."""
    with pytest.raises(ValueError, match="no case of this driver"):
        driver.run(case)


# turning back at known states

SMALL = (
    "one/2/", "one/1/cancel", "class1/1/cancel", "chain2/1/cancel", "retry/1/close", "request2/0/leave",
    "request1/0/visit2", "pair/0/A!+start", "chain2/0/B!+start", "pair/0/start", "one/1/override-A",
)  # fmt: skip
"""Scenarios that can be searched to the end without turning back."""


def laws_broken(found):
    return {each.law for _, each in found.violations}


@pytest.mark.parametrize("piece", ["cancelled_waiter_waits_on", "cancelled_waiter_cancels_the_opener", None])
@pytest.mark.parametrize("name", ["one/1/cancel", "one/2/cancel", "chain2/1/cancel"])
def test_turning_back_hides_nothing(name, piece, monkeypatch):
    """With and without turning back, with an engine in order and a broken one, the same laws are found broken."""
    if piece is not None:
        getattr(Broken, piece)(monkeypatch)

    pruned = exhaustive(AsyncioPlay(SCENARIOS[name]), 2_000)
    whole = exhaustive(AsyncioPlay(SCENARIOS[name]), 2_000, prune=False)

    assert pruned.is_complete
    assert laws_broken(pruned) == laws_broken(whole)


@pytest.mark.parametrize("name", SMALL)
def test_turning_back_loses_no_end(name):
    """Every end that some schedule leads to is reached by a search that turns back at known states as well."""
    ends = []
    for prune in (True, False):
        play = AsyncioPlay(SCENARIOS[name])
        play.ends = set()
        found = exhaustive(play, 1_500, prune=prune)
        assert found.is_complete
        ends.append(play.ends)

    assert ends[0] == ends[1]


class Broken:
    """Pieces of the engine, broken on purpose."""

    @staticmethod
    def close_waits_for_nothing(monkeypatch):
        def _openings_ended(engine, scope, closer, is_async):
            yield from ()

        monkeypatch.setattr(leaving, "_openings_ended", _openings_ended)

    @staticmethod
    def second_close_does_not_join(monkeypatch):
        def _join(scope, ending, outcome):
            return outcome
            yield

        monkeypatch.setattr(leaving, "_join", _join)

    @staticmethod
    def cancelled_waiter_cancels_the_opener(monkeypatch):
        real = circles.Joining.wait

        async def wait(self):
            try:
                await real(self)
            except asyncio.CancelledError:
                for task in sorted(asyncio.all_tasks(), key=asyncio.Task.get_name):
                    if task.get_name().startswith("tenure owner of"):
                        task.cancel()
                raise

        monkeypatch.setattr(circles.Joining, "wait", wait)

    @staticmethod
    def first_opened_closes_first(monkeypatch):
        monkeypatch.setattr(making, "needs_of", lambda *_: ())
        monkeypatch.setattr(emptying, "_ordered", lambda scope, exits: exits)

    @staticmethod
    def cancelled_waiter_waits_on(monkeypatch):
        async def wait(self):
            cancelled = await self.claim.done.wait_out()
            if cancelled is not None:
                raise cancelled

        monkeypatch.setattr(circles.Joining, "wait", wait)

    @staticmethod
    def cancel_during_close_is_lost(monkeypatch):
        real = Latch.wait_out

        async def wait_out(self, seconds=None):
            await real(self, seconds)

        monkeypatch.setattr(Latch, "wait_out", wait_out)

    @staticmethod
    def cancel_cuts_the_close_short(monkeypatch):
        async def wait_out(self, wait, seconds):
            await wait()

        monkeypatch.setattr(backend.AsyncioBackend, "wait_out", wait_out)

    @staticmethod
    def cancel_is_counted_off(monkeypatch):
        real = Latch.wait_out

        async def wait_out(self, seconds=None):
            cancelled = await real(self, seconds)
            if cancelled is not None:
                asyncio.current_task().uncancel()
            return cancelled

        monkeypatch.setattr(Latch, "wait_out", wait_out)

    @staticmethod
    def late_openings_are_forgotten(monkeypatch):
        def _openings_ended(engine, scope, closer, is_async):
            scope.inflight.clear()
            yield from ()

        monkeypatch.setattr(leaving, "_openings_ended", _openings_ended)

    @staticmethod
    def failures_are_not_told(monkeypatch):
        monkeypatch.setattr(fulfilling, "shared_failure", lambda *_: None)

    @staticmethod
    def everybody_has_a_turn(monkeypatch):
        real = turns.Turns.__init__
        monkeypatch.setattr(turns.Turns, "__init__", lambda self, limit: real(self, None))

    @staticmethod
    def one_has_a_turn(monkeypatch):
        real = turns.Turns.__init__
        monkeypatch.setattr(turns.Turns, "__init__", lambda self, limit: real(self, 1))

    @staticmethod
    def second_close_is_told_nothing(monkeypatch):
        def _join(scope, ending, outcome):
            if ending is not None and not ending.is_set:
                yield ending
            return outcome

        monkeypatch.setattr(leaving, "_join", _join)

    @staticmethod
    def what_closes_is_handed_out(monkeypatch):
        class Kept(dict):
            def clear(self):
                """Keep everything."""

        def prepared(*args):
            scope = entering.prepared(*args)
            scope.cache = Kept()
            return scope

        monkeypatch.setattr(face, "prepared", prepared)

    @staticmethod
    def circles_are_waited_for(monkeypatch):
        monkeypatch.setattr(circles.Joining, "_begin", lambda self: None)


FINDS = {
    "close_waits_for_nothing": ("chain2/1/close", {"L10", "L11", "L15", "L18", "L40", "L33"}),
    "second_close_does_not_join": ("one/0/opened+close2", {"L15"}),
    "cancelled_waiter_cancels_the_opener": ("one/2/cancel", {"L33"}),
    "first_opened_closes_first": ("chain2/0/opened+shut3", {"L18"}),
    "cancelled_waiter_waits_on": ("chain2/1/cancel", {"L33"}),
    "cancel_during_close_is_lost": ("one/0/opened+shut5", {"L31"}),
    "cancel_cuts_the_close_short": ("one/0/opened+shut5", {"L10", "L15", "L40"}),
    "cancel_is_counted_off": ("one/0/opened+shut5", {"L31"}),
    "late_openings_are_forgotten": ("one/1/close", {"L37"}),
    "failures_are_not_told": ("one/1/A!", {"L25"}),
    "circles_are_waited_for": ("circle/2", {"L38"}),
    "everybody_has_a_turn": ("wide/two", {"L63"}),
    "one_has_a_turn": ("wide/all", {"L63"}),
    "second_close_is_told_nothing": ("pair/0/opened+A~+B~+close2", {"L15"}),
    "what_closes_is_handed_out": ("child/late", {"L11"}),
}


@pytest.mark.parametrize("piece", list(FINDS))
def test_what_is_broken_is_found(piece, monkeypatch):
    """A search of the right scenario reports the law that a broken piece breaks, with a replay that shows it."""
    name, laws = FINDS[piece]
    getattr(Broken, piece)(monkeypatch)

    found = driver.run(f"B:asyncio:{name}:~400").violations

    assert {each.law for each in found} & laws
    first = next(each for each in found if each.law in laws)
    again = driver.run(first.case).violations
    assert first.law in {each.law for each in again}


# the loop and the searches


def program(log, n_steps=2):
    """Return a play of two tasks that take turns."""

    def play(choices, beyond):
        loop = OracleLoop(choices)

        async def walk(name):
            for step in range(n_steps):
                log.append((name, step))
                await asyncio.sleep(0)

        tasks = [loop.create_task(walk(name), name=name) for name in "ab"]
        loop.run(lambda: all(task.done() for task in tasks))
        loop.freeze()
        loop.close()
        return Played(loop.widths, loop.n_open)

    return play


def test_every_interleaving_is_played():
    """Two tasks of three turns each can be interleaved in (3 + 3)! / (3! 3!) ways."""
    found = exhaustive(program([]), 1_000, prune=False)

    assert found.is_complete
    assert found.n_runs == 20


def test_a_schedule_of_zeros_is_asyncios_own_order():
    """Without deviations tasks take turns as they do on asyncio's loop."""
    log = []

    bounded(program(log), 10, delays=0)

    assert log == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]


def test_bounded_and_scattered_schedules_are_counted():
    """Both searches stay within what they were allowed."""
    assert bounded(program([]), 7, delays=2).n_runs <= 7
    assert scattered(program([]), 5).n_runs == 5


def test_a_program_that_never_ends_is_a_deadlock():
    """Nothing ready and no timer set: that is told, not waited for."""
    loop = OracleLoop()
    forever = loop.create_future()

    async def wait():
        await forever

    waiting = loop.create_task(wait())
    with pytest.raises(Deadlock):
        loop.run(waiting.done)
    forever.cancel()
    loop.settle()
    loop.close()


def test_time_passes_by_jumps():
    """A sleep takes no time but that of the virtual clock."""
    loop = OracleLoop()

    loop.play(asyncio.sleep(1e6))

    assert loop.time() == 1e6
    loop.close()


@pytest.mark.parametrize("name", ["one/1/cancel", "one/1/close", "one/2/"])
def test_trio_is_searched_too(name):
    """On trio the order within each batch is part of the schedule."""
    found = exhaustive(TrioPlay(SCENARIOS[name]), 400, prune=False)

    assert laws_broken(found) == set()
    assert found.n_runs > 3
