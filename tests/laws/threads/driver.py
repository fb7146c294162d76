"""
Driver C: schedules of threads, bytecode by bytecode (L38, L41-L43 and what the oracle checks).

A case is "C:threads:<scenario>:<plan>": a plan is "<=2/4000" (at most two preemptions, about 4000 of them), or switches
such as "0>1,34>0": thread 1 begins, before the 34th point thread 0 goes on.
"""

from collections.abc import Iterator

from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import LAWS as OF_THE_ORACLE
from tests.laws.rig.oracle import Violation
from tests.laws.threads.baton import Plan
from tests.laws.threads.scenarios import SCENARIOS
from tests.laws.threads.search import Search

LETTER = "C"
TITLE = "schedules of threads, bytecode by bytecode"
LAWS = ("L15", "L38", "L41", "L42", "L43")
N_FULL, N_QUICK = 1800, 120
"""Schedules per scenario, roughly."""
N_ENOUGH = 10
"""Violations after which a search ends: more of them tell nothing new."""


def cases(full: bool) -> Iterator[str]:
    """Give every scenario with two preemptions, one where there are more than two threads."""
    for name in SCENARIOS:
        bound = 1 if name[-2:] in ("-3", "-4") or "-2" in name else 2
        yield f"C:threads:{name}:<={bound}/{N_FULL if full else N_QUICK}"


def run(case: str) -> Outcome:
    """
    Run *case*.

    Raises:
        ValueError: there is none of that name.
    """
    letter, backend, name, plan = case.split(":")
    if letter != LETTER or backend != "threads" or name not in SCENARIOS:
        raise ValueError(f"no case of driver C: {case}")
    laws = sorted({*LAWS, *OF_THE_ORACLE})
    with Search(name) as search:
        outcome = Outcome("threads", laws, n_runs=0)
        if not plan.startswith("<="):
            outcome.violations = [Violation(v.law, v.text, case) for v in search.run(_read(plan))]
            outcome.n_runs = 1
            return outcome
        bound, _, limit = plan[2:].partition("/")
        before = search.n_runs
        for broken, found in search.explore(int(bound), int(limit)):
            replay = f"C:threads:{name}:{_written(broken)}"
            outcome.violations += [Violation(v.law, v.text, replay) for v in found]
            if len(outcome.violations) >= N_ENOUGH:
                break
        outcome.n_runs = search.n_runs - before
    return outcome


def _written(plan: Plan) -> str:
    return ",".join(f"{at}>{to}" for at, to in plan)


def _read(text: str) -> Plan:
    return [(int(at), int(to)) for at, to in (each.split(">") for each in text.split(","))]
