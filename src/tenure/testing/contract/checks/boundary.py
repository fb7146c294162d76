"""L51, L54 and L55: synchronous and asynchronous, and event loops."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from tenure.testing.contract import adapter as flavours
from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import ON_ASYNCIO, ON_THREADS, WITH_TASKS, check
from tenure.testing.contract.driven import Driven
from tenure.testing.contract.recorder import CLOSED, CLOSING, OPENED
from tenure.testing.contract.worlds import Sync


@check("L51", ON_THREADS)
async def a_synchronous_get_of_async_has_no_effect(case: Case) -> None:
    """A synchronous get of something that has to be awaited fails, and has opened nothing."""
    case.node("A")
    case.node("B", "A", flavour=_async_flavour(case))
    error: BaseException | None = None
    try:
        container = case.build()
        got = container.adapter.get("B")
    except NotOffered:
        raise
    except Exception as raised:  # noqa: BLE001  # which one is up to the library
        error = raised
    else:
        _drop(got)
    case.expect(error is not None, "a synchronous get of something asynchronous fails")
    case.expect(not case.trace.steps, f"it has opened nothing; opened: {case.trace.names(OPENED)}")


@check("L51", WITH_TASKS)
async def a_synchronous_close_of_async_has_no_effect(case: Case) -> None:
    """A synchronous close of something asynchronous fails and closes nothing; an asynchronous one can follow."""
    case.node("A", flavour=_sync_flavour(case))
    case.node("B", "A")
    container = case.build()
    await container.get("B")
    error: BaseException | None = None
    try:
        container.adapter.close()
    except NotOffered:
        raise
    except Exception as raised:  # noqa: BLE001  # which one is up to the library
        error = raised
    case.expect(error is not None, "a synchronous close where something has to be awaited fails")
    case.expect(not case.trace.lives(CLOSING), f"it has closed nothing; closed: {case.trace.names(CLOSED)}")
    await container.close()
    case.expect(case.trace.names(CLOSED) == "B A", "an asynchronous close finishes the job")


@check("L54", ON_THREADS)
async def another_loop_gets_an_error(case: Case) -> None:
    """Asking or closing from another event loop raises at once, and never hangs."""
    flavour = _async_flavour(case)

    async def pause(life: object) -> None:
        await asyncio.sleep(0)

    case.node("A", flavour=flavour, opens=pause, closes=pause)
    container = _built_async(case)
    opened, done = threading.Event(), threading.Event()

    async def hold() -> None:
        await container.adapter.aget("A")
        opened.set()
        await asyncio.to_thread(done.wait, 5)
        await container.caught(container.adapter.aclose)

    holder = threading.Thread(target=_run_loop, args=(hold,), daemon=True)
    holder.start()
    opened.wait(5)
    try:
        error = await container.caught(_in_loop, container.adapter.aclose)
        told = f"a close from another loop raises; it closed: {case.trace.names(CLOSED)}"
        case.expect(error is not None and not isinstance(error, TimeoutError), told)
    finally:
        done.set()
        holder.join(5)


@check("L54", ON_THREADS)
async def a_dead_loop_does_not_keep_the_rest(case: Case) -> None:
    """When the loop of an asynchronous resource is gone, a close elsewhere does not hang, and closes the others."""
    flavour = _async_flavour(case)

    async def pause(life: object) -> None:
        await asyncio.sleep(0)

    case.node("A", flavour=_sync_flavour(case))
    case.node("B", "A", flavour=flavour, opens=pause, closes=pause)
    container = _built_async(case)
    _run_loop(lambda: container.adapter.aget("B"))
    await container.caught(_in_loop, container.adapter.aclose)

    case.expect(case.trace.count(CLOSED, "A") == 1, "A, which is synchronous, is closed although B's loop is gone")


@check("L54", ON_ASYNCIO)
async def locks_belong_to_no_loop(case: Case) -> None:
    """A container that is built before any loop runs serves several tasks at once in one."""
    case.node("A", opens=case.pause)
    built: list[Driven] = []
    thread = threading.Thread(target=lambda: built.append(case.build()))
    thread.start()
    thread.join()
    case.expect(built, "a container can be built where no loop runs")
    async with case.world.tasks() as tasks:
        jobs = [tasks.start(built[0].get, "A") for _ in range(3)]
    case.expect(all(job.error is None for job in jobs), f"all are served; errors: {[j.error for j in jobs]}")
    await built[0].close()


@check("L55", WITH_TASKS)
async def the_trace_is_the_same_as_without_tasks(case: Case) -> None:
    """A diamond in a scope, a failing opening and a failing closing leave the same trace as in plain Python."""
    if "sync" not in case.adapter.worlds:
        raise NotOffered
    plain = Case(Sync(), case.adapter)
    plain.world.run(lambda: _life(plain))
    await _life(case)
    here, there = case.trace.acts(), plain.trace.acts()
    where = next((i for i, (x, y) in enumerate(zip(here, there, strict=False)) if x != y), min(len(here), len(there)))
    told = f"step {where}: {here[where : where + 1]} here, {there[where : where + 1]} in plain Python"
    case.expect(here == there, f"the trace is the same in every world; {told}")


async def _life(case: Case) -> None:
    case.node("A", lifetime="request")
    case.node("B", "A", lifetime="request")
    case.node("C", "A", lifetime="request", closes=case.failing(KeyError("C")))
    case.node("D", "B", "C", lifetime="request", opens=case.failing(ValueError("no D"), None))
    container = case.build()

    async def use() -> None:
        async with container.scope() as scope:
            await container.caught(scope.get, "D")
            await scope.get("D")

    await container.caught(use)
    await container.close()


def _built_async(case: Case) -> Driven:
    """Build a container for an event loop, in a world that has none."""
    return case.build_async()


def _async_flavour(case: Case) -> str:
    return _first(case, flavours.ASYNC_GENERATOR, flavours.ASYNC_CLASS, flavours.ASYNC_PAIR)


def _sync_flavour(case: Case) -> str:
    return _first(case, flavours.GENERATOR, flavours.CLASS, flavours.PAIR)


def _first(case: Case, *wanted: str) -> str:
    if "asyncio" not in case.adapter.worlds and flavours.ASYNC_GENERATOR in wanted:
        raise NotOffered
    for flavour in case.adapter.flavours:
        if flavour in wanted:
            return flavour
    raise NotOffered


def _run_loop(function: Callable[[], Any]) -> None:
    async def main() -> None:
        await function()

    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()


async def _in_loop(function: Callable[[], Any]) -> None:
    """Run it in a loop of its own, in a thread, at most a second."""
    found: list[BaseException] = []

    async def limited() -> None:
        async with asyncio.timeout(1):
            await function()

    def run() -> None:
        try:
            _run_loop(limited)
        except BaseException as error:  # noqa: BLE001  # raised again below
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(3)
    if thread.is_alive():
        raise TimeoutError
    if found:
        raise found[0]


def _drop(got: Any) -> None:
    close = getattr(got, "close", None)
    if close is not None and asyncio.iscoroutine(got):
        close()
