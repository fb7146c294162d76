"""A server, or one connection of it, is killed at every phase of a resource."""

from typing import Any

from tenure import Retry
from tests.laws.servers.scene import scene
from tests.laws.servers.stage import Link, Stage


@scene("L3", "L7")
async def killed_before_opening(stage: Stage) -> None:
    """The client's own error passes through, nothing is owed, and nothing of it is remembered."""
    key = stage.connection()
    stage.kill()
    error = await stage.caught(stage.get, key)

    stage.require(isinstance(error, stage.client.unreachable), "L25", f"the client's error came as {error!r}")
    stage.server.start()
    await stage.client.ping((await stage.get(key)).raw)
    await stage.sees(1, "L2")


@scene("L3", "L7", "L8")
async def killed_while_opening(stage: Stage) -> None:
    """A connection that breaks before it is there is owed no more than one that was refused."""
    first = stage.connection("First")
    key = stage.connection("Second", first)
    await stage.get(first)
    stage.freeze("L8")
    async with stage.world.jobs() as start:
        job = start(stage.caught, stage.get, key)
        await stage.waited_for()
        stage.kill()
        error = (await job.ended()).value

    stage.require(isinstance(error, stage.client.unreachable), "L25", f"the client's error came as {error!r}")
    await stage.close()
    stage.server.start()


@scene("L13", "L23", "L25")
async def killed_before_use(stage: Stage) -> None:
    """The body's error leaves as itself, what failed to close goes with it, and everything is closed."""
    transaction = stage.transaction(stage.connection(scope="request"))

    async def request() -> None:
        async with stage.inside() as scope:
            link = await stage.get(transaction, scope)
            stage.kill()
            await told(stage, stage.client.put(link.raw, "lost"))

    error = await stage.caught(request)
    stage.require(error is not None and error is stage.primary, "L25", f"the body's error left as {error!r}")
    closings = [step.act for step in stage.trace.steps if step.life[0] == "Transaction"]
    stage.require(closings[-1] == "close-failed", "L23", f"a dead transaction was {closings[-1]}")
    stage.server.start()
    stage.require(stage.server.entries() == [], "L13", "a dead transaction was committed")


@scene("L13", "L23", "L25")
async def killed_in_use(stage: Stage) -> None:
    """The same while the server works on a statement."""
    transaction = stage.transaction(stage.connection(scope="request"))
    open_ = stage.connection("Idle")
    links: list[Link] = []

    async def request() -> None:
        async with stage.inside() as scope:
            await stage.get(open_, scope)
            links.append(await stage.get(transaction, scope))
            await told(stage, stage.client.sleep(links[0].raw))

    if stage.server.kind == "redis":
        transaction = stage.connection("Busy", scope="request")  # nothing blocks inside a transaction of Redis
    async with stage.world.jobs() as start:
        job = start(stage.caught, request)
        await stage.world.until(stage.server.is_busy, "a statement runs")
        stage.kill()
        error = (await job.ended()).value

    stage.require(error is not None and error is stage.primary, "L25", f"the body's error left as {error!r}")
    await stage.close()
    stage.server.start()


@scene("L10", "L23")
async def killed_in_release(stage: Stage) -> None:
    """The closing that the server did not live to answer fails; the others go on, and the error reaches the closer."""
    first = stage.connection("First")
    session = stage.transaction(first, "Session", scope="singleton", close_timeout=20.0)
    await stage.get(session)
    stage.freeze("L23")
    async with stage.world.jobs() as start:
        job = start(stage.close)
        await stage.waited_for()
        stage.kill()
        error = (await job.ended()).value

    members = getattr(error, "exceptions", ())
    stage.require(len(members) == 1, "L23", f"closing raised {error!r}")
    stage.server.start()
    stage.require(stage.server.entries() == [], "L13", "an unanswered commit is there")


@scene("L7", "L46", "L65")
async def connection_killed(stage: Stage) -> None:
    """One request loses its connection; the next one gets a new one as soon as the server gives it."""
    patient = Retry(attempts=400, backoff=0.01, growth=1.0)
    connection = stage.connection(scope="request", retry=patient)
    transaction = stage.transaction(connection)

    async def request(entry: str, is_cut: bool) -> None:
        async with stage.inside() as scope:
            link = await stage.get(transaction, scope)
            if is_cut:
                stage.server.cut(await stage.client.identity((await stage.get(connection, scope)).raw))
            await told(stage, stage.client.put(link.raw, entry))

    if stage.server.kind == "redis":
        transaction = connection  # asking who one is does not belong into a transaction of Redis
    error = await stage.caught(request, "cut", True)
    stage.require(error is stage.primary, "L25", f"the body's error left as {error!r}")
    await request("kept", False)
    stage.server.wait_until_up()
    stage.require(stage.server.entries() == ["kept"], "L13", f"the server kept {stage.server.entries()}")


@scene("L18", "L23")
async def one_of_two_killed(stage: Stage) -> None:
    """What a dead connection cannot do any more harms none of the living."""
    first = stage.connection("First")
    second = stage.connection("Second", first)
    sessions = [stage.transaction(key, f"Session{key.__name__}", scope="singleton") for key in (first, second)]
    doomed = await stage.client.identity((await stage.get(second)).raw)
    links = [await stage.get(key) for key in sessions]
    await stage.client.put(links[0].raw, "kept")
    await stage.client.put(links[1].raw, "lost")
    stage.server.dismiss(doomed)
    error = await stage.close()

    failed = [step.life[0] for step in stage.trace.steps if step.act == "close-failed"]
    stage.require(failed == ["SessionSecond"], "L24", f"these failed to close: {failed}")
    stage.require(len(getattr(error, "exceptions", ())) == len(failed), "L23", f"closing raised {error!r}")
    stage.require(stage.server.entries() == ["kept"], "L10", f"the server kept {stage.server.entries()}")


async def told(stage: Stage, use: Any) -> None:
    """Await *use*; what it raises is the error that has to leave the scope as itself."""
    try:
        await use
    except Exception as error:
        stage.primary = error
        raise
