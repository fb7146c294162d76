"""Requests, each in a scope with a transaction: committed where all went well, undone otherwise."""

from collections.abc import Callable

from tenure.errors import ContainerClosedError, closing_errors
from tests.laws.servers.scene import ASYNC, scene
from tests.laws.servers.stage import Stage
from tests.laws.servers.worlds import STEP_S


class RequestFailedError(Exception):
    """What a request raises on purpose."""


async def request(stage: Stage, transaction: type, entry: str, is_failing: bool) -> None:
    """Enter *entry* into the ledger, and fail after that if *is_failing*."""
    async with stage.inside() as scope:
        link = await stage.get(transaction, scope)
        await stage.client.put(link.raw, entry)
        if is_failing:
            raise RequestFailedError(entry)


@scene("L13", "L47")
async def commit_or_roll_back(stage: Stage) -> None:
    """One after the other: each second one fails, and is undone."""
    transaction = stage.transaction(stage.connection(scope="request"))
    for number in range(6):
        error = await stage.caught(request, stage, transaction, str(number), number % 2)
        stage.require(isinstance(error, RequestFailedError) == bool(number % 2), "L25", f"the request raised {error!r}")
        await stage.sees(0, "L46")
    stage.require(stage.server.entries() == ["0", "2", "4"], "L13", f"the server kept {stage.server.entries()}")


@scene("L13", "L47")
async def on_one_connection(stage: Stage) -> None:
    """The same with a connection that the container owns: it outlives the requests."""
    transaction = stage.transaction(stage.connection())
    for number in range(6):
        await stage.caught(request, stage, transaction, str(number), number % 2)
        await stage.sees(1, "L47")
    stage.require(stage.server.entries() == ["0", "2", "4"], "L13", f"the server kept {stage.server.entries()}")


@scene("L13", "L41", "L47")
async def fifty_requests(stage: Stage) -> None:
    """Fifty at the same time, each with a connection of its own; each third one fails, and is undone."""
    transaction = stage.transaction(stage.connection(scope="request"))
    async with stage.world.jobs() as start:
        jobs = [start(stage.caught, request, stage, transaction, f"{n:02}", n % 3 == 0) for n in range(50)]
        for job in jobs:
            await job.ended()
    failed = [isinstance(job.value, RequestFailedError) for job in jobs]
    stage.require(failed == [n % 3 == 0 for n in range(50)], "L25", f"{[job.value for job in jobs]}")
    kept = [f"{n:02}" for n in range(50) if n % 3]
    stage.require(stage.server.entries() == kept, "L13", f"the server kept {stage.server.entries()}")


@scene("L13", "L30", "L31", worlds=ASYNC)
async def cancelled_requests(stage: Stage) -> None:
    """Half of ten requests are cancelled when they have written: those are undone, the others are committed."""
    transaction = stage.transaction(stage.connection(scope="request"))
    written: list[int] = []
    is_over: list[bool] = []

    async def wait(number: int) -> None:
        async with stage.inside() as scope:
            await stage.client.put((await stage.get(transaction, scope)).raw, str(number))
            written.append(number)
            await stage.world.until(lambda: is_over, "the end of the requests")

    async with stage.world.jobs() as start:
        jobs = [start(wait, number) for number in range(10)]
        await stage.world.until(lambda: len(written) == 10, "all requests have written")
        for job in jobs[::2]:
            job.cancel()
        for job in jobs[::2]:
            await job.ended()
        await stage.sees(5, "L10")
        is_over.append(True)
    cancelled = [stage.world.is_cancellation(job.error) for job in jobs]
    stage.require(cancelled == [True, False] * 5, "L31", f"cancelled were {cancelled}")
    stage.require(stage.server.entries() == list("13579"), "L13", f"the server kept {stage.server.entries()}")


@scene("L13", "L15", "L37")
async def closed_under_load(stage: Stage) -> None:
    """The container is closed while requests come: exactly those that ended well are there, and no connection."""
    transaction = stage.transaction(stage.connection(scope="request"))
    stage.connection("Shared")
    await stage.world.start(stage.container)
    done: list[str] = []

    async def client(number: int) -> None:
        for turn in range(1000):
            entry = f"{number}.{turn:03}"
            error = await stage.caught(request, stage, transaction, entry, False)
            if error is not None:  # the request was cut off, or it is refused
                stage.require(stage.is_closed, "L37", f"before the close a request raised {error!r}")
                return
            done.append(entry)

    async with stage.world.jobs() as start:
        jobs = [start(client, number) for number in range(8)]
        await stage.world.until(lambda: len(done) > 20, "requests that are done")
        closers = [start(stage.close) for _ in range(2)]
        for job in (*closers, *jobs):
            await job.ended()
    stage.require(not any(job.error for job in jobs), "L37", f"these errors came out: {[job.error for job in jobs]}")
    kept = set(stage.server.entries())
    lost, undone = set(done) - kept, kept - set(done)
    stage.require(not lost, "L13", f"ended well and not committed: {lost}")
    if stage.server.kind == "postgres":  # Redis takes a command whose transaction was cut off as one by itself
        stage.require(not undone, "L13", f"cut off and committed all the same: {undone}")


@scene("L13", "L15", "L37")
async def cut_off_while_it_ends(stage: Stage) -> None:
    """A request that ends while the close undoes it is told so: it does not look as if all had gone well."""
    error, closing = await cut_off(stage, stage.thaw)
    stage.require(isinstance(error, ContainerClosedError), "L13", f"the request that was undone ended with {error!r}")
    stage.require(closing is None, "L37", f"the close raised {closing!r}")
    stage.require(stage.server.entries() == [], "L13", "what was cut off was committed")


@scene("L13", "L23", "L37")
async def cut_off_and_killed(stage: Stage) -> None:
    """What cannot even be undone any more reaches somebody: who closes, or the request."""
    error, closing = await cut_off(stage, stage.kill)
    stage.require(isinstance(error, ContainerClosedError), "L13", f"the request that was undone ended with {error!r}")
    told = [*getattr(closing, "exceptions", ()), *(closing_errors(error) if error else ())]
    stage.require(told, "L23", f"the close raised {closing!r}, the request {error!r}")
    stage.server.start()


async def cut_off(stage: Stage, then: Callable[[], None]) -> tuple[BaseException | None, BaseException | None]:
    """Close while a request is open, end the request while the frozen server is asked to undo it, and do *then*."""
    transaction = stage.transaction(stage.connection(scope="request"))
    has_written: list[bool] = []
    may_end: list[bool] = []

    async def open_request() -> None:
        async with stage.inside() as scope:
            await stage.client.put((await stage.get(transaction, scope)).raw, "undone")
            has_written.append(True)
            await stage.world.until(lambda: may_end, "the end of the request")
            has_written.append(True)

    async with stage.world.jobs() as start:
        request_job = start(stage.caught, open_request)
        await stage.world.until(lambda: has_written, "the request has written")
        stage.freeze("L37")
        close_job = start(stage.close)
        await stage.waited_for()
        may_end.append(True)
        await stage.world.until(lambda: len(has_written) == 2, "the body has ended")
        for _ in range(3):
            await stage.world.pause(STEP_S)  # it comes to its exit, where it has nothing to do but wait
        then()
        return (await request_job.ended()).value, (await close_job.ended()).value
