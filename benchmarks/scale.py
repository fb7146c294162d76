"""
Define, instantiate, start and shut down containers of n providers, and how the time grows with n.

    python benchmarks/scale.py [n]

Prints seconds for n / 4, n / 2 and n (default 10 000) resources, independent ones and one chain, and the exponent
between the last two: 1.0 is linear.
"""

import asyncio
import math
import sys
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

from tenure import containers, providers

STEPS = ("define", "instantiate", "start", "shut down")


def opened(*_: Any) -> Iterator[int]:
    yield 1


async def aopened(*_: Any) -> AsyncIterator[int]:
    yield 1


def declared(n: int, initializer: Any, is_chain: bool) -> Any:
    body: dict[str, Any] = {}
    last: Any = None
    for number in range(n):
        last = providers.Resource(initializer, *([last] if is_chain and last is not None else ()))
        body[f"resource_{number}"] = last
    return type(containers.DeclarativeContainer)("Many", (containers.DeclarativeContainer,), body)


async def run(n: int, initializer: Any, is_chain: bool) -> list[float]:
    at = [time.perf_counter()]
    cls = declared(n, initializer, is_chain)
    at.append(time.perf_counter())
    container = cls()
    at.append(time.perf_counter())
    await container.init_resources()
    at.append(time.perf_counter())
    await container.shutdown_resources()
    at.append(time.perf_counter())
    return [after - before for before, after in pairwise(at)]


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    print(f"{'':24}" + "".join(f"{step:>36}" for step in STEPS))
    for colour, initializer in (("sync", opened), ("async", aopened)):
        for shape in ("independent", "chain"):
            rows = [asyncio.run(run(size, initializer, shape == "chain")) for size in (n // 4, n // 2, n)]
            cells = []
            for step in range(len(STEPS)):
                times = [row[step] for row in rows]
                exponent = math.log2(times[2] / times[1])
                cells.append(" / ".join(f"{each:.3f}" for each in times) + f" s ^{exponent:4.2f}")
            print(f"{colour + ' ' + shape:24}" + "".join(f"{cell:>36}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
