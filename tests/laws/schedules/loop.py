"""
A deterministic asyncio event loop: what runs next is chosen from outside, and time passes only by jumps.

A schedule is a list of choices, one for each moment at which more than one handle is ready; 0 is the handle that
has waited longest, so a list of nothing but zeros is asyncio's own order. Choices that are not 0 break asyncio's
promise that callbacks run in the order of `call_soon`, as if every wait ended at its own time.
"""

import asyncio
import sys
from asyncio import events, tasks
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextvars import Context
from typing import Any

_LIMIT = 20_000
"""Handles in one run; more than that is a livelock."""


class Deadlock(Exception):
    """Nothing is ready, no timer is set, and the program has not ended."""


class OracleLoop(asyncio.BaseEventLoop):
    """
    Plays one schedule of one program.

    Args:
        choices: the schedule; beyond its end `0` is chosen.
        beyond: called before each choice beyond the end of *choices*; returns False once this run need not be
            branched any further. None: never.
        with_timers: whether a timer may fire although something is ready: that is one more choice, after the others.
        pure: whether tasks are those written in Python, into which a fingerprint can look.

    Attributes:
        widths: how many ways there were to go on at each choice so far.
        n_open: how many of them may be branched.
        watch: called before every handle; None: nothing is.
        everything: every task, in order of creation.
        complaints: what would have been told to the exception handler.
    """

    def __init__(
        self,
        choices: Sequence[int] = (),
        beyond: Callable[[], bool] | None = None,
        *,
        with_timers: bool = False,
        pure: bool = True,
    ) -> None:
        super().__init__()
        self.widths: list[int] = []
        self.n_open: int | None = None
        self.watch: Callable[[], None] | None = None
        self.everything: list[Any] = []
        self.complaints: list[str] = []
        self._choices = choices
        self._is_silent = False
        self._beyond = beyond
        self._with_timers = with_timers
        self._make = tasks._PyTask if pure else tasks.Task  # type: ignore[attr-defined]
        self._now = 0.0
        self._names: dict[str, int] = {}
        self.set_exception_handler(self._complain)

    def _complain(self, _loop: Any, context: dict[str, Any]) -> None:
        self.complaints.append(f"{context.get('message')}: {context.get('exception')!r}")

    def time(self) -> float:
        """Return the virtual time, seconds."""
        return self._now

    def create_task(
        self, coro: Coroutine[Any, Any, Any], *, name: str | None = None, context: Context | None = None, **_: Any
    ) -> Any:
        """Start a task; its name tells it from all others and does not depend on the schedule."""
        name = name or coro.__qualname__
        number = self._names[name] = self._names.get(name, 0) + 1
        task = self._make(coro, loop=self, name=f"{name}#{number}", context=context)
        self.everything.append(task)
        return task

    @property
    def ready(self) -> list[asyncio.Handle]:
        """What may run now, in the order in which it became ready."""
        return list(self._ready)

    @property
    def timers(self) -> list[asyncio.TimerHandle]:
        """Timers that are set."""
        return [timer for timer in self._scheduled if not timer._cancelled]

    def run(self, is_over: Callable[[], bool]) -> None:
        """
        Run until *is_over*.

        Raises:
            Deadlock: it never is.
        """
        hooks = sys.get_asyncgen_hooks()
        events._set_running_loop(self)
        sys.set_asyncgen_hooks(self._asyncgen_firstiter_hook, self._asyncgen_finalizer_hook)
        try:
            for _ in range(_LIMIT):
                if is_over():
                    return
                self._run_once()
            raise Deadlock(f"no end after {_LIMIT} steps")
        finally:
            events._set_running_loop(None)
            sys.set_asyncgen_hooks(*hooks)

    def play(self, program: Coroutine[Any, Any, Any]) -> Any:
        """Run *program* to its end and return or raise what it does."""
        main = self.create_task(program, name="main")
        self.run(main.done)
        return main.result()

    def prepare(self, program: Coroutine[Any, Any, Any]) -> None:
        """Run *program* in asyncio's own order before the schedule begins."""
        self._is_silent = True
        self.play(program)
        self._is_silent = False

    def freeze(self) -> None:
        """Branch no more from here on."""
        if self.n_open is None:
            self.n_open = len(self.widths)

    def settle(self) -> None:
        """Run what is ready, in order, until nothing is; time does not pass."""
        self.freeze()
        self.run(lambda: not self._ready)

    def _run_once(self) -> None:
        self._drop_cancelled()
        if not self._ready:
            self._jump()
        handle = self._pick()
        if handle is None:
            self._jump()
            return
        if self.watch is not None:
            self.watch()
        handle._run()

    def _drop_cancelled(self) -> None:
        if any(handle._cancelled for handle in self._ready):
            self._ready = deque(handle for handle in self._ready if not handle._cancelled)

    def _pick(self) -> asyncio.Handle | None:
        ready = self._ready
        width = len(ready) + (1 if self._with_timers and self.timers else 0)
        chosen = self._choose(width) if width > 1 else 0
        if chosen == len(ready):
            return None
        handle: asyncio.Handle = ready[chosen]
        del ready[chosen]
        return handle

    def _choose(self, width: int) -> int:
        if self._is_silent:
            return 0
        at = len(self.widths)
        if at >= len(self._choices) and self.n_open is None and self._beyond is not None and not self._beyond():
            self.n_open = at
        self.widths.append(width)
        return self._choices[at] % width if at < len(self._choices) else 0

    def draw(self, width: int) -> int:
        """Let the program itself ask for a choice, from 0 up to *width*, which is not included."""
        return self._choose(width) if width > 1 else 0

    def _jump(self) -> None:
        timers = self.timers
        if not timers:
            raise Deadlock("nothing is ready and no timer is set")
        timer = min(timers, key=lambda timer: timer._when)
        self._scheduled.remove(timer)
        timer._scheduled = False
        self._now = max(self._now, timer._when)
        self._ready.append(timer)

    def _write_to_self(self) -> None:
        """Nothing waits for input, so nothing has to be woken."""

    def _process_events(self, event_list: Any) -> None:
        raise AssertionError("there is no input")
