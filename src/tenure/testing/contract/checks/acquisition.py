"""L1 to L8: what opening promises."""

from tenure.testing.contract import adapter as flavours
from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import WITH_TASKS, check
from tenure.testing.contract.nodes import is_cancellation
from tenure.testing.contract.recorder import CLOSED, CLOSING, OPENED, OPENING


@check("L1")
async def building_opens_nothing(case: Case) -> None:
    """Building a container, and checking it, opens nothing."""
    case.chain("A", "B", "C")
    container = case.build()
    try:
        container.adapter.check()
    except NotOffered:
        pass

    case.expect(not case.trace.steps, "building runs no user code")


@check("L2")
async def what_two_need_is_opened_once(case: Case) -> None:
    """In a diamond what both sides need is opened once, and they have the same object."""
    case.node("A")
    case.node("B", "A")
    case.node("C", "A")
    case.node("D", "B", "C")
    container = case.build()
    d = await container.get("D")
    a = await container.get("A")

    case.expect(
        case.trace.names(OPENED) in ("A B C D", "A C B D"), f"each is opened once; opened: {case.trace.names(OPENED)}"
    )
    case.expect(all(each.needs[0] is a for each in d.needs), "both sides, and who asks, have the identical object")
    await container.close()


@check("L2", WITH_TASKS)
async def tasks_share_one_opening(case: Case) -> None:
    """Five tasks that ask at once cause one opening and get the same object."""
    case.node("A", opens=case.pause)
    container = case.build()
    async with case.world.tasks() as tasks:
        jobs = [tasks.start(container.get, "A") for _ in range(5)]
    await container.close()

    n = case.trace.count(OPENED, "A")
    case.expect(n == 1, f"5 tasks that ask at once cause 1 opening; seen: {n}")
    case.expect(len({id(job.value) for job in jobs}) == 1, "all tasks get the identical object")


@check("L2", WITH_TASKS)
async def tasks_share_one_opening_in_a_scope(case: Case) -> None:
    """Five tasks that ask one scope at once cause one opening and get the same object."""
    case.node("A", lifetime="request", opens=case.pause)
    container = case.build()
    async with container.scope() as scope, case.world.tasks() as tasks:
        jobs = [tasks.start(scope.get, "A") for _ in range(5)]
    await container.close()

    n = case.trace.count(OPENED, "A")
    case.expect(n == 1, f"5 tasks that ask one scope at once cause 1 opening; seen: {n}")
    case.expect(len({id(job.value) for job in jobs}) == 1, "all tasks get the identical object")


@check("L3")
async def what_failed_to_open_is_not_closed(case: Case) -> None:
    """No closing code runs for a resource whose opening failed."""
    for flavour in _flavours(case):
        case.chain("A", "B", flavour=flavour)
        case.bodies["B"].opens = case.failing(ValueError("no B"))
        container = case.build()
        case.expect(isinstance(await container.caught(container.get, "B"), ValueError), "the error of opening arrives")
        await container.caught(container.close)

        case.expect(case.trace.count(CLOSING, "B") == 0, f"what failed to open is not closed ({flavour})")
        case.trace.steps.clear()


@check("L3")
async def a_debt_is_there_as_soon_as_the_value_is(case: Case) -> None:
    """A close right after the first get closes what was got."""
    case.node("A")
    container = case.build()
    await container.get("A")
    await container.close()

    case.expect(case.trace.names(CLOSED) == "A", "what was got is closed by the close")


@check("L4")
async def a_failed_start_is_rolled_back(case: Case) -> None:
    """When the third of three fails to open, the start closes the others in reverse before it raises."""
    case.chain("A", "B", "C")
    case.bodies["C"].opens = case.failing(ValueError("no C"))
    container = case.build()
    error = await container.caught(container.start)

    case.expect(isinstance(error, ValueError), f"the start raises the error of opening; it raised {error!r}")
    closed = case.trace.names(CLOSED)
    case.expect(closed == "B A", f"a failed start has closed B, then A; closed: {closed or 'nothing'}")


@check("L4")
async def a_failed_start_can_be_repeated(case: Case) -> None:
    """After a failed start the next one opens everything."""
    case.chain("A", "B", "C")
    case.bodies["C"].opens = case.failing(ValueError("no C"), None)
    container = case.build()
    await container.caught(container.start)
    await container.start()

    case.expect({name for name, _ in case.trace.live()} == {"A", "B", "C"}, "the second start opens all three")
    await container.close()
    case.expect_all_closed()


@check("L5")
async def what_a_failed_get_opened_is_closed(case: Case) -> None:
    """What a failed get opened on its way is closed once, by it or by the close."""
    case.chain("A", "B", "C")
    case.bodies["C"].opens = case.failing(ValueError("no C"))
    container = case.build()
    await container.caught(container.get, "C")
    await container.close()

    case.expect_all_closed()
    case.expect_none(case.trace.twice())


@check("L6")
async def a_value_of_none_counts(case: Case) -> None:
    """None, False, 0 and an exception object are values: given as they are, made once and closed."""
    flavour = _generator(case)
    values = {"A": None, "B": False, "C": 0, "D": ValueError("a value")}
    for name, value in values.items():
        case.node(name, flavour=flavour, value=value)
    container = case.build()
    for name, value in values.items():
        for _ in range(2):
            got = await container.get(name)
            case.expect(got is value, f"{value!r} is given as it is; got {got!r}")
        n = case.trace.count(OPENED, name)
        case.expect(n == 1, f"{value!r} is made once; made {n} times")
    await container.close()
    case.expect_all_closed()


@check("L7")
async def a_failed_get_can_be_repeated(case: Case) -> None:
    """The get after a failed one tries again, and succeeds."""
    case.node("A", opens=case.failing(ValueError("not yet"), ValueError("not yet"), None))
    container = case.build()
    for _ in range(2):
        case.expect(isinstance(await container.caught(container.get, "A"), ValueError), "a failing get raises")
    await container.get("A")
    await container.close()

    case.expect(case.trace.count(OPENING, "A") == 3, "each get after a failure tries again")


@check("L7", WITH_TASKS)
async def a_shared_failure_does_not_grow(case: Case) -> None:
    """Tasks that share a failure get tracebacks of the same length."""
    lengths: list[int] = []

    async def fail(life: object) -> None:
        await case.pause()
        raise ValueError("no A")

    async def ask() -> None:
        try:
            await container.get("A")
        except ValueError as error:
            lengths.append(_length(error))

    case.node("A", opens=fail)
    container = case.build()
    async with case.world.tasks() as tasks:
        for _ in range(6):
            tasks.start(ask)

    case.expect(len(lengths) == 6, f"each of 6 waiters gets the error; {len(lengths)} did")
    grown = lengths[-1] - lengths[1]
    case.expect(grown < 4, f"tracebacks do not grow from one waiter to the next; they did by {grown} entries")
    await container.close()


@check("L8", WITH_TASKS)
async def a_cancelled_get_leaves_no_limbo(case: Case) -> None:
    """Wherever a get is cancelled, what it opened is closed by the close, and nothing else."""
    case.chain("A", "B", opens=case.pause, closes=case.pause)
    for n in range(12):
        container = case.build()
        async with case.world.tasks() as tasks:
            job = tasks.start(container.get, "B")
            await case.pause(n=n)
            job.cancel()
        was_used = bool(case.trace.steps)
        error = await container.caught(container.close)
        case.expect(error is None or not was_used, f"close after a cancelled get raises nothing; it raised {error!r}")
        await case.world.settle()
        if case.trace.live() or case.trace.twice():
            case.expect_all_closed()
            case.expect_none(case.trace.twice())
        case.trace.steps.clear()


@check("L8", WITH_TASKS)
async def an_opening_that_ends_as_it_is_cancelled_is_kept(case: Case) -> None:
    """A cancellation in the very step in which the opening ends loses nothing."""
    done = case.world.event()

    async def wait(life: object) -> None:
        await done.wait()

    case.node("A", opens=wait)
    container = case.build()
    async with case.world.tasks() as tasks:
        job = tasks.start(container.get, "A")
        await case.world.settle()
        done.set()
        job.cancel()
    await container.close()
    await case.world.settle()

    case.expect_all_closed()
    case.expect(job.error is None or is_cancellation(job.error), f"who is cancelled gets that; got {job.error!r}")


@check("L6")
async def a_generator_yields_exactly_once(case: Case) -> None:
    """A generator that does not yield, or yields again, is an error that names it."""
    flavour = _generator(case)
    for n_yields, told in ((0, "does not yield"), (2, "yields twice")):
        case.node("A", flavour=flavour)
        case.odd_generator("A", n_yields)
        error = await _first_error(case)
        case.expect(error is not None, f"a generator that {told} is an error")
        text = " ".join(f"{each} {getattr(each, '__notes__', '')}" for each in case.reachable(error))
        case.expect("open_a" in text or "A" in text.split(), f"the error of one that {told} names it; it says {error}")


async def _first_error(case: Case) -> BaseException | None:
    try:
        container = case.build()
    except Exception as error:  # noqa: BLE001  # some see it at once
        return error
    return await container.caught(container.get, "A") or await container.caught(container.close)


def _flavours(case: Case) -> tuple[str, ...]:
    fitting = flavours.ASYNC_GENERATOR, flavours.ASYNC_CLASS, flavours.ASYNC_PAIR
    found = tuple(f for f in case.adapter.flavours if (f in fitting) == case.world.is_async and f != flavours.VALUE)
    if not found:
        raise NotOffered
    return found


def _generator(case: Case) -> str:
    wanted = flavours.ASYNC_GENERATOR if case.world.is_async else flavours.GENERATOR
    if wanted not in case.adapter.flavours:
        raise NotOffered
    return wanted


def _length(error: BaseException) -> int:
    n, trace = 0, error.__traceback__
    while trace is not None:
        n, trace = n + 1, trace.tb_next
    return n
