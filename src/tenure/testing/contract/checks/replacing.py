"""L57 to L59: other objects for the same keys."""

from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import check
from tenure.testing.contract.nodes import Given
from tenure.testing.contract.recorder import CLOSED, OPENED


@check("L57")
async def what_is_overridden_is_not_opened(case: Case) -> None:
    """Overridden before it is asked for, the original is never opened, and who needs it gets the other."""
    case.chain("A", "B")
    container = case.build()
    other = Given([])
    async with container.override("A", other):
        b = await container.get("B")
        case.expect(b.needs[0] is other, "who needs it gets what stands in")
        case.expect(await container.get("A") is other, "who asks for it gets what stands in")
    case.expect(case.trace.count(OPENED, "A") == 0, "the original is not opened")
    await container.close()
    case.expect_all_closed()


@check("L57")
async def after_an_override_the_original_is_back(case: Case) -> None:
    """Overridden while it is open, the original is there again afterwards, for dependents too, and so is nothing else."""
    case.chain("A", "B")
    container = case.build()
    a, other = await container.get("A"), Given([])
    try:
        async with container.override("A", other):
            inside = await container.get("B")
    except NotOffered:
        raise
    except Exception:  # noqa: BLE001  # it may refuse
        await container.close()
        return
    case.expect(inside.needs[0] is other, "a dependent made meanwhile has what stands in")
    case.expect(await container.get("A") is a, "the same original is there again")
    after = await container.get("B")
    case.expect(after.needs[0] is a, "a dependent that is asked for afterwards has the original")
    await container.close()
    case.expect_all_closed()
    case.expect_none(case.trace.twice())


@check("L58")
async def a_reset_closes_dependents_first(case: Case) -> None:
    """A reset of A closes what needs it, then A, and leaves the rest alone."""
    case.chain("A", "B", "C")
    case.node("D")
    container = case.build()
    for name in "CD":
        await container.get(name)
    await container.reset("A")
    closed = case.trace.names(CLOSED)
    case.expect(closed == "C B A", f"a reset of A closes C, B, then A; closed: {closed}")
    await container.close()


@check("L58")
async def after_a_reset_exactly_those_are_made_anew(case: Case) -> None:
    """After a reset of A the next get makes A, B and C anew, and nobody has a closed one."""
    case.chain("A", "B", "C")
    case.node("D")
    container = case.build()
    for name in "CD":
        await container.get(name)
    await container.reset("A")
    c = await container.get("C")
    await container.get("D")
    counts = {name: case.trace.count(OPENED, name) for name in "ABCD"}
    case.expect(counts == {"A": 2, "B": 2, "C": 2, "D": 1}, f"A, B and C are made anew, D is not; opened: {counts}")
    case.expect(c.needs[0] is await container.get("B"), "nobody keeps a closed dependency")
    await container.close()
    case.expect_all_closed()


@check("L59")
async def started_again_everything_is_new(case: Case) -> None:
    """Started, closed and started again, a container makes everything anew, and does not grow."""
    if not (case.adapter.restarts or case.adapter.reopens):
        raise NotOffered
    case.chain("A", "B")
    container = case.build()
    n_objects = []
    for turn in range(60):
        await container.start()
        b = await container.get("B")
        case.expect(b.life[1] == turn + 1, "each time everything is made anew")
        await container.close()
        case.expect_all_closed()
        if turn in (9, 59):
            case.trace.steps.clear()
            n_objects.append(case.world.n_objects())
    grown = n_objects[1] - n_objects[0]
    case.expect(grown < 100, f"50 turns leave nothing behind; they left {grown} objects")
