"""
An eager start without an event loop, over threads: independent resources open at the same time (L63, L64).

Each opening runs on a thread of its own as soon as everything it needs is open; what is bound to its thread runs on the
calling one. The threads are daemons: one that hangs keeps no process from ending (L62).
"""

import contextvars
import queue
import threading
from collections.abc import Sequence
from typing import Any

from tenure.errors import ResourceUnavailableError
from tenure.keys import Key
from tenure.runtime.launching import Launch
from tenure.runtime.turns import Start

MOST_THREADS = 32
"""How many openings run at a time where nobody says how many may."""


def open_all(engine: Any, launches: Sequence[Launch], run: Start, max_parallel: int | None) -> None:
    """
    Open *launches*, given dependencies first, in the current context; what goes wrong is noted in *run*.

    Returns when nothing runs any more, save after a second Ctrl-C.

    Args:
        engine: the engine of the scopes.
        launches: what to open, and where.
        run: the start that this is part of.
        max_parallel: how many may open at a time, >= 1; None: `MOST_THREADS`.
    """
    _Threads(engine, launches, run, max_parallel or MOST_THREADS).run()


class _Threads:
    def __init__(self, engine: Any, launches: Sequence[Launch], run: Start, limit: int) -> None:
        self._engine = engine
        self._launches = launches
        self._run = run
        self._limit = limit
        self._ended: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._above: dict[int, list[int]] = {}
        self._n_below = self._count()
        self._ready = [number for number, n_below in enumerate(self._n_below) if n_below == 0]
        self._n_running = 0

    def _count(self) -> list[int]:
        """Return how many of the launches each one needs; note who needs whom."""
        by_key: dict[Key, list[int]] = {}
        counts = []
        for number, (binding, _) in enumerate(self._launches):
            below = self._engine.plans.facts(binding).resources
            needed = [other for each in below for other in by_key.get(each.key, ())]
            for other in needed:
                self._above.setdefault(other, []).append(number)
            counts.append(len(needed))
            by_key.setdefault(binding.key, []).append(number)
        return counts

    def run(self) -> None:
        while True:
            bound = self._launch()
            if bound is not None:
                self._open(bound)
            elif self._n_running == 0:
                return
            try:
                self._note(self._ended.get())
            except KeyboardInterrupt as error:
                if any(isinstance(each, KeyboardInterrupt) for each in self._run.failures):
                    return  # asked for again: what opens later is owed, and closed, by its scope
                self._run.fail(error)

    def _launch(self) -> int | None:
        """Begin what is ready, as far as the limit goes; return one that the calling thread has to open itself."""
        while self._ready and self._n_running < self._limit and not self._run.aborted:
            number = self._ready.pop(0)
            self._n_running += 1
            binding, _ = self._launches[number]
            if binding.options.thread_bound:
                return number
            context = contextvars.copy_context()
            threading.Thread(
                target=context.run, args=(self._open, number), name=f"tenure opens {binding.label}", daemon=True
            ).start()
        return None

    def _open(self, number: int) -> None:
        binding, home = self._launches[number]
        try:
            self._engine.resolvers[binding.key](home)
        except ResourceUnavailableError as error:
            if error.key != binding.key:
                self._run.fail(error)
        except BaseException as error:  # noqa: BLE001 - the start raises it
            self._run.fail(error)
        finally:
            self._ended.put(number)

    def _note(self, number: int) -> None:
        self._n_running -= 1
        for above in self._above.get(number, ()):
            self._n_below[above] -= 1
            if self._n_below[above] == 0:
                self._ready.append(above)
