"""
Show a container start and close while it does: a tree that changes on a terminal, a line for each elsewhere.

Draws on a thread of its own, for the container may hold up this one; and to stderr, for stdout is the program's.
"""

import threading
import time
from types import TracebackType
from typing import Any, Self

from tenure.cli.life import Life
from tenure.cli.planning import needs_loop, planned
from tenure.cli.screen import Screen
from tenure.cli.tree import summary, tree_lines

TICK_S = 0.1


class Progress:
    """
    Shows *container* on *screen* from entering to leaving.

    Args:
        container: of either face; not started.
        screen: where to.
        is_quiet: whether nothing is shown.

    Raises:
        TenureError: the graph has an error; nothing was opened.
    """

    def __init__(self, container: Any, screen: Screen, *, is_quiet: bool = False) -> None:
        self._screen = screen
        self._is_quiet = is_quiet
        self._container = container
        steps = planned(container)
        self._life = Life(steps)
        self._needs_loop = needs_loop(steps)
        self._lock = threading.RLock()  # one writer at a time; the observer may be called while this thread draws
        self._is_over = threading.Event()
        self._wake = threading.Event()
        self._drawer: threading.Thread | None = None

    @property
    def life(self) -> Life:
        """What is known of the run."""
        return self._life

    @property
    def needs_loop(self) -> bool:
        """Whether the start has to be awaited."""
        return self._needs_loop

    def __enter__(self) -> Self:
        """Begin to show it."""
        self._end = self._container.observe(self._life)
        if not self._is_quiet:
            self._life.then(self._act_began)
            if self._screen.is_live:
                self._drawer = threading.Thread(target=self._draw_on, name="tenure progress", daemon=True)
                self._drawer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say how the last act ended, and show no more."""
        self._is_over.set()
        self._wake.set()
        if self._drawer is not None:
            self._drawer.join()
        self._end()
        if not self._is_quiet:
            act = "no start" if self._life.act == "start" else self._life.act
            self._end_act(act, time.perf_counter() - self._life.began_at)

    def _act_began(self, act: str) -> None:
        if act == "serve":
            self._end_act("start", self._life.start_s or 0.0)
        self._wake.set()

    def _end_act(self, act: str, elapsed_s: float) -> None:
        rows = self._life.rows()
        if act == "serve" or not rows:
            return
        with self._lock:
            self._screen.end()
            self._screen.say(summary(rows, act, elapsed_s, self._screen.glyphs))

    def _draw_on(self) -> None:
        while not self._is_over.is_set():
            act = self._life.act
            if act == "serve":
                self._wake.wait()
            else:
                self._draw(act)
                self._wake.wait(TICK_S)
            self._wake.clear()

    def _draw(self, act: str) -> None:
        lines = tree_lines(self._life.rows(), act, self._life.began_at, time.perf_counter(), self._screen.glyphs)
        with self._lock:
            if self._life.act == act and not self._is_over.is_set():
                self._screen.region(lines)
