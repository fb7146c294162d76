"""
F: processes. What signals, exits, forks and forgotten closes do to a program with a chain of resources.

A case is `F:<backend>:<event>:<phase>`: the event hits the middle resource while it is opened ("acquire") or closed
("release"), or the body ("use").
"""

import sys
from collections.abc import Iterator
from dataclasses import replace

from tests.laws.processes.children import run_child
from tests.laws.processes.expected import judged
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import LAWS

LETTER = "F"
TITLE = "processes and signals"

ASYNC = ("asyncio", *(() if sys.platform == "win32" else ("uvloop",)), "trio")
BACKENDS = ("sync", *ASYNC)
PHASES = ("acquire", "use", "release")

MATRIX: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "SIGINT": (BACKENDS, PHASES),
    "SIGTERM": (BACKENDS, PHASES),
    "SIGHUP": (BACKENDS, PHASES),
    "SIGINT2": (BACKENDS, ("acquire", "release")),
    "SIGTERM2": (BACKENDS, ("acquire", "release")),
    "finish2": (BACKENDS, ("acquire", "release")),
    "ctrlc": (BACKENDS, PHASES),
    "exit": (BACKENDS, PHASES),
    "error": (BACKENDS, PHASES),
    "_exit": (BACKENDS, PHASES),
    "fork": (BACKENDS, PHASES),
    "mp-fork": (BACKENDS, ("use",)),
    "mp-spawn": (BACKENDS, ("use",)),
    "mp-forkserver": (("sync", "asyncio"), ("use",)),
    "crash": (BACKENDS, ("use",)),
    "hung": (BACKENDS, ("use",)),
    "forgotten": (BACKENDS, ("use",)),
    "inner": (("sync",), ("use",)),
    "daemon": (("sync", "asyncio"), ("use",)),
    "waiting": (("sync",), ("use", "release")),
    "interpreter": (("sync",), ("use",)),
}
"""Event → the backends and phases it is tried with; "waiting" has the runner in "use" and none in "release"."""

QUICK = (
    "F:sync:SIGINT:acquire", "F:asyncio:SIGTERM:acquire", "F:trio:SIGINT:use", "F:sync:SIGTERM:use",
    "F:asyncio:SIGHUP:release", "F:sync:SIGINT2:release", "F:trio:finish2:release", "F:asyncio:ctrlc:use",
    "F:sync:exit:release", "F:asyncio:error:acquire", "F:asyncio:fork:use", "F:sync:mp-fork:use",
    "F:sync:fork:use", "F:asyncio:crash:use", "F:asyncio:forgotten:use", "F:sync:waiting:use",
    "F:sync:inner:use", "F:sync:hung:use",
)  # fmt: skip

MORE = {
    "SIGINT": ("L26", "L67"), "SIGTERM": ("L67",), "SIGHUP": ("L67",), "SIGINT2": ("L68",), "SIGTERM2": ("L68",),
    "finish2": ("L67", "L68"), "ctrlc": ("L26",), "exit": ("L26",), "error": ("L26",), "fork": ("L70",),
    "mp-fork": ("L70",), "mp-spawn": ("L70",), "mp-forkserver": ("L70",), "crash": ("L56",), "hung": ("L61", "L62"),
    "forgotten": ("L70",), "inner": ("L46", "L70"), "daemon": ("L70",), "waiting": ("L43", "L67"),
}  # fmt: skip
"""Laws that an event is tried for, beyond those that every trace is checked for."""


def cases(full: bool) -> Iterator[str]:
    """Give every case; without *full*, one of each kind of event."""
    if not full:
        yield from (case for case in QUICK if case.split(":")[1] in BACKENDS)
        return
    for event, (backends, phases) in MATRIX.items():
        yield from (f"{LETTER}:{backend}:{event}:{phase}" for backend in backends for phase in phases)


def run(case: str, sabotage: str = "") -> Outcome:
    """
    Run *case* in a process of its own.

    Args:
        case: one of `cases`.
        sabotage: name of a piece of the library that is broken there, see `sabotage`.

    Raises:
        ValueError: it is no case of this driver.
    """
    parts = case.split(":")
    if len(parts) != 4 or parts[0] != LETTER or parts[2] not in MATRIX:
        raise ValueError(f"{case!r} is no case of this driver")
    _, backend, event, phase = parts
    if backend not in MATRIX[event][0] or phase not in MATRIX[event][1]:
        raise ValueError(f"{case!r} is no case of this driver: {event} is tried with {MATRIX[event]}")
    told = run_child(backend, event, phase, sabotage)
    found = [replace(each, case=case) for each in judged(told, backend, event, phase)]
    return Outcome(backend, (*LAWS, *MORE.get(event, ())), violations=found)
