"""L23 to L29: what becomes of errors."""

import asyncio
import gc
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tenure.testing.contract.case import Case
from tenure.testing.contract.check import EVERYWHERE, ON_ASYNCIO, check
from tenure.testing.contract.recorder import CLOSING


class Stop(BaseException):
    """Neither an exception nor an exit."""


@check("L23")
async def every_closing_error_arrives(case: Case) -> None:
    """Three closings fail: the three error objects are reachable from what close raises."""
    errors = {name: ValueError(name) for name in "ABC"}
    for name, error in errors.items():
        case.node(name, closes=case.failing(error))
    container = case.build()
    for name in "ABC":
        await container.get(name)
    raised = await container.caught(container.close)

    case.expect(raised is not None, "close raises when closings fail")
    there = {id(each) for each in case.reachable(raised)}
    lost = [name for name, error in errors.items() if id(error) not in there]
    case.expect(not lost, f"every closing error is reachable from what close raises; lost: {', '.join(lost)}")


@check("L23")
async def every_closing_error_of_a_scope_arrives(case: Case) -> None:
    """The same at the end of a scope."""
    errors = {name: ValueError(name) for name in "AB"}
    for name, error in errors.items():
        case.node(name, lifetime="request", closes=case.failing(error))
    container = case.build()

    async def use() -> None:
        async with container.scope() as scope:
            for name in "AB":
                await scope.get(name)

    raised = await container.caught(use)
    there = {id(each) for each in case.reachable(raised)}
    lost = [name for name, error in errors.items() if id(error) not in there]
    case.expect(not lost, f"every closing error is reachable from what the scope raises; lost: {', '.join(lost)}")
    await container.close()


@check("L24")
async def no_error_stops_the_closing(case: Case) -> None:
    """A closing may raise what it likes: the others still close."""
    for error in _kinds(case):
        case.chain("A", "B", "C")
        case.bodies["C"].closes = case.failing(error)
        container = case.build()
        await container.get("C")
        await container.caught(container.close)
        closed = {name for name, _ in case.trace.lives(CLOSING)}
        left = sorted({"A", "B"} - closed)
        case.expect(not left, f"after C raised {type(error).__name__} the others close; left open: {', '.join(left)}")
        case.trace.steps.clear()


@check("L25")
async def the_error_of_the_body_leads(case: Case) -> None:
    """The error of the body leaves as itself, or first in a group, and a closing error is reachable."""
    body, closing = ValueError("body"), KeyError("closing")
    case.node("A", lifetime="request", closes=case.failing(closing))
    container = case.build()

    async def use() -> None:
        async with container.scope() as scope:
            await scope.get("A")
            raise body

    raised = await container.caught(use)
    first = raised
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    case.expect(first is body, f"the error of the body leads; what left is {raised!r}")
    case.expect(any(each is closing for each in case.reachable(raised)), "the closing error travels with it")
    await container.caught(container.close)


@check("L26")
async def an_exit_of_the_body_stays_an_exit(case: Case) -> None:
    """SystemExit of the body leaves as itself, after everything is closed."""
    leave = SystemExit(3)
    case.chain("A", "B", lifetime="request")
    case.bodies["A"].closes = case.failing(ValueError("A"))
    container = case.build()
    raised: BaseException | None = None
    try:
        async with container.scope() as scope:
            await scope.get("B")
            raise leave
    except BaseException as error:  # noqa: BLE001  # looked at below
        raised = error
    case.expect_all_closed()
    case.expect(raised is leave, f"SystemExit leaves as itself; what left is {raised!r}")
    await container.caught(container.close)


@check("L26", ("sync",))
async def an_exit_of_a_closing_stays_an_exit(case: Case) -> None:
    """KeyboardInterrupt and SystemExit that a closing raises leave close as themselves."""
    for leave in (SystemExit(3), KeyboardInterrupt()):
        case.chain("A", "B")
        case.bodies["B"].closes = case.failing(leave)
        case.bodies["A"].closes = case.failing(ValueError("A"))
        container = case.build()
        await container.get("B")
        raised = await container.caught(container.close)
        case.expect(raised is leave, f"{type(leave).__name__} leaves as itself; what left is {raised!r}")
        case.trace.steps.clear()


@check("L27", ON_ASYNCIO)
async def a_cancelled_scope_ends_cancelled(case: Case) -> None:
    """A task that is cancelled in a scope ends as cancelled, and a timeout around one as TimeoutError."""
    case.chain("A", "B", lifetime="request", closes=case.pause)
    container = case.build()

    async def use() -> None:
        async with container.scope() as scope:
            await scope.get("B")
            await asyncio.Event().wait()

    async with case.world.tasks() as tasks:
        job = tasks.start(use)
        await case.world.settle()
        job.cancel()
    raised = await container.caught(_within, use, case.world.second)

    case.expect(type(job.error) is asyncio.CancelledError, f"a cancelled task ends as cancelled; it got {job.error!r}")
    case.expect(type(raised) is TimeoutError, f"a timeout around it ends as TimeoutError; what left is {raised!r}")
    await container.close()


@check("L28")
async def an_error_says_which_resource(case: Case) -> None:
    """An error of opening says which resource, and by which path it was asked for."""
    case.want("notes")
    case.chain("A", "B", "C")
    case.bodies["A"].opens = case.failing(ValueError("no"))
    container = case.build()
    error = await container.caught(container.get, "C")
    text = f"{error} {getattr(error, '__notes__', '')}"

    case.expect(all(name in text for name in "ABC"), f"the error names A, B and C; it says {text}")
    await container.close()


@check("L28")
async def contexts_make_no_circle(case: Case) -> None:
    """The contexts of an error of closing lead to an end."""
    case.want("notes")
    case.chain("A", "B", closes=case.failing(ValueError("1"), ValueError("2")))
    container = case.build()
    await container.get("B")
    error = await container.caught(container.close)
    seen: set[int] = set()
    while error is not None:
        case.expect(id(error) not in seen, "the contexts of an error lead to an end")
        seen.add(id(error))
        error = error.__context__


@check("L29", EVERYWHERE)
async def nothing_is_complained_of(case: Case) -> None:
    """A life with a failing opening, a failing closing and a plain one leaves no error without a caller."""
    with _complaints() as complaints:
        case.chain("A", "B", "C", opens=case.pause, closes=case.pause)
        container = case.build()
        await container.get("C")
        await container.close()
        case.bodies["B"].opens = case.failing(ValueError("no B"))
        case.bodies["A"].closes = case.failing(ValueError("A"))
        container = case.build()
        await container.caught(container.get, "C")
        await container.caught(container.close)
        del container
        await case.world.settle()
        gc.collect()
        await case.world.settle()

    case.expect(not complaints, f"no error without a caller; complaints: {'; '.join(map(str, complaints))[:300]}")


@check("L29", EVERYWHERE)
async def a_failing_observer_harms_nothing(case: Case) -> None:
    """A callable that is shown events and raises does not disturb opening and closing."""

    def observe(event: object) -> None:
        raise ValueError("observer")

    case.want("observer")
    case.chain("A", "B")
    with _complaints():
        container = case.build(observer=observe)
        await container.get("B")
        await container.close()
    case.expect_all_closed()


async def _within(function: Any, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await function()


def _kinds(case: Case) -> tuple[BaseException, ...]:
    kinds: list[BaseException] = [ValueError("C"), Stop("C"), GeneratorExit("C")]
    if not case.world.is_async:
        return (*kinds, KeyboardInterrupt("C"), SystemExit(3))
    if case.world.name != "trio":
        kinds.append(_as_raised(asyncio.CancelledError("C")))
    return tuple(kinds)


def _as_raised(error: BaseException) -> BaseException:
    error.raised_by_node = True  # type: ignore[attr-defined]
    return error


@contextmanager
def _complaints() -> Iterator[list[object]]:
    """Collect what goes to the hooks for errors that have no caller."""
    gc.collect()  # what went before is not counted
    found: list[object] = []
    before = sys.unraisablehook, threading.excepthook
    sys.unraisablehook = lambda args: found.append(f"{args.err_msg}: {args.exc_value!r} {args.object!r}")
    threading.excepthook = lambda args: found.append(args.exc_value)
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = None
    if loop is not None:
        loop.set_exception_handler(lambda loop, context: found.append(context.get("message")))
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield found
        found += [each.message for each in warned if each.category in (ResourceWarning, RuntimeWarning)]
    finally:
        sys.unraisablehook, threading.excepthook = before
        if loop is not None:
            loop.set_exception_handler(None)
