"""L67 to L70: of these, what shows inside a process; child processes and signals are the rig's."""

import asyncio
import gc
import warnings

from tenure.testing.contract import adapter as flavours
from tenure.testing.contract.adapter import NotOffered
from tenure.testing.contract.case import Case
from tenure.testing.contract.check import ON_THREADS, check


@check("L70", ON_THREADS)
async def a_forgotten_container_is_named(case: Case) -> None:
    """A container that is dropped with something open is named in a ResourceWarning."""
    case.node("A")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        container = case.build()
        await container.get("A")
        del container
        for _ in range(3):
            gc.collect()
    is_told = any(issubclass(each.category, ResourceWarning) for each in warned)
    case.expect(is_told, "who drops a container with something open is warned")


@check("L70", ON_THREADS)
async def at_the_end_of_the_loop_order_holds(case: Case) -> None:
    """When `asyncio.run` ends and nobody closed, things close in order, or stay open and are named."""
    if "asyncio" not in case.adapter.worlds or flavours.ASYNC_GENERATOR not in case.adapter.flavours:
        raise NotOffered

    async def pause(life: object) -> None:
        await asyncio.sleep(0)

    case.chain("A", "B", "C", flavour=flavours.ASYNC_GENERATOR, opens=pause, closes=pause)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        container = case.build_async()
        runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        with runner:
            runner.run(container.adapter.aget("C"))
        del container
        gc.collect()
    case.expect_none(case.trace.misordered())
    is_told = any(issubclass(each.category, ResourceWarning) for each in warned)
    case.expect(is_told or not case.trace.live(), "what stays open is named")
