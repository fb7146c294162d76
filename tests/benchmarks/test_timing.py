"""How statements are run and what becomes of the numbers."""

import asyncio

from benchmarks.case import Case
from benchmarks.timing import UNROLLED, Effort, Measured, Timer, once, round_robin, summary

SHORT = Effort(rounds=3, slice_s=0.0)


def test_statement_runs_as_often_as_said() -> None:
    """A turn of the loop holds the statement UNROLLED times."""
    done: list[int] = []
    timer = Timer(Case("done.append(1)", {"done": done}))

    elapsed_s = timer.seconds(7)

    assert len(done) == 7 * UNROLLED
    assert elapsed_s > 0


def test_awaited_statement_runs_on_the_given_loop() -> None:
    """An asynchronous statement is awaited, on the loop of the runner."""

    async def work() -> asyncio.AbstractEventLoop:
        seen.append(asyncio.get_running_loop())
        return seen[-1]

    seen: list[asyncio.AbstractEventLoop] = []
    with asyncio.Runner() as runner:
        Timer(Case("await work()", {"work": work}), runner).seconds(1)
        value = once(Case("await work()", {"work": work}), runner)

        assert seen == [runner.get_loop()] * (UNROLLED + 1)
        assert value is runner.get_loop()


def test_libraries_take_turns() -> None:
    """In every round each library is timed once."""
    order: list[str] = []
    timers = {name: Timer(Case(f"order.append({name!r})", {"order": order})) for name in "abc"}
    for timer in timers.values():
        timer.calibrate(0.0)
    order.clear()

    round_robin(timers, "a", SHORT)
    calibrations = len(order) - SHORT.rounds * 3 * UNROLLED
    turns = order[calibrations::UNROLLED]

    assert turns == ["a", "b", "c"] * SHORT.rounds


def test_ratio_is_taken_within_a_round() -> None:
    """A round in which the whole machine is slow changes no ratio."""
    rounds = [{"hand": 1.0, "x": 2.0}, {"hand": 10.0, "x": 20.0}, {"hand": 1.0, "x": 2.0}, {"hand": 1.0, "x": 2.2}]

    found = summary(rounds, "hand")

    assert found == {"hand": Measured(1.0, 1.0), "x": Measured(2.1, 2.0)}


def test_no_ratio_without_a_yardstick() -> None:
    """Where the yardstick has no number there is a value alone."""
    assert summary([{"x": 2.0}], "hand") == {"x": Measured(2.0, None)}
