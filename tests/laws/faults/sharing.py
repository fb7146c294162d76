"""Singles of objects that open themselves: shared by scopes, opened late or by hand; and of whose scope is current."""

from typing import Annotated, Any

from tenure import Container, Inject, inject, resource
from tests.laws.faults.singles import WITH_TASKS, Log, Single, called, closed, opened, opening_itself
from tests.laws.faults.uses import World

MAX_PAUSES = 200
MAX_LATE = 8
"""More pauses than the closing of an object takes."""


async def by_hand(world: World, log: Log) -> None:
    """What the user closes by hand is owed no more."""
    container = Container()
    key = opening_itself(world, log, "A")
    container.bind(key, resource(key))
    async with world.inside(container.resource_scope()):
        value = await world.get(container, key)
        await called(value.dispose)
        log.expect("open A", "close A")
        await called(value.dispose)
    await closed(world, container)
    log.expect("open A", "close A")


async def came_open(world: World, log: Log) -> None:
    """What the user opened before it was bound is neither opened again nor closed."""
    container = Container()
    key = opening_itself(world, log, "A")
    value = resource(key)()
    await called(value.initialize)
    container.bind(key, value)
    async with world.inside(container.resource_scope()):
        log.unless(await world.get(container, key) is value, "another object was given")
    await closed(world, container)
    log.expect("open A")
    await called(value.dispose)
    log.expect("open A", "close A")


async def late_object(world: World, log: Log) -> None:
    """An object that is first used after its dependent was opened is closed after it all the same."""
    low = opening_itself(world, log, "A")

    def high(low: Any) -> Any:
        log.steps.append("open B")
        yield low
        log.steps.append("close B")

    high.__annotations__["low"] = low
    container = Container()
    container.bind(low, resource(low))
    container.bind("B", resource(high))
    async with world.inside(container.resource_scope()) as scope:
        await scope.get("B").work()
    log.expect("open B", "open A", "close B", "close A")
    await closed(world, container)


async def asked_in_a_start(world: World, log: Log) -> None:
    """What one start opened closes side by side, save what the opening code of one asked another for (L20)."""
    container = Container()

    async def asking() -> Any:
        await container.aget("A")
        log.steps.append("open B")
        yield "B"
        for _ in range(5):  # as long as A, which nothing declared that B needs, would take
            await world.pause()
        log.steps.append("close B")

    container.bind("A", resource(scope="singleton")(opened(world, log, "A", "A")))
    container.bind("B", resource(scope="singleton")(asking))
    await container.start()
    await closed(world, container)
    log.expect("open A", "open B", "close B", "close A")


async def overlapping_scopes(world: World, log: Log) -> None:
    """Two scopes, neither inside the other, use one object: the first that is left does not close it."""
    container, flags = Container(), set[str]()
    key = opening_itself(world, log, "A")
    container.bind(key, resource(key)())

    async def until(flag: str) -> None:
        for _ in range(MAX_PAUSES):
            if flag in flags:
                return
            await world.pause()
        log.broken.append(f"{flag} never came")

    async def first() -> None:
        async with world.inside(container.resource_scope()):
            await world.get(container, key)
            flags.add("first is in")
            await until("second is in")
        flags.add("first is out")

    async def second() -> None:
        await until("first is in")
        async with world.inside(container.resource_scope()):
            await world.get(container, key)
            flags.add("second is in")
            await until("first is out")
            log.expect("open A")

    await world.together([first, second])
    log.expect("open A", "close A")
    await closed(world, container)


async def scopes_in_turn(world: World, log: Log) -> None:
    """Whenever a scope gets what another one, being left, closes: it has it open for as long as it lasts."""
    for n_pauses in range(MAX_LATE):
        await _in_turn(world, log, n_pauses)


async def _in_turn(world: World, log: Log, n_pauses: int) -> None:
    container, flags, own = Container(), set[str](), Log()
    key = opening_itself(world, own, "A")
    container.bind(key, resource(key)())

    def is_open() -> bool:
        return own.steps.count("open A") > own.steps.count("close A")

    async def first() -> None:
        async with world.inside(container.resource_scope()):
            await world.get(container, key)
            flags.add("first is in")

    async def second() -> None:
        while "first is in" not in flags:
            await world.pause()
        for _ in range(n_pauses):
            await world.pause()
        async with world.inside(container.resource_scope()):
            await world.get(container, key)
            for _ in range(MAX_LATE):
                if not is_open():
                    log.broken.append(f"got {n_pauses} pauses after it was open, and closed in use")
                    break
                await world.pause()

    await world.together([first, second])
    log.unless(not is_open(), f"left open: {own.steps}")
    await closed(world, container)


async def left_scopes(world: World, log: Log) -> None:
    """A scope that was left, with something in it or nothing, is gone from the one around it."""
    container = Container()
    container.bind("A", resource(scope="request")(opened(world, log, "A", "A")))
    async with world.inside(container):
        for keys in ((), ("A",)):
            async with world.inside(container.resource_scope()):
                for key in keys:
                    await world.get(container, key)
            left = [repr(scope) for scope in container.engine.root.children]
            log.unless(not left, f"after it was left, with {keys} in it, the container still has {left}")
    log.expect("open A", "close A")


async def paused_generator(world: World, log: Log) -> None:
    """The scope of a generator that is injected is not that of the code that takes from it."""

    class Own: ...

    class Mine: ...

    container = Container()
    container.bind(Own, resource(scope="call")(opened(world, log, "Own", Own())))
    container.bind(Mine, resource(opened(world, log, "Mine", Mine())))

    def plain(own: Annotated[Any, Inject()]) -> Any:
        yield 1

    async def waiting(own: Annotated[Any, Inject()]) -> Any:
        yield 1

    function: Any = waiting if world.is_async else plain
    function.__annotations__["own"] = Annotated[Own, Inject()]
    items = inject(function, container=container, scope="call")
    async with world.inside(container.resource_scope()):
        each = items()
        _ = await each.__anext__() if world.is_async else next(each)
        await world.get(container, Mine)
        await called(each.aclose if world.is_async else each.close)
        log.expect("open Own", "open Mine", "close Own")
    log.expect("open Own", "open Mine", "close Own", "close Mine")
    await closed(world, container)


SHARING = {
    "by-hand": Single("L17", by_hand),
    "came-open": Single("L12", came_open),
    "late-object": Single("L18", late_object, WITH_TASKS),
    "asked-in-a-start": Single("L20", asked_in_a_start, WITH_TASKS),
    "overlapping-scopes": Single("L11", overlapping_scopes, WITH_TASKS),
    "scopes-in-turn": Single("L11", scopes_in_turn, WITH_TASKS),
    "left-scopes": Single("L46", left_scopes),
    "paused-generator": Single("L47", paused_generator),
}
"""By name."""
