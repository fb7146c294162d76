"""A server that neither answers nor ends connections: only time limits and cancellation help."""

from typing import Any

from tenure.errors import CloseError, ResourceTimeoutError, closing_errors
from tests.laws.servers.clients import client_for
from tests.laws.servers.scene import ASYNC, scene
from tests.laws.servers.stage import LIMIT_S, Stage


@scene("L8", "L60", worlds=ASYNC)
async def frozen_opening(stage: Stage) -> None:
    """An opening that hangs is given up and named; what it needs stays open; the next one succeeds."""
    first = stage.connection("First")
    second = stage.connection("Second", first, open_timeout=LIMIT_S)
    await stage.get(first)
    stage.freeze("L60")
    error = await stage.caught(stage.get, second)
    stage.thaw()

    names(stage, error, "open", "Second")
    await stage.sees(1, "L8")
    await stage.get(second)
    await stage.sees(2, "L7")


@scene("L8", "L60", worlds=ASYNC)
async def frozen_opening_in_a_request(stage: Stage) -> None:
    """The same in the task of a request, which goes on."""
    connection = stage.connection(scope="request", open_timeout=LIMIT_S)
    transaction = stage.transaction(connection)
    async with stage.inside() as scope:
        stage.freeze("L60")
        error = await stage.caught(stage.get, transaction, scope)
        stage.thaw()
        names(stage, error, "open", "Connection")
        await stage.client.put((await stage.get(transaction, scope)).raw, "kept")
    stage.require(stage.server.entries() == ["kept"], "L13", f"the server kept {stage.server.entries()}")


@scene("L4", "L60", "L64", worlds=ASYNC)
async def frozen_start(stage: Stage) -> None:
    """A start of five is undone as a whole when one of them hangs; what was open before it stays."""
    before = stage.connection("Before")
    await stage.get(before)
    for number in range(5):
        stage.connection(f"Late{number}", before, open_timeout=LIMIT_S)
    stage.freeze("L60")
    error = await stage.caught(stage.world.start, stage.container)
    stage.thaw()

    stage.require(isinstance(error, ResourceTimeoutError), "L60", f"the start raised {error!r}")
    await stage.sees(1, "L4")
    await stage.world.start(stage.container)
    await stage.sees(6, "L4")


@scene("L25", "L30", "L61", worlds=ASYNC)
async def frozen_in_use(stage: Stage) -> None:
    """The body gives up; the undoing hangs and is given up as well; the body's error leaves, both are named."""
    connection = stage.connection(scope="request", close_timeout=LIMIT_S)
    transaction = stage.transaction(connection, close_timeout=LIMIT_S)
    stage.interruptible = True

    async def request() -> None:
        async with stage.inside() as scope:
            await stage.get(transaction, scope)
            stage.freeze("L61")
            stage.primary = TimeoutError("the body has given up")
            raise stage.primary

    error = await stage.caught(request)
    stage.thaw()
    stage.require(error is stage.primary, "L25", f"the body's error left as {error!r}")
    late = [each for each in closing_errors(error) if isinstance(each, ResourceTimeoutError)] if error else []
    labels = [each.label for each in late]
    stage.require("Transaction" in " ".join(labels), "L61", f"given up: {labels}")
    stage.require(stage.server.entries() == [], "L13", "what the body gave up was committed")


@scene("L10", "L61", worlds=ASYNC)
async def frozen_in_release(stage: Stage) -> None:
    """A commit that hangs in a request is given up and named; what it needs closes all the same."""
    connection = stage.connection(scope="request", close_timeout=LIMIT_S)
    transaction = stage.transaction(connection, close_timeout=LIMIT_S)
    stage.interruptible = True

    async def request() -> None:
        async with stage.inside() as scope:
            await stage.get(transaction, scope)
            stage.freeze("L61")

    error = await stage.caught(request)
    stage.thaw()
    names(stage, error, "close", "Transaction")


@scene("L10", "L61", worlds=ASYNC)
async def frozen_at_the_end(stage: Stage) -> None:
    """The same for what the container owns, with three more connections that it closes."""
    first = stage.connection("First", close_timeout=LIMIT_S)
    session = stage.transaction(first, "Session", scope="singleton", close_timeout=LIMIT_S)
    others = [stage.connection(f"Other{number}", close_timeout=LIMIT_S) for number in range(3)]
    stage.interruptible = True
    for key in (session, *others):
        await stage.get(key)
    stage.freeze("L61")
    error = await stage.close()
    stage.thaw()

    names(stage, error, "close", "Session")
    closed = {step.life[0] for step in stage.trace.steps if step.act == "closing"}
    stage.require(len(closed) == 5, "L10", f"only these were closed: {closed}")


@scene("L61", "L62", worlds=ASYNC)
async def frozen_blocking_release(stage: Stage) -> None:
    """A blocking commit that hangs stops neither the loop nor the close, though it cannot be stopped itself."""
    stage.client = client_for("sync", {"postgres": "psycopg", "redis": "redis-py"}[stage.server.kind])
    first = stage.connection("First")
    session = stage.transaction(first, "Session", scope="singleton", close_timeout=LIMIT_S)
    await stage.get(session)
    stage.freeze("L62")
    ticks: list[int] = []
    async with stage.world.jobs() as start:
        job = start(stage.close)
        while not job.is_done:
            ticks.append(len(ticks))
            await stage.world.pause(LIMIT_S / 20)
    stage.thaw()
    names(stage, job.value, "close", "Session")
    stage.require(len(ticks) > 2, "L62", f"the loop went round {len(ticks)} times while a closing hung")
    await stage.world.until(lambda: len(endings(stage, "Session")) == 2, "the closing that was given up")


def endings(stage: Stage, name: str) -> list[str]:
    """Return how the closing of *name* went, and that it was given up."""
    before = ("opening", "opened", "closing")
    return [step.act for step in stage.trace.steps if step.life[0] == name and step.act not in before]


def members(error: Any) -> list[BaseException]:
    """Return the errors that *error* groups, or itself."""
    return list(error.exceptions) if isinstance(error, CloseError) else [error]


def names(stage: Stage, error: Any, phase: str, name: str) -> None:
    """Require that *error* names the resource *name* as the one that ran over its limit in *phase*."""
    late = [each for each in members(error) if isinstance(each, ResourceTimeoutError) and each.phase == phase]
    is_right = any(name in each.label for each in late)
    stage.require(is_right, "L60" if phase == "open" else "L61", f"not {name} was named but {error!r}")
