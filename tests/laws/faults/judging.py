"""Judge a run: by the oracle of the rig, and by what its faults should have come to."""

from tests.laws.faults.checks import CHECKS
from tests.laws.faults.facts import Facts
from tests.laws.faults.nodes import Subject
from tests.laws.faults.recording import Run
from tests.laws.faults.uses import Use, World
from tests.laws.rig.oracle import LAWS, End, Violation, violations


def judged(run: Run, world: World, use: Use, subject: Subject) -> tuple[list[str], list[Violation]]:
    """Return the laws that *run* could break, and how it broke them."""
    facts = Facts(run, world)
    if run.is_stuck:
        return ["L38"], [Violation("L38", "the run waits for ever")]
    found = violations(run.trace.steps, _end(run, facts, world, use))
    laws = [*LAWS, "L59"]
    for law, check in CHECKS:
        broken = check(run, facts, world, use, subject)
        if broken is not None:
            laws.append(law)
            found += [Violation(law, text) for text in broken]
    return laws, found


def _end(run: Run, facts: Facts, world: World, use: Use) -> End:
    return End(
        errors=[*run.left, *run.caught],
        left=run.remains,
        # asyncio: what the task of a request scope opened closes in that task; a cancel reaches the one at hand
        interruptible=use.has_scope and world.backend in ("asyncio", "uvloop") and bool(facts.cancelled),
    )
