"""
What may not remain after a batch of runs: hooks called, warnings, threads, files, tasks, handlers, objects.

`with gate() as found:` around the batch; afterwards `found` lists what is wrong, as text, [] if nothing is.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
import warnings
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def gate(*, is_collected: bool = True) -> Iterator[list[str]]:
    """
    Watch a batch of runs; the list that is given is filled at its end.

    Args:
        is_collected: whether to compare the objects of the library that the garbage collector knows, before and after;
            those that the batch itself may keep (containers that are used again) must exist before it.
    """
    found: list[str] = []
    threads, handlers = set(threading.enumerate()), _handlers()
    objects = objects_of_the_library() if is_collected else Counter()
    files = _files()
    with _hooks(found), _warnings(found):
        yield found
        if is_collected:
            gc.collect()  # what is only found now complains within the hooks
    found += [f"a thread: {each.name}" for each in threading.enumerate() if each not in threads and each.is_alive()]
    if _files() > files:
        found.append(f"{_files() - files} open files")
    found += [f"a handler of {each.name}" for each in _SIGNALS if _handlers()[each] != handlers[each]]
    found += [f"{n} {name} more than before" for name, n in (_now(is_collected) - objects).items()]


def _now(is_collected: bool) -> Counter[str]:
    return objects_of_the_library() if is_collected else Counter()


def objects_of_the_library() -> Counter[str]:
    """Collect garbage; return how many objects there are of each class that the library defines."""
    gc.collect()
    return Counter(
        f"{module}.{type(each).__qualname__}"
        for each in gc.get_objects()
        if isinstance(module := type(each).__module__, str) and module.startswith("tenure.")
    )


def tasks_left(loop: asyncio.AbstractEventLoop) -> list[str]:
    """Return the tasks of *loop* other than the running one, as text."""
    with contextlib.suppress(RuntimeError):
        return [f"the task {each!r}" for each in asyncio.all_tasks(loop) if each is not asyncio.current_task(loop)]
    return []


def alive(references: Iterable["weakref.ref[Any]"]) -> list[str]:
    """Return which of *references* still live, as text: nothing is collected for them (L16)."""
    return [f"{each!r} lives on" for reference in references if (each := reference()) is not None]


@contextlib.contextmanager
def _hooks(found: list[str]) -> Iterator[None]:
    before = sys.unraisablehook, threading.excepthook
    sys.unraisablehook = lambda what: found.append(f"unraisable: {what.exc_value!r} in {what.object!r}")
    threading.excepthook = lambda what: found.append(f"a thread died of {what.exc_value!r}")
    try:
        yield
    finally:
        sys.unraisablehook, threading.excepthook = before


@contextlib.contextmanager
def _warnings(found: list[str]) -> Iterator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", ResourceWarning)
        warnings.filterwarnings("always", message=".*never awaited", category=RuntimeWarning)
        try:
            yield
        finally:
            found += [f"{each.category.__name__}: {each.message}" for each in caught]


def _handlers() -> dict[signal.Signals, Any]:
    return {each: signal.getsignal(each) for each in _SIGNALS}


def _files() -> int:
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
