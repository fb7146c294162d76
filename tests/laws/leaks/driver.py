"""
Driver H: the same thing a thousand times, and nothing of it remains.

`H:<backend>:<cycle>:<n>` does a cycle *n* times and asks whether memory grows, whether instances die by themselves, and
whether the gate of all drivers (`gates`) finds anything.
"""

import asyncio
import gc
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import trio

from tests.laws.leaks.cycles import ASYNC_ONLY, CYCLES, INSIDE, SYNC_ONLY, Cycles
from tests.laws.leaks.gates import alive, gate, tasks_left
from tests.laws.rig.driver import Outcome
from tests.laws.rig.oracle import Violation

try:
    import uvloop
except ImportError:  # not on every platform
    uvloop = None  # type: ignore[assignment]

LETTER = "H"
TITLE = "what may not remain: memory, objects, tasks, threads, files, warnings"

BACKENDS = ("sync", "asyncio", "trio") if uvloop is None else ("sync", "asyncio", "uvloop", "trio")
MOST_BYTES = 1000
"""How many bytes a cycle may leave behind."""
_N_FULL, _N_QUICK = {"request": 10_000, "forgotten": 50}, {"forgotten": 3}
_LAWS = {
    "life": ("L16", "L29", "L40", "L59"),
    "declared_life": ("L16", "L29", "L40", "L59"),
    "request": ("L16", "L29", "L40", "L46", "L49"),
    "failing_start": ("L4", "L16", "L29", "L40", "L59"),
    "cancelled_get": ("L8", "L16", "L29", "L40"),
    "override": ("L16", "L29", "L40", "L57"),
    "dropped": ("L16", "L29", "L40"),
    "forgotten": ("L29", "L70"),
    "reset": ("L16", "L29", "L40", "L58"),
}


def cases(full: bool) -> Iterator[str]:
    """Give every case; the quick part does each cycle fewer times."""
    has_reset = hasattr(Cycles(is_async=False).container, "reset")
    for backend in BACKENDS:
        for name in CYCLES:
            if name in (ASYNC_ONLY if backend == "sync" else SYNC_ONLY) or (name == "reset" and not has_reset):
                continue
            yield f"{LETTER}:{backend}:{name}:{_N_FULL.get(name, 1000) if full else _N_QUICK.get(name, 60)}"


def run(case: str) -> Outcome:
    """
    Run *case*.

    Raises:
        ValueError: there is no such case.
    """
    letter, backend, name, n = case.split(":")
    if letter != LETTER or backend not in BACKENDS or name not in CYCLES:
        raise ValueError(f"{case} is no case of {LETTER}")
    found: list[tuple[str, str]] = []
    was_collecting = gc.isenabled()
    cycles = Cycles(is_async=backend != "sync")
    try:
        _in(backend, lambda: _batch(cycles, name, 10, []))  # what is kept for good is made by now
        with gate() as left:
            gc.collect()
            gc.disable()
            _in(backend, lambda: _batch(cycles, name, int(n), found))
    finally:
        if was_collecting:
            gc.enable()
    found += [("L29" if "arning" in text or "raisable" in text else "L40", text) for text in left]
    return Outcome(backend, _LAWS[name], int(n), [Violation(law, text, case) for law, text in found])


def _in(backend: str, function: Callable[[], Awaitable[None]]) -> None:
    if backend == "sync":
        coroutine: Any = function()
        try:
            coroutine.send(None)
        except StopIteration:
            return
        raise AssertionError("synchronous code waits")
    if backend == "trio":
        trio.run(function)
        return
    make_loop = uvloop.new_event_loop if backend == "uvloop" else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(function())  # type: ignore[arg-type]


async def _batch(cycles: Cycles, name: str, n: int, found: list[tuple[str, str]]) -> None:
    """Do the cycle *n* times; measure how memory grows over the last fifth."""
    is_inside = name in INSIDE
    complaints = _listen()
    if is_inside:
        await cycles.begin()
    cycles.watched.clear()
    cycle = getattr(cycles, name)
    try:
        await _repeated(cycle, n - n // 5)
        if name != "forgotten":
            await _settle(cycles)
            found += [("L16", text) for text in alive(cycles.watched)[:3]]
        slope = await _slope(cycles, cycle, max(n // 5, 1))
        if n >= 50 and slope > MOST_BYTES:
            found.append(("L59", f"{name}: a cycle leaves {slope:.0f} bytes behind"))
    except Exception as error:
        found.append((_LAWS[name][-1], f"{name}: {error!r}"))
    if is_inside:
        await cycles.end()
    await _settle(cycles)
    cycles.watched.clear()
    found += [("L40", text) for text in _tasks()] + [("L29", text) for text in complaints]


async def _repeated(cycle: Callable[[], Awaitable[None]], n: int) -> None:
    for _ in range(n):
        await cycle()


async def _slope(cycles: Cycles, cycle: Callable[[], Awaitable[None]], n: int) -> float:
    tracemalloc.start()
    try:
        await _repeated(cycle, 5)
        cycles.watched.clear()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        await _repeated(cycle, n)
        cycles.watched.clear()
        await _settle(cycles)
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / n
    finally:
        tracemalloc.stop()


async def _settle(cycles: Cycles) -> None:
    """Let tasks that have done their work end."""
    for _ in range(3 if cycles.is_async else 0):
        await (trio.lowlevel.checkpoint() if trio.lowlevel.in_trio_run() else asyncio.sleep(0))


def _listen() -> list[str]:
    complaints: list[str] = []
    if asyncio._get_running_loop() is not None:
        handler = lambda _, what: complaints.append(f"{what['message']} {what.get('exception')!r}")  # noqa: E731
        asyncio.get_running_loop().set_exception_handler(handler)
    return complaints


def _tasks() -> list[str]:
    if asyncio._get_running_loop() is not None:
        return tasks_left(asyncio.get_running_loop())
    if not trio.lowlevel.in_trio_run():
        return []
    root = trio.lowlevel.current_root_task()
    nurseries = root.child_nurseries if root is not None else []
    return [f"the task {t.name}" for n in nurseries for t in n.child_tasks if t.name.startswith("tenure")]
