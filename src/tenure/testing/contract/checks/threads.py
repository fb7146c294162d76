"""L41 to L45: several threads at once. Where two threads may meet, they wait for each other a little, for real."""

import threading
from collections.abc import Callable
from typing import Any

from tenure.testing.contract import adapter as flavours
from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import ON_THREADS, WITH_TASKS, check
from tenure.testing.contract.nodes import at_once
from tenure.testing.contract.recorder import CLOSED, CLOSING, OPENED, OPENING, Life

MEET_S = 0.2
"""How long one thread waits for another that should not come."""
LIMIT_S = 5.0
"""How long one waits for another that should."""


@check("L41", ON_THREADS)
async def threads_share_one_opening(case: Case) -> None:
    """Four threads that ask at once cause one opening, also where the opening takes time."""
    both = threading.Barrier(2)

    async def meet(life: object) -> None:
        _meet(both)

    case.node("A", opens=meet)
    container = case.build()
    threads = [_Thread(lambda: at_once(container.get("A"))) for _ in range(4)]
    for thread in threads:
        thread.finish()
    await container.close()

    n = case.trace.count(OPENED, "A")
    case.expect(n == 1, f"4 threads that ask at once cause 1 opening; seen: {n}")
    case.expect(len({id(thread.value) for thread in threads}) == 1, "all threads get the identical object")


@check("L41", ON_THREADS)
async def threads_close_once(case: Case) -> None:
    """Two threads that close at once close everything once."""
    both = threading.Barrier(2)

    async def meet(life: object) -> None:
        _meet(both)

    case.chain("A", "B", closes=meet)
    container = case.build()
    await container.get("B")
    threads = [_Thread(lambda: at_once(container.close())) for _ in range(2)]
    for thread in threads:
        thread.finish()
        case.expect(thread.error is None, f"neither close raises; one raised {thread.error!r}")
    case.expect_none(case.trace.twice())
    case.expect_all_closed()
    case.expect(case.trace.names(CLOSED) == "B A", f"B, then A close; closed: {case.trace.names(CLOSED)}")


@check("L41", ON_THREADS)
async def a_get_beside_a_close_leaks_nothing(case: Case) -> None:
    """A close begins in one thread while another opens: nothing stays open."""
    opening, go = threading.Event(), threading.Event()

    async def wait(life: object) -> None:
        opening.set()
        go.wait(MEET_S)

    case.node("A", opens=wait)
    container = case.build()
    asked = _Thread(lambda: at_once(container.get("A")))
    opening.wait(LIMIT_S)
    closing = _Thread(lambda: at_once(container.close()))
    closing.finish()
    go.set()
    asked.finish()
    if case.adapter.reopens:
        await container.close()
    case.expect_all_closed()


@check("L42", ON_THREADS)
async def another_thread_opens_meanwhile(case: Case) -> None:
    """While one thread opens A, another opens B, which has nothing to do with it."""
    begun = {name: threading.Event() for name in "AB"}
    met: dict[str, bool] = {}

    async def meet(life: Life) -> None:
        begun[life[0]].set()
        met[life[0]] = begun["B" if life[0] == "A" else "A"].wait(MEET_S * 2)

    for name in "AB":
        case.node(name, opens=meet)
    container = case.build()
    first = _Thread(lambda: at_once(container.get("A")))
    begun["A"].wait(LIMIT_S)
    second = _Thread(lambda: at_once(container.get("B")))
    first.finish()
    second.finish()
    await container.close()

    case.expect(met["A"], "B opens while A is opening; it waits for A")


@check("L42", WITH_TASKS)
async def another_task_opens_meanwhile(case: Case) -> None:
    """While one task opens A, another opens B, which has nothing to do with it."""
    go = case.world.event()

    async def wait(life: object) -> None:
        await go.wait()

    case.node("A", opens=wait)
    case.node("B")
    container = case.build()
    async with case.world.tasks() as tasks:
        tasks.start(container.get, "A")
        await case.world.settle()
        second = tasks.start(container.get, "B")
        await case.world.settle()
        was_done = second.is_done
        go.set()
    await container.close()

    case.expect(was_done, "B opens while A is opening; it waits for A")


@check("L43", ON_THREADS)
async def a_waiting_thread_survives_a_failure(case: Case) -> None:
    """The opening of one thread fails; another that waits for it tries again or gets the error."""
    opening, other = threading.Event(), threading.Barrier(2)

    async def fail(life: Life) -> None:
        opening.set()
        if life[1] == 1:
            _meet(other)
            raise ValueError("no A")

    case.node("A", opens=fail)
    container = case.build()
    first = _Thread(lambda: at_once(container.get("A")))
    opening.wait(LIMIT_S)
    second = _Thread(lambda: at_once(container.get("A")))
    first.finish()
    second.finish()
    await container.close()

    case.expect(isinstance(first.error, ValueError), f"who opened gets the error; got {first.error!r}")
    served = second.value is not None or isinstance(second.error, ValueError)
    case.expect(served, f"who waited is served or gets the error; got {second.error!r}")
    case.expect_all_closed()


@check("L43", WITH_TASKS)
async def a_waiting_task_survives_a_failure(case: Case) -> None:
    """The opening of one task fails; another that waits for it tries again or gets the error."""
    go = case.world.event()

    async def fail(life: Life) -> None:
        await go.wait()
        if life[1] == 1:
            raise ValueError("no A")

    case.node("A", opens=fail)
    container = case.build()
    async with case.world.tasks() as tasks:
        jobs = [tasks.start(container.get, "A") for _ in range(3)]
        await case.world.settle()
        go.set()
    for job in jobs:
        served = job.value is not None or isinstance(job.error, ValueError)
        case.expect(served, f"each is served or gets the error; one got {job.error!r}")
    await container.close()
    case.expect_all_closed()


@check("L44", WITH_TASKS)
async def a_synchronous_resource_stays_on_its_thread(case: Case) -> None:
    """A synchronous generator that is opened among asynchronous ones is closed on the thread that opened it."""
    if flavours.GENERATOR not in case.adapter.flavours:
        raise NotOffered
    for name in "ABCD":
        case.node(name, flavour=flavours.GENERATOR)
    container = case.build()
    for name in "ABCD":
        await container.get(name)
    await container.close()
    for name in "ABCD":
        threads = {step.thread for act in (OPENING, CLOSING) for step in case.trace.of(name, act)}
        case.expect(len(threads) == 1, f"{name} is opened and closed on one thread")


class _Thread:
    """A thread whose errors stay in it."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self._function = function
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.value = self._function()
        except BaseException as error:  # noqa: BLE001  # the check decides what it means
            self.error = error

    def finish(self) -> None:
        """Wait for its end, not for ever."""
        self._thread.join(LIMIT_S)
        if self._thread.is_alive():
            self.error = TimeoutError("a thread hangs")


def _meet(barrier: threading.Barrier) -> None:
    try:
        barrier.wait(MEET_S)
    except threading.BrokenBarrierError:
        pass
