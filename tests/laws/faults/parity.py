"""The same shape, use and faults leave the same trace in every world, where nothing runs at the same time (L55)."""

import itertools
from typing import Any

from tests.laws.faults.nodes import build
from tests.laws.faults.plans import RAISING, Plan
from tests.laws.faults.recording import Run
from tests.laws.faults.search import MAX_VIOLATIONS
from tests.laws.faults.uses import USES
from tests.laws.faults.worlds import WORLDS, has_uvloop
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation
from tests.laws.rig.shapes import shape

PARITY_USES = ("eager", "lazy", "request", "again")
KINDS = tuple(kind for kind in RAISING if kind != "Raised")  # a CancelledError is what asyncio takes it for
Told = list[str]


def backends() -> list[str]:
    """Return the worlds that are compared."""
    return ["sync", "asyncio", "trio", *(["uvloop"] if has_uvloop() else [])]


def compare(case: str, plans: list[Plan] | None = None) -> list[Outcome]:
    """
    Return an outcome per backend.

    Args:
        case: "A:parity:<shape>:<flavour>:<use>".
        plans: None for every kind at every step.
    """
    told = {name: _told(name, case, plans) for name in backends()}
    expected = told["sync"]
    outcomes = []
    for name, found in told.items():
        outcome = Outcome(name, ["L55"], len(found))
        for plan, steps in found.items():
            if steps != expected.get(plan) and len(outcome.violations) < MAX_VIOLATIONS:
                text = f"{name} tells {steps}, plain Python {expected.get(plan)}"
                outcome.violations.append(Violation("L55", text, f"{case}:{plan}"))
        outcomes.append(outcome)
    return outcomes


def _told(name: str, case: str, plans: list[Plan] | None) -> dict[str, Told]:
    _, _, shape_text, flavour, use_name = case.split(":")
    world: Any = WORLDS[name]()
    use = USES["seq" if use_name == "eager" and world.is_async else use_name]
    graph = shape(shape_text)
    scopes = [use.lifetime(number, len(graph)) for number in range(len(graph))]
    subject = build(graph, flavour, scopes, max_parallel=use.max_parallel, is_timed=False)
    told: dict[str, Told] = {}

    async def one(plan: Plan) -> Run:
        run = subject.stage.run = Run(plan)
        await world.perform(use, subject, run)
        told[str(plan)] = _shown(run)
        if use.is_eager and run.fired:  # what was kept for another try is taken up, and then closed
            subject.stage.run = Run(Plan())
            await world.perform(use, subject, subject.stage.run)
        return run

    async def every() -> None:
        for plan in [Plan()] if plans is None else plans:
            await one(plan)
        for n in itertools.count(1) if plans is None else ():
            for kind in KINDS:
                run = await one(Plan(((n, kind),)))
                await one(Plan((), n, kind))
            if len(run.places) < n:
                return

    world.drive(every)
    world.close()
    return told


def _shown(run: Run) -> Told:
    steps = [f"{step.act} {step.life[0]}{step.life[1]} {_class(step.error)}" for step in run.trace.steps]
    return [*steps, *(f"left {_class(error)} {error}" for error in run.left)]


def _class(error: BaseException | None) -> str:
    return "" if error is None else type(error).__name__
