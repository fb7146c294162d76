"""L60 to L62: what takes too long."""

import threading

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import ON_THREADS, WITH_TASKS, check
from tenure.testing.contract.recorder import CLOSED, CLOSING


@check("L60", WITH_TASKS)
async def an_opening_ends_at_its_limit(case: Case) -> None:
    """An opening that hangs ends at its limit, what was opened is closed, and the error names it."""

    async def hang(life: object) -> None:
        await case.world.event().wait()

    case.want("open_timeout")
    case.node("A")
    case.node("B", "A", opens=hang, open_timeout=case.world.second)
    container = case.build()
    before = case.world.now()
    error = await container.caught(container.start)
    taken = case.world.now() - before

    case.expect(isinstance(error, Exception), f"a start that runs over a limit raises; it raised {error!r}")
    case.expect("B" in str(error), f"the error names what hangs; it says {error}")
    case.expect(case.trace.names(CLOSED) == "A", "what was opened is closed again")
    if case.world.is_virtual:
        case.expect(0.9 < taken < 1.2, f"it ends at its limit of 1 s; it took {taken:.2f} s")
    await container.close()


@check("L61", WITH_TASKS)
async def a_closing_ends_at_its_limit(case: Case) -> None:
    """A closing that hangs is abandoned at its limit and named; all others run, what it needs included."""

    async def hang(life: object) -> None:
        await case.world.event().wait()

    case.node("A", closes=case.pause)
    case.node("B", "A", closes=hang, close_timeout=case.world.second)
    case.node("C", "B", closes=case.pause)
    container = case.build()
    await container.get("C")
    error = await container.caught(container.close)

    told = " ".join(str(each) for each in case.reachable(error))
    case.expect(error is not None and "B" in told, f"what close raises names B; it raised {error!r}")
    case.expect(case.trace.names(CLOSED) == "C A", f"the others close; closed: {case.trace.names(CLOSED)}")


@check("L61", WITH_TASKS)
async def each_closing_has_its_own_limit(case: Case) -> None:
    """Two closings that hang, each with a limit, cost two limits at most, and both are named."""

    async def hang(life: object) -> None:
        await case.world.event().wait()

    for name in ("First", "Second"):
        case.node(name, closes=hang, close_timeout=case.world.second)
    container = case.build()
    for name in ("First", "Second"):
        await container.get(name)
    before = case.world.now()
    error = await container.caught(container.close)
    taken = case.world.now() - before

    told = " ".join(str(each) for each in case.reachable(error))
    case.expect("First" in told and "Second" in told, f"what close raises names both; it raised {error!r}")
    case.expect(case.trace.names(CLOSING).count("First") == 1, "each closing ran")
    if case.world.is_virtual:
        case.expect(taken < 2.2, f"two limits of 1 s take 2 s at most; they took {taken:.2f} s")


@check("L62", ON_THREADS)
async def a_hung_synchronous_closing_ends_too(case: Case) -> None:
    """A synchronous closing that hangs is abandoned at its limit, named, and the others run."""
    never = threading.Event()

    async def hang(life: object) -> None:
        never.wait(15)

    case.node("A")
    case.node("B", "A", closes=hang, close_timeout=0.1)
    container = case.build()
    await container.get("B")
    error = await container.caught(container.close)
    never.set()

    told = " ".join(str(each) for each in case.reachable(error))
    case.expect(error is not None and "B" in told, f"what close raises names B; it raised {error!r}")
    case.expect(case.trace.count(CLOSED, "A") == 1, "the others close")
