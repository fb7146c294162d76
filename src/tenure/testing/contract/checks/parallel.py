"""L63 and L64: starting side by side."""

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import VIRTUAL, WITH_TASKS, check
from tenure.testing.contract.recorder import CLOSED, OPENED, OPENING, Life


@check("L63", WITH_TASKS)
async def independent_openings_overlap(case: Case) -> None:
    """Two openings that each wait for the other to begin both end."""
    case.want("parallel")
    begun = {name: case.world.event() for name in "AB"}

    async def meet(life: Life) -> None:
        begun[life[0]].set()
        await begun["B" if life[0] == "A" else "A"].wait()

    for name in "AB":
        case.node(name, opens=meet)
    container = case.build()
    await container.start()
    case.expect(len(case.trace.live()) == 2, "both are open")
    await container.close()
    case.expect_all_closed()


@check("L63", VIRTUAL)
async def a_start_takes_as_long_as_the_longest_chain(case: Case) -> None:
    """Two chains open side by side: 4 seconds for 1 + 2 and 3 + 1."""
    case.want("parallel")
    seconds = {"A": 1.0, "B": 2.0, "C": 3.0, "D": 1.0}

    async def last(life: Life) -> None:
        await case.world.sleep(seconds[life[0]])

    for name, needs in {"A": "", "B": "A", "C": "", "D": "C"}.items():
        case.node(name, *needs, opens=last)
    container = case.build()
    before = case.world.now()
    await container.start()
    taken = case.world.now() - before
    await container.close()
    case.expect(abs(taken - 4) < 0.01, f"a start takes as long as the longest chain, 4 s; it took {taken:.2f} s")


@check("L63", WITH_TASKS)
async def no_more_open_at_once_than_allowed(case: Case) -> None:
    """With `max_parallel` of two, two of five openings run at a time, and all five come to be."""
    now: list[int] = [0]
    most: list[int] = [0]

    async def count(life: object) -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await case.pause()
        now[0] -= 1

    case.want("parallel", "max_parallel")
    for name in "ABCDE":
        case.node(name, opens=count)
    container = case.build(max_parallel=2)
    await container.start()
    n_open = len(case.trace.live())
    await container.close()

    case.expect(n_open == 5, "all five are open")
    case.expect(most[0] == 2, f"two at a time; seen: {most[0]}")


@check("L64", WITH_TASKS)
async def after_a_failure_nothing_new_opens(case: Case) -> None:
    """When B fails while C opens, D, which needs B, E, which needs C, do not open, and everything opened is closed."""
    failed = case.world.event()

    async def act(life: Life) -> None:
        if life[0] == "B":
            failed.set()
            raise error
        if life[0] == "C":
            await failed.wait()
            await case.pause()

    case.want("parallel")
    error = ValueError("no B")
    for name, needs in {"A": "", "B": "A", "C": "A", "D": "B", "E": "C"}.items():
        case.node(name, *needs, opens=act, closes=case.pause)
    container = case.build()
    raised = await container.caught(container.start)
    await case.world.settle()

    first = raised
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    case.expect(first is error, f"the first error leads; what left is {raised!r}")
    late = [name for name in case.trace.names(OPENING).split() if name in "DE"]
    case.expect(not late, f"nothing new opens; opened: {', '.join(late)}")
    case.expect_all_closed()
    case.expect_none(case.trace.misordered())
    case.expect(
        case.trace.count(OPENED, "C") == case.trace.count(CLOSED, "C"), "what was opening is awaited and closed"
    )
    await container.close()
