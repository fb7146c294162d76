"""
Driver E: long random lives of containers, predicted step by step, and random programs of many tasks.

`E:<world>:machine:<seed>` is a batch of lives under that seed of Hypothesis; `E:asyncio:program:<seed>` and
`E:asyncio:declared:<seed>` are one program each, of the type-driven and of the declarative face.
"""

import itertools
import random
from collections.abc import Iterator

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import LAWS, Violation
from tests.laws.stateful import declared  # noqa: F401 - adds its programs to PROGRAMS
from tests.laws.stateful.machine import MACHINES, BrokenLaw, Machine
from tests.laws.stateful.programs import PROGRAMS

LETTER = "E"
TITLE = "long random lives against a reference model, and random programs"

N_LIVES = {"sync": 60, "asyncio": 20, "trio": 8}
"""Lives in one case."""
N_STEPS = 50
_MACHINE_LAWS = (
    "L1", "L5", "L7", "L12", "L13", "L17", "L19", "L33", "L46", "L47", "L49", "L50", "L51", "L57", "L58", "L59",
)  # fmt: skip
_PROGRAM_LAWS = {"program": ("L5", "L12", "L20", "L38", "L57", "L58", "L59"), "declared": ("L5", "L12", "L38", "L57")}
_FULL = {"sync": 14, "asyncio": 24, "trio": 20, "program": 10_000, "declared": 5_000}
_QUICK = {"sync": 3, "asyncio": 2, "trio": 1, "program": 1_200, "declared": 600}


def cases(full: bool) -> Iterator[str]:
    """Give every case, or the quick part: the first ones of each sort, in turns."""
    sizes = _FULL if full else _QUICK
    sorts = [_sort(name, size) for name, size in sizes.items()]
    for row in itertools.zip_longest(*sorts):
        yield from (each for each in row if each is not None)


def _sort(name: str, size: int) -> Iterator[str]:
    world, what = (name, "machine") if name in MACHINES else ("asyncio", name)
    return (f"{LETTER}:{world}:{what}:{number}" for number in range(size))


def run(case: str) -> Outcome:
    """
    Run *case*.

    Raises:
        ValueError: there is no such case.
    """
    letter, world, what, number = case.split(":")
    if letter != LETTER or world not in MACHINES or what not in ("machine", *PROGRAMS):
        raise ValueError(f"{case} is no case of {LETTER}")
    if what == "machine":
        return _lives(case, world, int(number))
    found = PROGRAMS[what](int(number)).run()
    return Outcome(world, [*LAWS, *_PROGRAM_LAWS[what]], 1, [Violation(each.law, each.text, case) for each in found])


def _lives(case: str, world: str, number: int) -> Outcome:
    machine = _counting(MACHINES[world])
    outcome = Outcome(world, [*LAWS, *_MACHINE_LAWS], 0)
    try:
        live(machine, number, N_LIVES[world])
    except BrokenLaw as error:
        outcome.violations.append(Violation(error.law, _told(error), case))
    except Exception as error:
        outcome.violations.append(Violation("L37", f"{error!r}\n{_told(error)}", case))
    outcome.n_runs = machine.n_steps
    return outcome


class _Counting(Machine):
    n_steps = 0


def _counting(machine: type[Machine]) -> type[_Counting]:
    class Counted(machine, _Counting):  # type: ignore[valid-type, misc]
        def step(self, *args: object, **options: object) -> object:
            Counted.n_steps += 1
            return super().step(*args, **options)

    Counted.__name__ = Counted.__qualname__ = machine.__name__
    return Counted


def live(machine: type[Machine], number: int, n_lives: int, *, shrinks: bool = False) -> None:
    """
    Run lives of *machine* that follow from *number*.

    Args:
        machine: the class.
        number: the seed of Hypothesis.
        n_lives: how many, >= 1.
        shrinks: whether to look for the shortest life that breaks a law, which takes long.

    Raises:
        BrokenLaw: a life broke a law; the notes tell its steps.
    """
    phases = (Phase.generate, Phase.shrink) if shrinks else (Phase.generate,)
    random_state = random.getstate()
    try:
        run_state_machine_as_test(
            seed(number)(machine),
            settings=settings(
                max_examples=n_lives,
                stateful_step_count=N_STEPS,
                deadline=None,
                database=None,
                phases=phases,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        random.setstate(random_state)


def _told(error: BaseException) -> str:
    return "\n".join([str(error), *getattr(error, "__notes__", ())])
