"""
Driver B: every interleaving of tasks, on asyncio and trio.

Cases: "B:asyncio:chain2/1/close" searches all schedules of that scenario (see `scenarios`),
"B:asyncio:chain2/1/close:~80" eighty of them, spread evenly, "B:asyncio:chain2/1/close:c80" likewise on tasks written
in C, without turning back at known states. "B:asyncio:chain2/1/close:0,2,1" replays one schedule; nothing after the
last colon is asyncio's own order.
"""

from collections.abc import Iterator
from typing import Any

from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation
from tests.laws.schedules.asyncio_play import AsyncioPlay
from tests.laws.schedules.checks import laws_of
from tests.laws.schedules.scenarios import SCENARIOS
from tests.laws.schedules.scene import Scenario
from tests.laws.schedules.search import Found, bounded, exhaustive, scattered
from tests.laws.schedules.trio_search import TrioPlay

LETTER = "B"
TITLE = "every interleaving of tasks"

_FULL = {"asyncio": 2000, "trio": 250}
"""Schedules of one scenario, at most."""
_QUICK = {"asyncio": 40, "trio": 16}
_N_BOUNDED, _N_SCATTERED = 150, 100
"""More schedules, near to asyncio's order and far from it, where not all could be tried."""


def cases(full: bool) -> Iterator[str]:
    """Give every case; without *full*, a part of each scenario."""
    for number, scenario in enumerate(SCENARIOS.values()):
        for backend in scenario.backends:
            yield f"{LETTER}:{backend}:{scenario.name}" + ("" if full else f":~{_QUICK[backend]}")
        if full:
            yield f"{LETTER}:asyncio:{scenario.name}:c100"
        elif number % 8 == 0:
            yield f"{LETTER}:asyncio:{scenario.name}:c20"


def run(case: str) -> Outcome:
    """
    Run *case*.

    Raises:
        ValueError: it is no case of this driver.
    """
    letter, backend, name, *rest = case.split(":")
    scenario = SCENARIOS.get(name)
    if letter != LETTER or scenario is None or backend not in scenario.backends or len(rest) > 1:
        raise ValueError(f"{case!r} is no case of this driver")
    found = _search(scenario, backend, rest[0] if rest else None)
    return Outcome(backend, laws_of(scenario), found.n_runs, list(_told(found, backend, name)))


def _search(scenario: Scenario, backend: str, how: str | None) -> Found:
    play: Any = AsyncioPlay(scenario) if backend == "asyncio" else TrioPlay(scenario)
    if how is None:
        return _all(play, backend)
    if how.startswith("~"):
        return exhaustive(play, int(how[1:]), prune=backend == "asyncio")
    if how.startswith("c"):
        return _in_c(scenario, int(how[1:]))
    return _once(play, how)


def _all(play: Any, backend: str) -> Found:
    found = exhaustive(play, _FULL[backend], prune=backend == "asyncio")
    if not found.is_complete and backend == "asyncio":
        found.merge(bounded(play, _N_BOUNDED, delays=2))
        found.merge(scattered(play, _N_SCATTERED))
    return found


def _in_c(scenario: Scenario, n_runs: int) -> Found:
    play = AsyncioPlay(scenario, pure=False)
    found = bounded(play, n_runs // 2, delays=2)
    found.merge(scattered(play, n_runs - n_runs // 2))
    return found


def _once(play: Any, text: str) -> Found:
    choices = [int(each) for each in text.split(",") if each]
    found = Found()
    found.add(choices, play(choices, None))
    return found


def _told(found: Found, backend: str, name: str) -> Iterator[Violation]:
    for choices, each in found.violations:
        # such a finding may well have a natural timing, too; it is looked into, not dropped
        mark = " [callbacks out of the order of call_soon]" if choices and backend == "asyncio" else ""
        replay = f"{LETTER}:{backend}:{name}:{','.join(map(str, choices))}"
        yield Violation(each.law, each.text + mark, replay)
