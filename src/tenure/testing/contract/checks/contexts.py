"""L52, L53 and L56: tasks and contexts of the resource's own."""

import asyncio
import contextvars
from typing import Any

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import WITH_TASKS, check
from tenure.testing.contract.driven import Driven
from tenure.testing.contract.nodes import Hook
from tenure.testing.contract.recorder import CLOSED, CLOSING, OPENED, Life


@check("L52", WITH_TASKS)
async def both_halves_run_in_one_task(case: Case) -> None:
    """A resource that one task asked for and another closes opens and closes in one task and context."""
    variable = contextvars.ContextVar[str]("variable")
    tokens: dict[Life, contextvars.Token[str]] = {}

    async def enter(life: Life) -> None:
        tokens[life] = variable.set("set")
        await case.pause()

    async def leave(life: Life) -> None:
        await case.pause()
        variable.reset(tokens[life])

    case.chain("A", "B", opens=enter, closes=leave)
    container = case.build()
    async with case.world.tasks() as tasks:
        tasks.start(container.get, "B")
    error = await container.caught(container.close)
    case.expect(error is None, f"a context variable can be reset in the closing; it raised {error!r}")
    for name in "AB":
        seen = {step.task for act in (OPENED, CLOSING) for step in case.trace.of(name, act)}
        case.expect(len(seen) == 1, f"{name} is opened and closed in one task; seen: {len(seen)} tasks")


@check("L52", WITH_TASKS)
async def a_cancel_scope_may_span_the_yield(case: Case) -> None:
    """A resource that holds a cancel scope or timeout open opens in one task, serves others, and closes."""
    enter, leave = _holding_scope(case)
    case.chain("A", "B", opens=enter, closes=leave)
    container = case.build()
    async with case.world.tasks() as tasks:
        job = tasks.start(container.get, "B")
    case.expect(job.error is None, f"it opens; it raised {job.error!r}")
    error = await container.caught(container.close)
    case.expect(error is None, f"it closes; it raised {error!r}")
    case.expect_all_closed()


@check("L53", WITH_TASKS)
async def context_stays_with_its_resource(case: Case) -> None:
    """A context variable set while A opens is there while A closes, and not in B."""
    variable = contextvars.ContextVar("variable", default="unset")
    seen: dict[str, str] = {}

    async def enter(life: Life) -> None:
        if life[0] == "A":
            variable.set("A's")
        else:
            seen["B opening"] = variable.get()

    async def leave(life: Life) -> None:
        seen[f"{life[0]} closing"] = variable.get()

    for name in "AB":
        case.node(name, opens=enter, closes=leave)
    container = case.build()
    async with case.world.tasks() as tasks:
        await tasks.start(_both, container).wait()
    await container.close()

    wanted = {"A closing": "A's", "B opening": "unset", "B closing": "unset"}
    case.expect(seen == wanted, f"a context variable of A is A's alone; seen: {seen}")


@check("L56", WITH_TASKS)
async def a_crash_inside_reaches_the_body(case: Case) -> None:
    """When a task group that a resource holds open fails, the body of the scope is cancelled, and its end raises."""
    crash, crashed = case.world.event(), ValueError("a task of A")
    enter, leave = _holding_group(case, crash, crashed)
    case.node("A", lifetime="request", opens=enter, closes=leave)
    case.node("B", lifetime="request")
    container = case.build()
    reached_end: list[str] = []

    async def use() -> None:
        async with container.scope() as scope:
            await scope.get("B")
            await scope.get("A")
            crash.set()
            await case.world.sleep(1)
            reached_end.append("body")

    error = await container.caught(use)
    case.expect(any(each is crashed for each in case.reachable(error)), f"the scope raises it; it raised {error!r}")
    case.expect(not reached_end, "the body is cancelled")
    case.expect(case.trace.count(CLOSED, "B") == 1, "the others are closed")
    await container.caught(container.close)


async def _both(container: Driven) -> None:
    await container.get("A")
    await container.get("B")


def _holding_scope(case: Case) -> tuple[Hook, Hook]:
    held: dict[Life, Any] = {}
    if case.world.name == "trio":
        import trio  # noqa: PLC0415  # an extra

        async def enter(life: Life) -> None:
            held[life] = trio.CancelScope()
            held[life].__enter__()

        async def leave(life: Life) -> None:
            await case.pause()
            held[life].__exit__(None, None, None)
    else:

        async def enter(life: Life) -> None:
            held[life] = asyncio.timeout(1000)
            await held[life].__aenter__()
            held[life].task = asyncio.current_task()

        async def leave(life: Life) -> None:
            await case.pause()
            case.expect(held[life].task is asyncio.current_task(), "a timeout is left in the task that entered it")
            await held[life].__aexit__(None, None, None)

    return enter, leave


def _holding_group(case: Case, crash: Any, error: BaseException) -> tuple[Hook, Hook]:
    held: dict[Life, Any] = {}

    async def fail() -> None:
        await crash.wait()
        raise error

    if case.world.name == "trio":
        import trio  # noqa: PLC0415  # an extra

        async def enter(life: Life) -> None:
            held[life] = trio.open_nursery()
            nursery = await held[life].__aenter__()
            nursery.start_soon(fail)
    else:

        async def enter(life: Life) -> None:
            held[life] = asyncio.TaskGroup()
            await held[life].__aenter__()
            held[life].create_task(fail())

    async def leave(life: Life) -> None:
        await held[life].__aexit__(None, None, None)

    return enter, leave
