"""
What Tenure itself takes for the time, while a virtual clock stands.

The library asks the module `time`; the rooms named here are given another one of that name. Rooms in which a thread
waits for another one are not: locks and events of the standard library wait in real time, and limits must go with them.
"""

import importlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

ROOMS = (
    "health.doing", "health.flights", "health.reporting",
    "leasing.life", "leasing.work",
    "lifecycle.closing", "lifecycle.effects", "lifecycle.opening",
    "pool.lives.telling", "pool.loop.event_loop", "pool.making",
    "runtime.at_once", "runtime.degrading", "runtime.entering", "runtime.leaving", "runtime.snapshot",
    "runtime.starting", "runtime.swift", "runtime.swift_seen",
    "workers.handle",
)  # fmt: skip
"""Rooms that ask for the time, imported for it; others are given virtual time where they are imported already."""
REAL = ("lifecycle.interrupts", "pool.threads.waits", "runner.synchronous", "runtime.patience", "workers.supervising")
"""Rooms that stay with real time: Ctrl-C, and threads that wait for threads."""
_REAL = (*REAL, "cli", "dashboard", "observe.opentelemetry", "testing")
"""The same, and what shows people or other programs what happens."""

_NAMES = ("monotonic", "perf_counter")


class _Clock(Protocol):
    def now(self) -> float: ...

    def advance(self, seconds: float) -> None: ...


class _Time:
    """The module `time`, in virtual time."""

    def __init__(self, clock: _Clock) -> None:
        self.monotonic = self.perf_counter = clock.now
        self.sleep = clock.advance

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def _rooms() -> Iterator[dict[str, Any]]:
    """Give the names of every room of Tenure's that is to have virtual time."""
    for module, found in list(sys.modules.items()):
        package, _, room = module.partition(".")
        if package == "tenure" and not any(room == real or room.startswith(f"{real}.") for real in _REAL):
            yield found.__dict__


@contextmanager
def virtual_time(clock: _Clock) -> Iterator[None]:
    """Have Tenure ask *clock*."""
    virtual = _Time(clock)
    replaced: list[tuple[dict[str, Any], str, Any]] = []
    for room in ROOMS:
        importlib.import_module(f"tenure.{room}")
    for names in _rooms():
        for name, found in list(names.items()):
            if found is time:
                names[name] = virtual
            elif name in _NAMES and found is getattr(time, name):
                names[name] = clock.now
            else:
                continue
            replaced.append((names, name, found))
    try:
        yield
    finally:
        for names, name, found in replaced:
            names[name] = found
