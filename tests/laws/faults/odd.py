"""Singles of odd values, of observers that raise, and of what is refused: too long a life, another loop, no loop."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from tenure import Container, resource
from tenure.errors import AsyncInSyncError, GraphError, WrongLoopError
from tests.laws.faults.singles import EVERYWHERE, WITH_TASKS, Log, Single, closed, opened
from tests.laws.faults.uses import World
from tests.laws.schedules.hooked import hooked

VALUES: tuple[Any, ...] = (None, 0, False, "", (), ValueError("a value"), KeyError)
"""What is a value like any other (L6)."""
LIMIT_S = 5.0
"""Seconds after which a thread counts as stuck."""


async def odd_values(world: World, log: Log) -> None:
    """Whatever a resource gives is kept, and opened and closed once."""
    container = Container(max_parallel=1)
    for number, value in enumerate(VALUES):
        container.bind(f"v{number}", resource(scope="singleton")(opened(world, log, f"v{number}", value)))
    async with world.inside(container):
        for number, value in enumerate(VALUES):
            for _ in range(2):
                got = await world.get(container, f"v{number}")
                log.unless(got is value, f"{got!r} was given instead of {value!r}")
    numbers = range(len(VALUES))
    log.expect(*(f"open v{n}" for n in numbers), *(f"close v{n}" for n in reversed(numbers)))


async def raising_observers(world: World, log: Log) -> None:
    """Observers that raise change nothing; each is told of once, and dismissed."""
    container = Container(max_parallel=1)
    for name in "AB":
        container.bind(name, resource(scope="singleton")(opened(world, log, name, name)))

    def disturb(event: object) -> None:
        raise ValueError("an observer's")

    def disturb_too(event: object) -> None:
        raise ZeroDivisionError("another observer's")

    container.observe(disturb)
    container.observe(disturb_too)
    with hooked() as told:
        async with world.inside(container):
            log.unless(await world.get(container, "B") == "B", "something else was given")
    log.expect("open A", "open B", "close B", "close A")
    log.unless(sorted(type(error).__name__ for error in told) == ["ValueError", "ZeroDivisionError"], f"told: {told}")


async def captive(world: World, log: Log) -> None:
    """What lives long and needs what lives for a request is refused by the first get, before anything opens."""

    class Plain: ...

    class Brief: ...

    class Long:
        def __init__(self, plain: Plain, brief: Brief) -> None: ...

    container = Container()
    container.bind(Plain, resource(scope="singleton")(opened(world, log, "Plain", Plain())))
    container.bind(Brief, resource(scope="request")(opened(world, log, "Brief", Brief())))
    container.bind(Long, scope="singleton")
    async with world.inside(container.resource_scope()):
        try:
            await world.get(container, Long)
        except GraphError as error:
            log.unless("Long" in str(error) and "Brief" in str(error), f"the error does not name both: {error}")
        except Exception as error:
            log.broken.append(f"{error!r} in place of a GraphError")
        else:
            log.broken.append("a value was given")
    log.expect()
    await closed(world, container)


def _elsewhere(call: Callable[[], Awaitable[Any]]) -> Any:
    """Return what *call* gives, or raises, on a loop of its own in another thread."""
    found: list[Any] = [TimeoutError("it waits for ever")]

    async def main() -> Any:
        return await call()

    def run() -> None:
        try:
            found.append(asyncio.run(main()))
        except BaseException as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LIMIT_S)
    return found[-1]


async def other_loop(world: World, log: Log) -> None:
    """What was opened on one loop is neither given to nor closed by code on another one that runs at the same time."""
    container = Container()
    container.bind("A", resource(scope="singleton")(opened(world, log, "A", "A")))
    await world.get(container, "A")
    got = _elsewhere(lambda: container.aget("A"))
    log.unless(isinstance(got, WrongLoopError), f"another loop was given {got!r}")
    if log.broken:
        return
    got = _elsewhere(container.aclose)
    log.unless(isinstance(got, WrongLoopError), f"a close on another loop came to {got!r}")
    log.expect("open A")
    await closed(world, container)
    log.expect("open A", "close A")


async def refused_close(world: World, log: Log) -> None:
    """A close that cannot wait, of what has to be awaited, closes nothing; one that can finishes the job."""

    def plain() -> Any:
        log.steps.append("open P")
        yield "P"
        log.steps.append("close P")

    container = Container()
    container.bind("A", resource(scope="singleton")(opened(world, log, "A", "A")))
    container.bind("P", resource(scope="singleton")(plain))
    await world.get(container, "A")
    await world.get(container, "P")
    try:
        container.close()
    except AsyncInSyncError:
        pass
    else:
        log.broken.append("the close was not refused")
    log.expect("open A", "open P")
    log.unless(await world.get(container, "P") == "P", "it serves no more")
    await closed(world, container)
    log.expect("open A", "open P", "close P", "close A")


ODD = {
    "odd-values": Single("L6", odd_values, EVERYWHERE),
    "raising-observers": Single("L29", raising_observers, EVERYWHERE),
    "captive": Single("L48", captive, EVERYWHERE),
    "other-loop": Single("L54", other_loop, WITH_TASKS),
    "refused-close": Single("L51", refused_close, WITH_TASKS),
}
"""By name."""
