"""L65 and L66: trying again, and looking."""

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import EVERYWHERE, WITH_TASKS, check
from tenure.testing.contract.recorder import OPENED, OPENING


@check("L65", EVERYWHERE)
async def an_opening_is_tried_again(case: Case) -> None:
    """Of three attempts two fail: one object, and the failures are not owed."""
    case.want("retry")
    error = ValueError("not yet")
    case.node("A", opens=case.failing(error, error, None), retry=3)
    container = case.build()
    await container.get("A")
    await container.close()

    case.expect(case.trace.count(OPENING, "A") == 3, "the third attempt is the last")
    case.expect_all_closed()
    case.expect_none(case.trace.twice())


@check("L65", EVERYWHERE)
async def attempts_are_limited(case: Case) -> None:
    """After the last attempt the error leaves as itself."""
    case.want("retry")
    errors = [ValueError(str(n)) for n in range(9)]
    case.node("A", opens=case.failing(*errors), retry=3)
    container = case.build()
    raised = await container.caught(container.get, "A")

    n = case.trace.count(OPENING, "A")
    case.expect(n == 3, f"there are three attempts; seen: {n}")
    case.expect(raised is errors[2], f"the error of the last leaves; what left is {raised!r}")
    await container.close()


@check("L65", WITH_TASKS)
async def a_cancellation_ends_retrying(case: Case) -> None:
    """Who is cancelled between two attempts makes no other."""
    failed = case.world.event()

    async def fail(life: object) -> None:
        failed.set()
        raise ValueError("no A")

    case.want("retry")
    case.node("A", opens=fail, retry=5)
    container = case.build()
    async with case.world.tasks() as tasks:
        job = tasks.start(container.get, "A")
        await failed.wait()
        await case.world.checkpoint()
        job.cancel()
    n = case.trace.count(OPENING, "A")
    await case.world.sleep(2)
    case.expect(case.trace.count(OPENING, "A") == n, "no attempt begins after the cancellation")
    await container.close()


@check("L66", EVERYWHERE)
async def looking_opens_nothing(case: Case) -> None:
    """A probe of a container whose resources are not open opens none and raises nothing."""
    case.chain("A", "B")
    container = case.build()
    error = await container.caught(container.adapter.probe)
    opened = case.trace.names(OPENED)
    await container.close()

    case.expect(error is None, f"a probe raises nothing; it raised {error!r}")
    case.expect(not opened, f"a probe opens nothing; it opened {opened}")
