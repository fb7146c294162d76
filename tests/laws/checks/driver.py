"""
I: the checks of `tenure.testing.contract`, those that anybody can run on a container, on both faces in every world.

Besides them the one law that no check can see from outside: L45, that closing needs no turn which an opening may hold.
"""

import asyncio
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import trio

from tenure import Container, resource
from tenure.testing import contract
from tenure.testing.contract.check import Check
from tenure.testing.contract.results import BROKEN, NOT_OFFERED
from tenure.testing.contract.running import run_one, selected
from tests.contract.adapters import tenure_providers, tenure_types
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation

LETTER = "I"
TITLE = "the checks of the contract, and one more"
FACES = {"types": tenure_types.Adapter, "providers": tenure_providers.Adapter}
HUNG_S = 20.0
"""Real seconds after which the case of L45 counts as hanging."""


@cache
def _checks() -> dict[str, tuple[Check, Any, str]]:
    return {
        f"I:{world}:{face}:{check.law}:{check.name}": (check, adapter, world)
        for face, adapter in FACES.items()
        for check, world in selected(adapter, contract.WORLDS)
    }


def cases(full: bool) -> Iterator[str]:
    """Give a case for each check, face and world; without *full*, each seventh."""
    every = list(_checks())
    yield from every if full else every[::7]
    yield from ("I:asyncio:types:L45:turns", "I:trio:types:L45:turns")


def run(case: str) -> Outcome:
    """Run one check; what a face does not offer counts as no run."""
    if case.endswith(":L45:turns"):
        return _turns(case, case.split(":")[1])
    if case not in _checks():
        raise ValueError(f"{case!r} is no case of this driver")
    check, adapter, world = _checks()[case]
    verdict = run_one(check, adapter, world)
    if verdict.outcome == NOT_OFFERED:
        return Outcome(world, (), n_runs=0)
    found = [Violation(check.law, verdict.told(), case)] if verdict.outcome == BROKEN else []
    return Outcome(world, (check.law,), violations=found)


def _turns(case: str, backend: str) -> Outcome:
    try:
        _BACKENDS[backend]()
    except TimeoutError:
        return Outcome(backend, ("L45",), violations=[Violation("L45", "the closing waits for a turn", case)])
    return Outcome(backend, ("L45",))


async def _close_while_turns_are_held(event: Callable[[], Any], start_soon: Callable[..., Any], pause: Any) -> None:
    """Leave a scope while an eager start holds the only turn, for an opening that waits for that very closing."""
    container, closed = Container(max_parallel=1), event()

    @resource(scope="singleton")
    async def opens_then() -> Any:
        await closed.wait()
        yield "late"

    @resource(scope="request", shield=True)
    async def used() -> Any:
        yield "used"
        closed.set()

    container.bind("late", opens_then)
    container.bind("used", used)
    async with container.resource_scope("request") as scope:
        await scope.aget("used")
        start_soon(container.start)
        for _ in range(10):
            await pause()
    await container.start()
    await container.aclose()


def _on_asyncio() -> None:
    async def main() -> None:
        async with asyncio.timeout(HUNG_S), asyncio.TaskGroup() as tasks:

            def start_soon(function: Callable[[], Any]) -> None:
                tasks.create_task(function())

            await _close_while_turns_are_held(asyncio.Event, start_soon, lambda: asyncio.sleep(0))

    asyncio.run(main())


def _on_trio() -> None:
    async def main() -> None:
        with trio.fail_after(HUNG_S):
            async with trio.open_nursery() as nursery:
                await _close_while_turns_are_held(trio.Event, nursery.start_soon, trio.lowlevel.checkpoint)

    try:
        trio.run(main)
    except trio.TooSlowError:
        raise TimeoutError from None


_BACKENDS = {"asyncio": _on_asyncio, "trio": _on_trio}
