"""Who is cancelled, or closes, while a connection is made or a commit is under way."""

from tenure.errors import ContainerClosedError
from tests.laws.servers.scene import ASYNC, scene
from tests.laws.servers.stage import Stage


@scene("L8", "L34", worlds=ASYNC)
async def cancelled_while_opening(stage: Stage) -> None:
    """A request that is cancelled while it connects leaves nothing on the server."""
    transaction = stage.transaction(stage.connection(scope="request"))
    await cancelled(stage, transaction, is_in_request=True)


@scene("L8", "L33", worlds=ASYNC)
async def cancelled_while_the_root_opens(stage: Stage) -> None:
    """The same for what the container would own."""
    session = stage.transaction(stage.connection(), "Session", scope="singleton")
    await cancelled(stage, session, is_in_request=False)


async def cancelled(stage: Stage, key: type, is_in_request: bool) -> None:
    async def request() -> None:
        if is_in_request:
            async with stage.inside() as scope:
                await stage.get(key, scope)
        else:
            await stage.get(key)

    async with stage.world.jobs() as start:
        stage.freeze("L33")
        job = start(request)
        await stage.waited_for()
        job.cancel()
        if not is_in_request:
            await job.ended()  # a waiter leaves at once, whatever becomes of the opening
        stage.thaw()
        await job.ended()
    stage.require(stage.world.is_cancellation(job.error), "L31", f"the cancelled request ended with {job.error!r}")
    await stage.close()
    await stage.sees(0, "L8")


@scene("L2", "L33", worlds=ASYNC)
async def one_of_five_waiters_cancelled(stage: Stage) -> None:
    """Five ask for one connection that hangs; one is cancelled and leaves; the others get the same one."""
    key = stage.connection()
    async with stage.world.jobs() as start:
        stage.freeze("L33")
        jobs = [start(stage.get, key) for _ in range(5)]
        await stage.waited_for()
        jobs[0].cancel()
        await jobs[0].ended()
        stage.thaw()
        values = [(await job.ended()).value for job in jobs]
    stage.require(stage.world.is_cancellation(jobs[0].error), "L33", f"the first waiter ended with {jobs[0].error!r}")
    stage.require(values[1] is not None and values[1:] == [values[1]] * 4, "L2", f"the others got {values[1:]}")
    await stage.sees(1, "L2")


@scene("L8", "L37", worlds=("sync", *ASYNC))
async def closed_while_opening(stage: Stage) -> None:
    """A close while a connection is made waits for it and closes it: who asked for it got it before, or an error."""
    key = stage.connection()
    async with stage.world.jobs() as start:
        stage.freeze("L37")
        jobs = [start(stage.caught, stage.get, key)]
        await stage.waited_for()
        jobs.append(start(stage.close))
        await stage.world.until(lambda: stage.container.snapshot().state != "open", "the close begins")
        stage.thaw()
        errors = [(await job.ended()).value for job in jobs]
    is_right = errors[0] is None or isinstance(errors[0], ContainerClosedError)
    stage.require(is_right, "L37", f"the waiter got {errors[0]!r}")
    stage.require(errors[1] is None, "L37", f"the close raised {errors[1]!r}")
    refusal = await stage.caught(stage.get, key)
    stage.require(isinstance(refusal, ContainerClosedError), "L50", f"after the close it raised {refusal!r}")
    await stage.sees(0, "L37")


@scene("L30", "L31", worlds=ASYNC)
async def cancelled_in_release(stage: Stage) -> None:
    """A commit under way is out of reach of those who cancel, where the resource is shielded: it arrives."""
    connection = stage.connection(scope="request", shield=True)
    await committed(stage, stage.transaction(connection, shield=True))
    stage.require(stage.server.entries() == ["kept"], "L30", f"the server kept {stage.server.entries()}")


@scene("L10", "L31", worlds=ASYNC)
async def cancelled_in_inline_release(stage: Stage) -> None:
    """Where it is not shielded, a cancel ends at most the one closing that waited; the rest is closed."""
    stage.interruptible = stage.world.name != "trio"
    await committed(stage, stage.transaction(stage.connection(scope="request")))
    closed = {step.life[0] for step in stage.trace.steps if step.act == "closing"}
    stage.require(len(closed) == 2, "L10", f"only these were closed: {closed}")


async def committed(stage: Stage, transaction: type) -> None:
    async def request() -> None:
        async with stage.inside() as scope:
            await stage.client.put((await stage.get(transaction, scope)).raw, "kept")
            stage.freeze("L30")

    async with stage.world.jobs() as start:
        job = start(request)
        await stage.waited_for()
        for _ in range(3):
            job.cancel()
            await stage.world.pause(0)
        stage.thaw()
        await job.ended()
    stage.require(stage.world.is_cancellation(job.error), "L31", f"the cancelled request ended with {job.error!r}")
