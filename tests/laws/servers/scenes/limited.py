"""Servers that have no connection left, come up late, or are started again."""

from functools import partial
from inspect import signature
from typing import Any

from tenure import Container, Retry, resource
from tests.laws.servers.scene import ASYNC, scene
from tests.laws.servers.stage import Stage
from tests.real.running import free_port


@scene("L7", "L25")
async def limit_reached(stage: Stage) -> None:
    """The server's refusal passes through; as soon as a request gave its connection back, the next one gets it."""
    connection = stage.connection(scope="request")
    stage.server.limit(2)
    async with stage.inside() as outer:
        await stage.get(connection, outer)
        async with stage.container_scope() as inner:
            await stage.get(connection, inner)
            async with stage.container_scope() as refused:
                error = await stage.caught(stage.get, connection, refused)
                stage.require(isinstance(error, stage.client.refused), "L25", f"the refusal came as {error!r}")
        await stage.sees(1)
        async with stage.container_scope() as again:
            await stage.get(connection, again)
            await stage.sees(2)


@scene("L4", "L7", "L64")
async def limit_reached_by_a_start(stage: Stage) -> None:
    """A start of five connections of which the server grants four leaves none; the next start is a first one."""
    for number in range(5):
        stage.connection(f"Connection{number}")
    stage.server.limit(4)
    error = await stage.caught(stage.world.start, stage.container)

    stage.require(isinstance(error, stage.client.refused), "L25", f"the refusal came as {error!r}")
    await stage.sees(0, "L4")
    stage.server.limit(None)
    await stage.world.start(stage.container)
    await stage.sees(5, "L7")


@scene("L4", "L64")
async def one_of_five_fails(stage: Stage) -> None:
    """A start of five, of which the third finds nobody at its address, leaves no connection."""
    key = None
    for number in range(5):
        where = {"port": free_port()} if number == 2 else {}
        key = stage.connection(f"Connection{number}", key if number > 3 else None, **where)
    error = await stage.caught(stage.world.start, stage.container)

    stage.require(isinstance(error, stage.client.unreachable), "L25", f"the client's error came as {error!r}")
    await stage.sees(0, "L4")


@scene("L65")
async def tried_until_it_is_up(stage: Stage) -> None:
    """An opening that is tried again finds the server as soon as it is up, and leaves one connection, not many."""
    key = stage.connection(retry=Retry(attempts=200, backoff=0.01, growth=1.0))
    tried: list[int] = []

    def start_late(event: Any) -> None:
        if type(event).__name__ == "OpenRetried":
            tried.append(event.attempt)
            if len(tried) == 3:
                stage.server.start()

    stage.observers.append(start_late)
    stage.kill()
    link = await stage.get(key)

    await stage.client.ping(link.raw)
    stage.require(len(tried) >= 3, "L65", f"{len(tried)} attempts were told")
    await stage.sees(1, "L65")


@scene("L65", worlds=ASYNC)
async def cancelled_between_attempts(stage: Stage) -> None:
    """Who is cancelled while the next attempt is waited for, makes no further one."""
    key = stage.connection(scope="request", retry=Retry(attempts=1000, backoff=60.0))
    tried: list[Any] = []
    stage.observers.append(lambda event: tried.append(event) if type(event).__name__ == "OpenRetried" else None)

    async def request() -> None:
        async with stage.inside() as scope:
            await stage.get(key, scope)

    stage.kill()
    async with stage.world.jobs() as start:
        job = start(request)
        await stage.world.until(lambda: tried, "a failed attempt")
        job.cancel()
        await job.ended(limit_s=5)
    stage.server.start()
    stage.require(stage.world.is_cancellation(job.error), "L65", f"the cancelled request ended with {job.error!r}")
    stage.require(len(tried) == 1, "L65", f"there were {len(tried)} attempts")


@scene("L59")
async def started_and_closed_again(stage: Stage) -> None:
    """A container can be started and closed again and again; each time it connects anew, each time nothing remains."""
    connection = stage.connection()
    session = stage.transaction(connection, "Session", scope="singleton")
    seen = set()
    for number in range(10):
        await stage.world.start(stage.container)
        link = await stage.get(connection)
        seen.add(link.life)
        await stage.client.put((await stage.get(session)).raw, str(number))
        await stage.sees(1, "L59")
        await stage.world.close(stage.container)
        await stage.sees(0, "L59")
    stage.require(len(seen) == 10, "L59", f"{len(seen)} connections in ten lives")
    stage.require(len(stage.server.entries()) == 10, "L10", f"the server kept {stage.server.entries()}")


@scene("L57")
async def overridden_across_a_restart(stage: Stage) -> None:
    """While a dead connection is overridden, what needs it works with the other; then it is visible again."""
    connection = stage.connection()
    session = stage.connection("Session", connection)
    first = await stage.get(session)
    stage.kill()
    stage.server.start()
    stage.client.hang_up((await stage.get(connection)).raw)
    await overridden(stage, connection, session, first)
    stage.require(await stage.get(session) is first, "L57", "the original is not visible again")


async def overridden(stage: Stage, connection: type, session: type, first: Any) -> None:
    """Look at what is there while *connection* is overridden: both are made anew."""
    other = stage.connection_target("Replacement")
    stage.era = "overridden"
    async with stage.world.overriding(stage.container, connection, other):
        link = await stage.get(session)
        stage.require(link is not first, "L57", "what was made from the overridden was handed out")
        await stage.client.ping(link.raw)
        await stage.client.ping((await stage.get(connection)).raw)
        await stage.sees(2, "L57")


if hasattr(Container, "reset"):

    @scene("L58")
    async def reset_after_a_restart(stage: Stage) -> None:
        """What depends on a dead connection is closed before it; the next request has both anew, and nothing else."""
        connection = stage.connection()
        session = stage.connection("Session", connection)
        apart = stage.connection("Apart")
        before = [await stage.get(key) for key in (session, connection, apart)]
        stage.server.cut(await stage.client.identity(before[1].raw))
        stage.server.wait_until_up()
        await stage.caught(stage.world.reset, stage.container, connection)
        after = [await stage.get(key) for key in (session, connection, apart)]

        same = [old is new for old, new in zip(before, after, strict=True)]
        stage.require(same == [False, False, True], "L58", f"kept as they were: {same}")
        await stage.client.ping(after[0].raw)
        await stage.client.ping(after[1].raw)


if "optional" in signature(resource).parameters:

    @scene("L4", "L64")
    async def started_without_it(stage: Stage) -> None:
        """A connection that is declared optional and finds no server gives its fallback; the others are there."""
        missing = stage.connection("Missing", port=free_port(), optional=True, fallback="nothing")
        there = stage.connection("There")
        await stage.world.start(stage.container, missing, there)
        stage.require(await stage.world.get(stage.container, missing) == "nothing", "L64", "the fallback was not given")
        await stage.client.ping((await stage.get(there)).raw)
        await stage.sees(1)


if "parallel" in signature(Container.start_sync).parameters:

    @scene("L4", "L64", worlds=("sync",))
    async def limit_reached_by_threads(stage: Stage) -> None:
        """A start of five by threads, of which the server grants four, leaves none; the next start is a first one."""
        for number in range(5):
            stage.connection(f"Connection{number}")
        stage.server.limit(4)
        start = partial(stage.container.start_sync, parallel=True)
        error = stage.caught_sync(start)

        stage.require(isinstance(error, stage.client.refused), "L25", f"the refusal came as {error!r}")
        await stage.sees(0, "L4")
        stage.server.limit(None)
        start()
        await stage.sees(5, "L7")
