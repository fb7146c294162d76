"""The resources of S10: openings that wait, alone or in chains."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

DELAY_S = 0.01


@dataclass(frozen=True)
class Start:
    """Resources that are opened together."""

    opened: tuple[Any, ...]
    """Async generator functions, dependencies first."""
    needs: tuple[tuple[int, ...], ...]
    classes: tuple[Any, ...]
    """What they yield."""
    critical_s: float
    """Seconds that the longest chain of openings waits."""


def start_of(n_chains: int, length: int) -> Start:
    """Return *n_chains* chains of *length* resources, each of which waits `DELAY_S` while it opens."""
    names: dict[str, Any] = {"__name__": "benchmarks.starts", "AsyncIterator": AsyncIterator, "sleep": asyncio.sleep}
    needs: list[tuple[int, ...]] = []
    for number in range(n_chains * length):
        own = () if number % length == 0 else (number - 1,)
        needs.append(own)
        exec(source(number, own), names)
    return Start(
        tuple(names[f"aopen_step{number}"] for number in range(len(needs))),
        tuple(needs),
        tuple(names[f"Step{number}"] for number in range(len(needs))),
        DELAY_S * length,
    )


def source(number: int, needs: tuple[int, ...]) -> str:
    """Return the code of one class and of the function that opens it."""
    parameters = ", ".join(f"n{need}: Step{need}" for need in needs)
    needed = f"(n{needs[0]},)" if needs else "()"
    return (
        f"class Step{number}:\n    is_open = True\n"
        f"async def aopen_step{number}({parameters}) -> AsyncIterator[Step{number}]:\n"
        f"    assert all(each.is_open for each in {needed})\n"
        f"    await sleep({DELAY_S})\n"
        f"    step = Step{number}()\n    step.needed = {needed}\n"
        "    try:\n        yield step\n    finally:\n        step.is_open = False\n"
    )
