"""L37 to L40: several tasks at once."""

import gc
import threading
from collections.abc import Awaitable
from types import AsyncGeneratorType, GeneratorType

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import EVERYWHERE, WITH_TASKS, check
from tenure.testing.contract.driven import Driven
from tenure.testing.contract.recorder import CLOSED, CLOSING, OPENED, Life


@check("L37", WITH_TASKS)
async def what_opens_while_closing_is_closed(case: Case) -> None:
    """A close begins while something opens: when close is back, nothing is open, and no closed object was given out."""
    go = case.world.event()

    async def wait(life: object) -> None:
        await go.wait()

    case.node("A")
    case.node("B", "A", opens=wait)
    case.node("C")
    container = case.build()
    await container.get("C")
    async with case.world.tasks() as tasks:
        asked = tasks.start(container.get, "B")
        await case.world.settle()
        closing = tasks.start(container.close)
        await case.world.settle()
        go.set()
    await case.world.settle()

    case.expect(closing.error is None, f"close raises nothing; it raised {closing.error!r}")
    await _expect_nothing_stays(case, container)
    case.expect_none(case.trace.twice())
    case.expect_none(case.trace.misordered())
    refused = asked.error is not None
    opened_first = case.trace.count(CLOSED, "B") == case.trace.count(OPENED, "B")
    case.expect(refused or opened_first, "the get is refused, or what it got is closed")


@check("L37", WITH_TASKS)
async def a_get_at_any_step_of_a_close_leaks_nothing(case: Case) -> None:
    """A get that begins at any step of a close is refused, or what it opened is closed."""
    for n in range(10):
        case.chain("A", "B", opens=case.pause, closes=case.pause)
        container = case.build()
        await container.get("A")
        async with case.world.tasks() as tasks:
            tasks.start(container.close)
            await case.pause(n=n)
            tasks.start(container.get, "B")
        await _expect_nothing_stays(case, container)
        case.expect_none(case.trace.misordered())
        case.trace.steps.clear()


@check("L38", EVERYWHERE)
async def a_circle_found_while_opening_is_an_error(case: Case) -> None:
    """A's opening asks for B, whose opening asks for A: an error."""

    async def ask(life: Life) -> None:
        await container.get("B" if life[0] == "A" else "A")

    case.node("A", opens=ask)
    case.node("B", opens=ask)
    container = case.build()
    error = await container.caught(container.get, "A")
    case.expect(error is not None, "a circle is an error")
    case.expect(not isinstance(error, RecursionError), "a circle is found before the stack overflows")
    await container.caught(container.close)
    case.expect_all_closed()


@check("L38", WITH_TASKS)
async def a_circle_of_two_tasks_is_an_error(case: Case) -> None:
    """One task opens A and asks for B, another opens B and asks for A: an error, no hang."""
    begun = {name: case.world.event() for name in "AB"}

    async def ask(life: Life) -> None:
        begun[life[0]].set()
        other = "B" if life[0] == "A" else "A"
        await begun[other].wait()
        await container.get(other)

    case.node("A", opens=ask)
    case.node("B", opens=ask)
    container = case.build()
    async with case.world.tasks() as tasks:
        jobs = [tasks.start(container.get, name) for name in "AB"]
    case.expect(any(job.error is not None for job in jobs), "a circle of two tasks is an error")
    await container.caught(container.close)


@check("L39", EVERYWHERE)
async def asking_while_opening_works_or_raises(case: Case) -> None:
    """Opening code that asks the container for something else is served or refused, and never hangs."""

    async def ask(life: object) -> None:
        await container.get("A")

    case.node("A", opens=case.pause)
    case.node("B", opens=ask)
    container = case.build()
    await _prompt(case, container.caught(container.get, "B"))
    await container.caught(container.close)

    case.expect_all_closed()


@check("L39", EVERYWHERE)
async def closing_while_closing_works_or_raises(case: Case) -> None:
    """Closing code that closes the container, or asks it for something, is served or refused, and never hangs."""

    async def again(life: Life) -> None:
        await container.caught(container.close)
        await container.caught(container.get, "A")

    case.node("A")
    case.node("B", "A", closes=again)
    container = case.build()
    await container.get("B")
    await _prompt(case, container.caught(container.close))
    await container.caught(container.close)

    case.expect(case.trace.count(CLOSING, "B") == 1, "B closes once")
    case.expect_all_closed()


@check("L39", EVERYWHERE)
async def closing_while_opening_works_or_raises(case: Case) -> None:
    """Opening code that closes the container is served or refused, and never hangs."""

    async def close(life: Life) -> None:
        await container.caught(container.close)

    case.node("A", opens=close)
    container = case.build()
    await _prompt(case, container.caught(container.get, "A"))
    await container.caught(container.close)

    case.expect_all_closed()


@check("L40", EVERYWHERE)
async def no_task_or_thread_remains(case: Case) -> None:
    """After close there are as many tasks and threads as before, and no open generator."""
    n_tasks = case.world.n_tasks() if case.world.is_async else 0
    n_threads = threading.active_count()
    case.chain("A", "B", "C", closes=case.pause)
    container = case.build()
    await container.get("C")
    await container.close()
    await case.world.settle()

    n_left = (case.world.n_tasks() if case.world.is_async else 0) - n_tasks
    case.expect(n_left <= 0, f"no task remains; {n_left} do")
    n_left = threading.active_count() - n_threads
    case.expect(n_left <= 0, f"no thread remains; {n_left} do")
    bodies = list(case.bodies.values())
    left = [each for each in gc.get_objects() if _body_of(each) in bodies]
    case.expect(not left, "no open generator remains")


async def _prompt(case: Case, waits: Awaitable[object]) -> None:
    """Wait, and say that it took no time: a limit that saves it would be a hang all the same."""
    before = case.world.now()
    await waits
    taken = case.world.now() - before
    case.expect(not case.world.is_virtual or taken < 1, f"it does not hang; it took {taken:.1f} s to give up")


async def _expect_nothing_stays(case: Case, container: Driven) -> None:
    if case.adapter.reopens:
        await container.close()  # a container that serves anew owes what it opened since
    await case.world.settle()
    case.expect_all_closed()


def _body_of(each: object) -> object:
    """Return the body of the node whose suspended generator it is, None if it is none."""
    if type(each) not in (GeneratorType, AsyncGeneratorType):
        return None
    frame = getattr(each, "gi_frame", None) or getattr(each, "ag_frame", None)
    return None if frame is None else frame.f_globals.get("body")
