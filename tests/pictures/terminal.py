"""
What `tenure run`, `start` and `top` show of a shop, in a terminal: made by what the commands are made of.

Under a virtual clock, so that they are the same each time; `tests/pictures/test_terminal.py` compares them.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tenure import Container
from tenure.cli.life import Life
from tenure.cli.planning import planned
from tenure.cli.starting import timeline_lines
from tenure.cli.text import EMPTY, UNICODE, Line
from tenure.cli.top_lines import top_lines
from tenure.cli.tree import summary, tree_lines
from tenure.observe import TimelineRecorder
from tenure.observe.snapshot import inspection_of
from tenure.observe.watch import Watch
from tenure.testing import VirtualClock
from tests.pictures.terminal_shop import Session, shop
from tests.pictures.terminal_svg import terminal

WIDTH = 92
DURING_START_S, DURING_CLOSE_S = 1.02, 0.1
"""When one looks at the start and at the close."""
AT = time.mktime((2026, 1, 1, 12, 0, 7, 0, 0, -1))
"""When errors are said to have happened."""


def run_picture() -> str:
    """Return the tree of `tenure run` while the shop starts, and while it closes."""
    with VirtualClock() as clock:
        said = asyncio.run(_run(shop(), clock))
    about = "tenure run: a tree of resources, open, opening or waiting, during the start and during the close"
    return terminal("tenure run shop:main", said, about)


async def _run(container: Container, clock: VirtualClock) -> list[Line]:
    life = Life(planned(container))
    life.began_at = clock.now()  # the command line keeps real time
    container.observe(life)
    starting = asyncio.create_task(container.start())
    await asyncio.sleep(DURING_START_S)
    said = tree_lines(life.rows(), life.act, life.began_at, clock.now(), UNICODE)
    await starting
    said += [EMPTY, *summary(life.rows(), "start", life.start_s or 0.0, UNICODE), EMPTY]
    closing = asyncio.create_task(container.aclose())
    await asyncio.sleep(DURING_CLOSE_S)
    said += tree_lines(life.rows(), life.act, life.began_at, clock.now(), UNICODE)
    await closing
    return said


def start_picture() -> str:
    """Return the waterfalls of `tenure start`."""
    container = shop()
    recorder = TimelineRecorder(container)
    with VirtualClock():
        asyncio.run(_start(container))
    start, close = recorder.starts[0], recorder.closes[0]
    said = [*timeline_lines(start, WIDTH, UNICODE), EMPTY, *timeline_lines(close, WIDTH, UNICODE)]
    about = "tenure start: a bar for each resource that opened and closed, the critical path marked"
    return terminal("tenure start shop:container", said, about)


async def _start(container: Container) -> None:
    async with container:
        pass


def top_picture() -> str:
    """Return what `tenure top` shows of the shop at work: two requests in a pool of two, one more waits."""
    container = shop()
    with VirtualClock():
        seen = asyncio.run(_top(container))
    seen |= {"program": "shop", "pid": 4711}
    seen["errors"] = [each | {"at": AT} for each in seen["errors"]]
    said: Sequence[Line] = top_lines(seen, WIDTH, None, UNICODE)
    about = "tenure top: resources with states and ages, a pool, the oldest scopes, what was slowest, the last errors"
    return terminal("tenure top", said, about)


async def _top(container: Container) -> dict[str, Any]:
    watch = Watch(container)
    async with container:
        await asyncio.sleep(754.0)
        async with asyncio.TaskGroup() as group:
            for before_s in (0.0, 1.3, 0.4):
                await asyncio.sleep(before_s)
                group.create_task(_request(container))
            await asyncio.sleep(0.8)
            return inspection_of(container, watch).as_dict()


async def _request(container: Container) -> None:
    async with container.resource_scope("request") as scope:
        await scope.aget(Session)
        await asyncio.sleep(4.0)


PICTURES = {"run.svg": run_picture, "start.svg": start_picture, "top.svg": top_picture}
"""What makes each picture of docs/pictures."""


async def drawn(path: Path) -> None:
    """Write the picture of this name."""
    await asyncio.to_thread(lambda: path.write_text(PICTURES[path.name](), encoding="utf-8"))
