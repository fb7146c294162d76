"""
Ask one object: on the event loop it belongs to, on a daemon thread, or, where it is bound to its thread, right here.

Whatever the user's code raises or returns becomes an outcome. Nobody who waits holds the check up, and a check that
does not end holds nobody up: neither a loop, nor the exit of the process.
"""

import inspect
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from time import perf_counter
from typing import Any

from tenure.health.answers import Outcome, not_asked, of_answer, of_error, of_lateness
from tenure.health.checks import Ask
from tenure.health.flights import Desk, Flight
from tenure.health.subjects import LOOP, Subject
from tenure.lifecycle.backends import LimitReachedError, current, is_dead, running
from tenure.lifecycle.claim import opening
from tenure.lifecycle.latch import Latch
from tenure.runtime.registry import record_of
from tenure.runtime.scope import current as current_scope

_NO_LOOP = "its check is asynchronous, and there is no event loop here to run it on: await container.health()"
_THIS_LOOP = "its check needs the event loop that health_sync() blocks here: await container.health()"
_IDLE_LOOP = "its event loop does not run at the moment"
_DEAD_LOOP = "its event loop has ended"


class _Inside:
    """Lets calls of an object's methods go straight to them, as in tasks that its opening started; see `Managed`."""

    __slots__ = ("done", "mark")

    def __init__(self, mark: object) -> None:
        self.mark: object = mark
        self.done: Latch = Latch()
        self.done.set()


class Asking:
    """
    One check.

    Args:
        desk: where it lands.
        flight: the check under way.
        subject: what is asked; has a check.
        root: the scope that is current meanwhile, whoever wants to know.
        loop: the event loop for asynchronous code, None: *why_none* says why there is none.
    """

    def __init__(self, desk: Desk, flight: Flight, subject: Subject, root: Any, loop: Any, why_none: Outcome) -> None:
        assert subject.ask is not None, "only what has a check is asked"
        self._desk = desk
        self._flight = flight
        self._label = subject.label
        self._obj = subject.value
        self._ask: Ask = subject.ask
        self._is_inline = subject.is_thread_bound or self._ask.is_instant
        self._is_loop = subject.key is LOOP
        self._loop = loop
        self._why_none = why_none
        self._exit = subject.exit
        self._made: Any = None  # an awaitable that a plain function gave
        self._context = copy_context()
        self._context.run(_enter, root, subject)
        self._began = perf_counter()

    def begin(self) -> None:
        """Begin it; it lands by itself."""
        if self._is_loop:
            self._on_loop(lambda: self._land_answer(None))
        elif self._ask.is_async:
            self._on_loop(self._spawn)
        elif self._is_inline:
            self._call()
        else:
            self._on_thread()

    def _on_thread(self) -> None:
        thread = threading.Thread(target=self._call, name=f"tenure checks {self._label}", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # too many threads, or the interpreter is ending
            self._land(not_asked(f"no thread could be started for its check: {error}"))

    def _is_closed(self) -> bool:
        """Tell whether the object is open no longer; then nothing is asked."""
        if self._exit is None or not self._exit.done:
            return False
        self._land(not_asked("it was closed before it was asked", "not open"))
        return True

    def _call(self) -> None:
        if self._is_closed():
            return
        try:
            answer = self._context.run(self._ask.call, self._obj)
            is_awaitable = inspect.isawaitable(answer)
        except BaseException as error:  # noqa: BLE001 - whatever it raises is its health
            self._land_error(error)
            return
        if not is_awaitable:
            self._land_answer(answer)
        else:
            self._made = answer
            self._on_loop(self._spawn)

    def _on_loop(self, function: Callable[[], None]) -> None:
        """Call *function* on the loop of the check, at once where that runs here."""
        self._flight.loop = self._loop
        if self._loop is None:
            self._drop(self._why_none)
            return
        here = running()
        if here is not None and here.token() is self._loop:
            function()
            return
        soon = getattr(self._loop, "run_sync_soon", None) or self._loop.call_soon_threadsafe
        try:
            soon(function)
        except RuntimeError:  # it has ended meanwhile; trio.RunFinishedError is one
            self._drop(not_asked(_DEAD_LOOP, "unhealthy"))

    def _spawn(self) -> None:
        try:
            current().spawn(self._await, self._context, f"tenure checks {self._label}")
        except RuntimeError:  # the run is ending and takes no more tasks
            self._drop(not_asked(_DEAD_LOOP, "unhealthy"))

    async def _await(self) -> None:
        if self._made is None and self._is_closed():
            return
        try:
            async with current().limit(self._flight.limit_s):
                answer = await (self._ask.call(self._obj) if self._made is None else self._made)
        except LimitReachedError:
            self._land(of_lateness(self._flight.limit_s, 0))
        except BaseException as error:  # noqa: BLE001 - whatever it raises is its health
            self._land_error(error)
        else:
            self._land_answer(answer)
        finally:
            self._land(not_asked("its check was dropped before it ended"))  # counts only if nothing else landed

    def _land_answer(self, answer: Any) -> None:
        try:
            outcome = of_answer(answer, self._elapsed_s(), counts=self._ask.answer_counts)
        except BaseException as error:  # noqa: BLE001 - a mapping of the user's may raise anything
            self._land_error(error)
        else:
            self._land(outcome)

    def _land_error(self, error: BaseException) -> None:
        interrupt = error if isinstance(error, KeyboardInterrupt) else None
        self._desk.land(self._flight, of_error(error, self._elapsed_s()), interrupt)

    def _drop(self, outcome: Outcome) -> None:
        """Land without having awaited what was to be."""
        with suppress(Exception):
            self._made.close()  # a coroutine that will never run says so otherwise
        self._land(outcome)

    def _land(self, outcome: Outcome) -> None:
        self._desk.land(self._flight, outcome)

    def _elapsed_s(self) -> float:
        return perf_counter() - self._began


def _enter(root: Any, subject: Subject) -> None:
    """
    Let the running context be that of a check: inside the root only, and inside its object.

    Else a call of a method would have the root hold the object, or open it where it was closed meanwhile.
    """
    current_scope.set(root)
    record = record_of(subject.value) if subject.exit is not None else None
    opening.set(() if record is None else (_Inside(record.mark),))  # as much of a claim as is looked at


def loop_for(subject: Subject, others: list[Any], may_wait_here: bool) -> tuple[Any, Outcome]:
    """
    Return the event loop that asynchronous code of *subject*'s check runs on; None, and why there is none.

    Args:
        subject: what is asked.
        others: event loops that other objects of the container belong to.
        may_wait_here: whether the loop that runs here goes on meanwhile.
    """
    here = running()
    token = here.token() if here is not None else None
    if subject.loop is not None:
        if subject.loop is token:
            return (token if may_wait_here else None), not_asked(_THIS_LOOP)
        if is_dead(subject.loop):
            return None, not_asked(_DEAD_LOOP, "unhealthy")
        return (subject.loop if _runs(subject.loop) else None), not_asked(_IDLE_LOOP)
    if token is not None and may_wait_here:
        return token, not_asked(_NO_LOOP)
    usable = (loop for loop in others if loop is not token and not is_dead(loop) and _runs(loop))
    return next(usable, None), not_asked(_THIS_LOOP if token is not None else _NO_LOOP)


def _runs(loop: Any) -> bool:
    """Tell whether *loop* turns; a run of trio does until it has ended."""
    is_running: Callable[[], bool] | None = getattr(loop, "is_running", None)
    return is_running is None or is_running()
