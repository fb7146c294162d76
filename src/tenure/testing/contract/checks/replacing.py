"""L57 to L59: other objects for the same keys."""

from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import check
from tenure.testing.contract.nodes import Given, Value
from tenure.testing.contract.recorder import CLOSED, OPENED


@check("L57")
async def what_is_overridden_is_not_opened(case: Case) -> None:
    """Overridden before it is asked for, the original is never opened, and who needs it gets the other."""
    case.chain("A", "B")
    container = case.build(for_tests=True)
    other = Given([])
    async with container.override("A", other):
        b = await container.get("B")
        case.expect(_is(b.needs[0], other), "who needs it gets what stands in")
        case.expect(_is(await container.get("A"), other), "who asks for it gets what stands in")
    case.expect(case.trace.count(OPENED, "A") == 0, "the original is not opened")
    await container.close()
    case.expect_all_closed()


@check("L57")
async def after_an_override_the_original_is_back(case: Case) -> None:
    """Overridden while it is open, the same original is there again afterwards, for dependents too."""
    case.chain("A", "B")
    container = case.build(for_tests=True)
    a, other = await container.get("A"), Given([])
    try:
        async with container.override("A", other):
            inside = await container.get("B")
            case.expect(_is(inside.needs[0], other), "a dependent made meanwhile has what stands in")
    except (NotOffered, AssertionError):
        raise
    except Exception:  # noqa: BLE001  # it may refuse
        await container.close()
        return
    case.expect(_is(await container.get("A"), a), "the same original is there again")
    after = await container.get("B")
    case.expect(_is(after.needs[0], a), "a dependent that is asked for afterwards has the original")
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


def _is(value: object, other: Value) -> bool:
    """Tell whether *value* is *other*, or a proxy that stands for it."""
    return value is other or getattr(value, "__dict__", None) is vars(other)
