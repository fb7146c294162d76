"""Where runs happen, by name: plain Python, asyncio and trio on clocks that jump, uvloop on the real one."""

import importlib.util
from collections.abc import Callable
from typing import Any

from tests.laws.faults.loops import AsyncioWorld
from tests.laws.faults.nurseries import TrioWorld
from tests.laws.faults.plain import SyncWorld


def _anyio_world() -> AsyncioWorld:
    return AsyncioWorld("anyio")


def _uvloop_world() -> AsyncioWorld:
    import uvloop

    return AsyncioWorld("uvloop", uvloop.new_event_loop)


WORLDS: dict[str, Callable[[], Any]] = {
    "sync": SyncWorld, "asyncio": AsyncioWorld, "anyio": _anyio_world, "uvloop": _uvloop_world, "trio": TrioWorld,
}  # fmt: skip


def has_uvloop() -> bool:
    """Tell whether uvloop is there."""
    return importlib.util.find_spec("uvloop") is not None
