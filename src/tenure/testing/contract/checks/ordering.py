"""L18 to L22: in which order things close."""

from tenure.testing.contract import adapter as flavours
from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import EVERYWHERE, VIRTUAL, WITH_TASKS, check
from tenure.testing.contract.recorder import CLOSED, Life

SHAPES: tuple[dict[str, tuple[str, ...]], ...] = (
    {"A": (), "B": ("A",), "C": ("B",)},
    {"A": (), "B": ("A",), "C": ("A",)},
    {"A": (), "B": (), "C": ("A", "B")},
    {"A": (), "B": ("A",), "C": ("A", "B")},
    {"A": (), "B": ("A",), "C": ("A",), "D": ("B", "C")},
)


@check("L18")
async def dependents_close_first(case: Case) -> None:
    """In each shape of graph, asked for in any order, a closing has ended before that of what it needs begins."""
    for shape in SHAPES:
        for name, needs in shape.items():
            case.node(name, *needs, closes=case.pause)
        for asked in (list(shape), list(shape)[::-1]):
            container = case.build()
            for name in asked:
                await container.get(name)
            await container.close()
            case.expect_none(case.trace.misordered())
            case.trace.steps.clear()


@check("L18", WITH_TASKS)
async def synchronous_and_asynchronous_close_in_one_order(case: Case) -> None:
    """Chains of synchronous and asynchronous resources close dependents first."""
    sync = _of(case, (flavours.GENERATOR, flavours.CLASS, flavours.PAIR))
    kinds = {"s": sync, "a": case.flavour}
    for word in ("sas", "asa", "ssa", "aas"):
        for i, kind in enumerate(word):
            name = "ABC"[i]
            closes = case.pause if kind == "a" else None
            case.node(name, *"ABC"[max(i - 1, 0) : i], flavour=kinds[kind], closes=closes)
        container = case.build()
        await container.get("C")
        await container.close()
        closed = case.trace.names(CLOSED)
        case.expect(closed == "C B A", f"C, then B, then A close ({word}); closed: {closed}")
        case.trace.steps.clear()


@check("L18")
async def a_need_through_a_plain_object_counts(case: Case) -> None:
    """What needs a resource through a plain object closes before it, in the order of asking or against it."""
    for asked in ("B", "AB"):
        case.node("A")
        case.node("P", "A", flavour=flavours.PLAIN)
        case.node("B", "P")
        container = case.build()
        for name in asked:
            await container.get(name)
        await container.close()
        closed = case.trace.names(CLOSED)
        case.expect(closed == "B A", f"B, which holds A through P, closes first; closed: {closed}")
        case.trace.steps.clear()


@check("L18")
async def in_a_scope_dependents_close_first(case: Case) -> None:
    """At the end of a scope, too."""
    case.chain("A", "B", "C", lifetime="request", closes=case.pause)
    container = case.build()
    async with container.scope() as scope:
        for name in "ABC":
            await scope.get(name)
    closed = case.trace.names(CLOSED)
    await container.close()

    case.expect(closed == "C B A", f"C, then B, then A close; closed: {closed}")


@check("L18", WITH_TASKS)
async def order_holds_under_cancellation(case: Case) -> None:
    """A close that is cancelled closes in order all the same."""
    for n in range(8):
        case.chain("A", "B", "C", closes=case.pause)
        container = case.build()
        await container.get("C")
        async with case.world.tasks() as tasks:
            job = tasks.start(container.close)
            await case.pause(n=n)
            job.cancel()
        await container.caught(container.close)
        case.expect_none(case.trace.misordered())
        case.trace.steps.clear()


@check("L19")
async def independent_ones_close_in_reverse(case: Case) -> None:
    """Resources that do not need one another close in reverse of the order in which they were opened."""
    if case.world.is_async and "parallel" in case.adapter.options:
        raise NotOffered  # they close at the same time
    for asked in ("BAC", "CAB", "ABC"):
        for name in "ABC":
            case.node(name)
        container = case.build()
        for name in asked:
            await container.get(name)
        await container.close()
        closed = case.trace.names(CLOSED)
        wanted = " ".join(reversed(asked))
        case.expect(closed == wanted, f"opened {' '.join(asked)}, they close {wanted}; closed: {closed}")
        case.trace.steps.clear()


@check("L20", EVERYWHERE)
async def a_need_found_while_opening_counts(case: Case) -> None:
    """A resource whose opening code asks for another one closes before it."""

    async def ask(life: Life) -> None:
        await container.get("A")

    case.node("A")
    case.node("B", opens=ask)
    container = case.build()
    await container.get("B")
    await container.close()

    closed = case.trace.names(CLOSED)
    case.expect(closed == "B A", f"B, which asked for A, closes first; closed: {closed}")


@check("L21")
async def a_priority_does_not_beat_a_need(case: Case) -> None:
    """A priority that speaks against a need is overruled by it."""
    case.node("A", priority=1)
    case.node("B", "A", priority=9)
    container = case.build()
    await container.start()
    await container.close()

    case.expect(case.trace.names(CLOSED) == "B A", "B, which needs A, closes first")


@check("L22", WITH_TASKS)
async def independent_closings_overlap(case: Case) -> None:
    """Two closings that each wait for the other to begin both end."""
    case.want("parallel")
    begun = {name: case.world.event() for name in "AB"}

    async def meet(life: Life) -> None:
        begun[life[0]].set()
        await begun["B" if life[0] == "A" else "A"].wait()

    for name in "AB":
        case.node(name, closes=meet)
    container = case.build()
    await container.start()
    await container.close()

    case.expect_all_closed()


@check("L22", VIRTUAL)
async def closing_takes_as_long_as_the_longest_chain(case: Case) -> None:
    """Two chains close side by side, each in order: 4 seconds for 1 + 2 and 3 + 1."""
    case.want("parallel")
    seconds = {"A": 1.0, "B": 2.0, "C": 3.0, "D": 1.0}

    async def last(life: Life) -> None:
        await case.world.sleep(seconds[life[0]])

    for name, needs in {"A": "", "B": "A", "C": "", "D": "C"}.items():
        case.node(name, *needs, closes=last)
    container = case.build()
    await container.start()
    before = case.world.now()
    await container.close()
    taken = case.world.now() - before

    case.expect_none(case.trace.misordered())
    case.expect(abs(taken - 4) < 0.01, f"closing takes as long as the longest chain, 4 s; it took {taken:.2f} s")


def _of(case: Case, wanted: tuple[str, ...]) -> str:
    for flavour in case.adapter.flavours:
        if flavour in wanted:
            return flavour
    raise NotOffered
