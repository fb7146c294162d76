"""L30 to L36: what cancellation may not do."""

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import ON_ASYNCIO, WITH_TASKS, check
from tenure.testing.contract.nodes import is_cancellation
from tenure.testing.contract.recorder import CLOSED, INTERRUPTED, OPENED, OPENING


@check("L30", WITH_TASKS)
async def closing_runs_to_its_end(case: Case) -> None:
    """However often and at whatever step close is cancelled, every closing comes to its end, or does so later."""
    for n_cancels in (1, 2, 4):
        for n in range(1, 9):
            case.chain("A", "B", closes=case.pause)
            container = case.build()
            await container.get("B")
            async with case.world.tasks() as tasks:
                job = tasks.start(container.close)
                await case.pause(n=n)
                for _ in range(n_cancels):
                    job.cancel()
                    await case.pause(n=1)
            await case.world.settle()
            _expect_uninterrupted(case, f"{n_cancels} cancellations from step {n} on")
            case.expect_all_closed()
            case.trace.steps.clear()


@check("L30", WITH_TASKS)
async def the_end_of_a_scope_runs_to_its_end(case: Case) -> None:
    """A cancellation during the end of a scope interrupts no closing."""
    for n in range(1, 9):
        case.chain("A", "B", lifetime="request", closes=case.pause)
        container = case.build()

        async def use() -> None:
            async with container.scope() as scope:  # noqa: B023  # it runs in this turn
                await scope.get("B")
                used.set()  # noqa: B023

        used = case.world.event()
        async with case.world.tasks() as tasks:
            job = tasks.start(use)
            await used.wait()
            await case.pause(n=n)
            job.cancel()
        await case.world.settle()
        case.expect_all_closed()
        case.trace.steps.clear()
        await container.close()


@check("L31", WITH_TASKS)
async def a_cancellation_during_close_is_raised_after_it(case: Case) -> None:
    """Who is cancelled while he closes is cancelled once that is done."""
    begun, go = case.world.event(), case.world.event()

    async def wait(life: object) -> None:
        begun.set()
        await go.wait()

    async def close() -> None:
        await container.close()
        await case.world.checkpoint()

    case.node("A", closes=wait)
    container = case.build()
    await container.get("A")
    async with case.world.tasks() as tasks:
        job = tasks.start(close)
        await begun.wait()
        job.cancel()
        await case.world.settle()
        go.set()
    case.expect(job.was_cancelled, "a cancellation during close is not lost")
    case.expect(case.trace.count(INTERRUPTED, "A") + case.trace.count(CLOSED, "A") == 1, "A closes once")


@check("L32", WITH_TASKS)
async def a_cancelled_opening_is_completed_or_undone(case: Case) -> None:
    """An opening whose only asker is cancelled is interrupted at once and undone, or completes and is owed."""
    case.chain("A", "B", opens=case.pause, closes=case.pause)
    for n in range(8):
        container = case.build()
        async with case.world.tasks() as tasks:
            job = tasks.start(container.get, "B")
            await case.pause(n=n)
            job.cancel()
        was_used = bool(case.trace.steps)
        error = await container.caught(container.close)
        case.expect(error is None or not was_used, f"close after a cancelled get raises nothing; it raised {error!r}")
        await case.world.settle()
        begun, ended = len(case.trace.lives(OPENING)), len(case.trace.lives(OPENED))
        n_failed = sum(step.act == "failed" for step in case.trace.steps)
        case.expect(begun == ended + n_failed, "every opening that began has come to an end")
        case.expect_all_closed()
        case.trace.steps.clear()


@check("L33", WITH_TASKS)
async def another_waiter_is_served(case: Case) -> None:
    """Of two who wait for one opening one is cancelled, whichever: the other is served."""
    for victim in (0, 1):
        go = case.world.event()

        async def wait(life: object) -> None:
            await go.wait()  # noqa: B023  # it runs in this turn

        case.node("A", opens=wait)
        container = case.build()
        async with case.world.tasks() as tasks:
            jobs = []
            for _ in range(2):
                jobs.append(tasks.start(container.get, "A"))
                await case.world.settle()
            jobs[victim].cancel()
            await case.world.settle()
            go.set()
        other = jobs[1 - victim]
        who = "the first, who opened," if victim == 0 else "the second"
        case.expect(other.error is None, f"{who} is cancelled, the other is served; it got {other.error!r}")
        case.expect(other.value is not None, "the other has the object")
        await container.close()
        case.expect_all_closed()
        case.trace.steps.clear()


@check("L33", WITH_TASKS)
async def a_cancelled_waiter_leaves_at_once(case: Case) -> None:
    """Who is cancelled while he waits for another's opening leaves before that has ended."""
    go = case.world.event()

    async def wait(life: object) -> None:
        await go.wait()

    case.node("A", opens=wait)
    container = case.build()
    async with case.world.tasks() as tasks:
        first = tasks.start(container.get, "A")
        await case.world.settle()
        second = tasks.start(container.get, "A")
        await case.world.settle()
        second.cancel()
        await case.world.settle()
        was_done = second.is_done
        go.set()
    case.expect(was_done, "a cancelled waiter leaves at once")
    case.expect(first.error is None, f"the other is served; it got {first.error!r}")
    await container.close()


@check("L34", WITH_TASKS)
async def cancelled_beforehand_a_close_closes(case: Case) -> None:
    """A close by somebody who is cancelled already closes everything."""
    case.chain("A", "B", closes=case.pause)
    container = case.build()
    await container.get("B")
    with case.world.cancelled() as cancel:
        cancel()
        await container.close()
        await case.world.checkpoint()
    await case.world.settle()

    _expect_uninterrupted(case, "who closes was cancelled before")
    case.expect_all_closed()


@check("L34", WITH_TASKS)
async def cancelled_beforehand_a_start_leaves_nothing(case: Case) -> None:
    """A start by somebody who is cancelled already leaves nothing open."""
    case.chain("A", "B", opens=case.pause)
    container = case.build()
    with case.world.cancelled() as cancel:
        cancel()
        await container.start()
        await case.world.checkpoint()
    await case.world.settle()
    case.expect(not case.trace.live(), "who is cancelled before the start opens nothing that stays")
    await container.close()


@check("L35", ("trio",))
async def closing_waits_inside_a_cancelled_scope(case: Case) -> None:
    """Inside a cancelled trio scope a scope of the container ends, and its closings that wait come to their end."""
    case.chain("A", "B", lifetime="request", closes=case.pause)
    container = case.build()
    with case.world.cancelled() as cancel:
        async with container.scope() as scope:
            await scope.get("B")
            cancel()
            await case.world.checkpoint()
    _expect_uninterrupted(case, "the scope around it is cancelled")
    case.expect_all_closed()
    await container.close()


@check("L36", ON_ASYNCIO)
async def a_second_cancellation_stays_outside(case: Case) -> None:
    """A task that closes is cancelled twice, at different steps: no closing is interrupted."""
    begun, go = case.world.event(), case.world.event()

    async def wait(life: object) -> None:
        begun.set()
        await go.wait()

    case.chain("A", "B", closes=wait)
    container = case.build()
    await container.get("B")
    async with case.world.tasks() as tasks:
        job = tasks.start(container.close)
        await begun.wait()
        for _ in range(2):
            job.cancel()
            await case.world.settle()
        go.set()
    await case.world.settle()

    _expect_uninterrupted(case, "two native cancellations")
    case.expect_all_closed()
    case.expect(job.error is None or is_cancellation(job.error), f"who is cancelled gets that; got {job.error!r}")


def _expect_uninterrupted(case: Case, when: str) -> None:
    cut = case.trace.names(INTERRUPTED)
    case.expect(not cut, f"no closing is interrupted ({when}); interrupted: {cut}")
