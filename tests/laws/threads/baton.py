"""
Threads that run one at a time and hand on a baton at the bytecodes of Tenure that matter, as a plan says.

A plan is a list of switches: at the n-th point go on with thread t. Between two switches a thread runs until it ends or
has to wait for another; then the next one that can run goes on.
"""

import _thread
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from types import CodeType, FrameType, SimpleNamespace
from typing import Any

from tests.laws.threads.watching import is_library, shared_offsets

MAX_POINTS = 20_000
"""More than any scenario has: beyond it threads run in circles."""
Plan = Sequence[tuple[int, int]]
"""(number of a point, from 1; number of a thread): 0 is before the first point."""


class StuckError(BaseException):
    """Nobody can go on; raised in those that wait."""


class Baton:
    """
    Runs jobs on threads of its own.

    Attributes:
        is_on: whether a run is under way; else locks are nobody's business.
        ran: the thread that ran at each point of the last run.
        stuck: what was waited for by whom, if nobody could go on.
        me: the thread that runs, by number.
    """

    def __init__(self, n_threads: int) -> None:
        self.is_on = False
        self.me = 0
        self.ran: list[int] = []
        self.stuck: list[str] = []
        self.results: list[Any] = []
        self.errors: list[BaseException | None] = []
        self._gates = [_locked() for _ in range(n_threads)]
        self._main = _locked()
        self._waits: list[Callable[[], bool] | None] = []
        self._ended: list[bool] = []
        self._jobs: Sequence[Callable[[], Any]] = ()
        self._plan: list[tuple[int, int]] = []
        self._at = -1
        self._watch = _Watch(self)
        self._threads = [
            threading.Thread(target=self._work, args=(n,), name=f"T{n}", daemon=True) for n in range(n_threads)
        ]
        for thread in self._threads:
            thread.start()
        self._numbers = {thread.ident: n for n, thread in enumerate(self._threads)}

    def run(self, jobs: Sequence[Callable[[], Any]], plan: Plan) -> None:
        """Run *jobs*, one on each thread, as *plan* says; see `results`, `errors`, `stuck` and `ran`."""
        n_jobs = len(jobs)
        self._jobs, self._plan = jobs, list(plan)
        self.ran, self.stuck = [], []
        self.results, self.errors = [None] * n_jobs, [None] * n_jobs
        self._waits, self._ended = [None] * n_jobs, [False] * n_jobs
        self.me = self._plan.pop(0)[1] if self._plan and self._plan[0][0] == 0 else 0
        self._at = self._plan[0][0] if self._plan else -1
        self.is_on = True
        self._watch.begin()
        self._gates[self.me].release()
        self._main.acquire()
        self._watch.end()
        self.is_on = False

    def stop(self) -> None:
        """End the threads."""
        self._jobs = ()
        for gate in self._gates:
            gate.release()
        for thread in self._threads:
            thread.join()

    def is_mine(self) -> bool:
        """Tell whether the running thread is one of those that pass the baton."""
        return self.is_on and _thread.get_ident() in self._numbers

    def point(self) -> None:
        """Be at a point where the plan may have another thread go on."""
        self.ran.append(self.me)
        if len(self.ran) == self._at:
            to = self._plan.pop(0)[1]
            self._at = self._plan[0][0] if self._plan else -1
            if self._can_run(to):
                self._pass(to)
        elif len(self.ran) > MAX_POINTS and not self.stuck:
            self.stuck = ["threads run in circles"]
        if self.stuck:
            raise StuckError

    def wait_until(self, is_true: Callable[[], bool], what: str) -> None:
        """Let others run until *is_true*."""
        me = self.me
        while not is_true():
            self._waits[me] = is_true
            to = self._next()
            if to is None:
                self.stuck = self.stuck or [what]
                raise StuckError
            self._pass(to)
            if self.stuck:
                self._waits[me] = None
                raise StuckError
        self._waits[me] = None

    def _can_run(self, number: int) -> bool:
        if number >= len(self._ended) or self._ended[number]:
            return False
        wait = self._waits[number]
        return wait is None or bool(self.stuck) or wait()

    def _next(self) -> int | None:
        n_jobs = len(self._ended)
        order = [(self.me + step) % n_jobs for step in range(1, n_jobs + 1)]
        return next((number for number in order if self._can_run(number)), None)

    def _pass(self, to: int) -> None:
        me = self.me
        if to != me:
            self.me = to
            self._gates[to].release()
            self._gates[me].acquire()

    def _work(self, me: int) -> None:
        while True:
            self._gates[me].acquire()
            if not self._jobs:
                return
            try:
                self.results[me] = Context().run(self._watch.watched, self._jobs[me])
            except BaseException as error:
                self.errors[me] = error
            self._ended[me] = True
            to = self._next()
            if to is None and not all(self._ended):
                self.stuck = self.stuck or ["everybody waits"]
                to = self._next()
            if to is None:
                self._main.release()
            else:
                self.me = to
                self._gates[to].release()


def _locked() -> Any:
    lock = _thread.allocate_lock()
    lock.acquire()
    return lock


class _Watch:
    """Calls `Baton.point` before each bytecode that matters, on the threads of the baton."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._local: dict[CodeType, Any] = {}

    if sys.version_info >= (3, 12):

        def begin(self) -> None:
            monitoring = sys.monitoring
            events = monitoring.events
            monitoring.use_tool_id(3, "tenure laws")
            monitoring.register_callback(3, events.PY_START, self._on_start)
            monitoring.register_callback(3, events.INSTRUCTION, self._on_instruction)
            for code in self._local:
                monitoring.set_local_events(3, code, events.INSTRUCTION)
            monitoring.set_events(3, events.PY_START)

        def end(self) -> None:
            sys.monitoring.set_events(3, 0)
            for code in self._local:
                sys.monitoring.set_local_events(3, code, 0)
            sys.monitoring.free_tool_id(3)

        def watched(self, job: Callable[[], Any]) -> Any:
            return job()

        def _on_start(self, code: CodeType, offset: int) -> Any:
            if is_library(code) and code not in self._local:
                self._local[code] = shared_offsets(code)
                sys.monitoring.set_local_events(3, code, sys.monitoring.events.INSTRUCTION)
            return sys.monitoring.DISABLE

        def _on_instruction(self, code: CodeType, offset: int) -> Any:
            if offset not in self._local[code]:
                return sys.monitoring.DISABLE
            if self._baton.is_mine():
                self._baton.point()
            return None

    else:

        def begin(self) -> None:
            """Nothing to do: each thread is traced by itself."""

        def end(self) -> None:
            """Nothing to do."""

        def watched(self, job: Callable[[], Any]) -> Any:
            sys.settrace(self._on_call)
            try:
                return job()
            finally:
                sys.settrace(None)

        def _on_call(self, frame: FrameType, event: str, arg: Any) -> Any:
            code = frame.f_code
            local = self._local.get(code, self)
            if local is self:
                offsets = shared_offsets(code) if is_library(code) else ()
                local = self._local[code] = self._tracer(offsets) if offsets else None
            if local is not None:
                frame.f_trace_opcodes, frame.f_trace_lines = True, False
            return local

        def _tracer(self, offsets: frozenset[int]) -> Any:
            point = self._baton.point

            def trace(frame: FrameType, event: str, arg: Any) -> Any:
                if event == "opcode" and frame.f_lasti in offsets:
                    point()
                return trace

            return trace


class BatonLock:
    """A re-entrant lock whose waiting is the baton's to know."""

    baton: Baton | None = None
    is_users = False
    held: "dict[BatonLock, int]" = {}

    def __init__(self) -> None:
        self._owner: int | None = None
        self._count = 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it."""
        baton = self.baton
        if baton is None or not baton.is_mine():
            return True
        if self._owner != baton.me:
            baton.point()
            if not blocking and self._owner is not None:
                return False
            baton.wait_until(lambda: self._owner is None, "a lock")
            self._owner = baton.me
            if not self.is_users:
                self.held[self] = baton.me
        self._count += 1
        return True

    def release(self) -> None:
        """Give it back."""
        baton = self.baton
        if baton is None or not baton.is_mine():
            return
        self._count -= 1
        if self._count == 0:
            self._owner = None
            self.held.pop(self, None)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *outcome: object) -> None:
        self.release()


class UserLock(BatonLock):
    """A lock of the code of users."""

    is_users = True


class BatonEvent:
    """An event whose waiting is the baton's to know."""

    def __init__(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        """Tell whether it happened."""
        return self._is_set

    def set(self) -> None:
        """Have it happen."""
        self._is_set = True

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for it."""
        baton = BatonLock.baton
        if baton is not None and baton.is_mine():
            baton.wait_until(self.is_set, "an event")
        return self._is_set


@contextmanager
def locks_replaced(baton: Baton) -> Iterator[None]:
    """Have every lock of Tenure, and those that it makes meanwhile, know *baton*."""
    from tenure.lifecycle import claim, latch
    from tenure.providers import family
    from tenure.runtime import registry

    before = claim.Claim.guard, registry._lock[0], family._joining, latch.threading, BatonLock.baton
    BatonLock.baton = baton
    BatonLock.held = {}
    claim.Claim.guard, registry._lock[0], family._joining = BatonLock(), BatonLock(), BatonLock()
    latch.threading = SimpleNamespace(RLock=BatonLock, Event=BatonEvent)
    try:
        yield
    finally:
        claim.Claim.guard, registry._lock[0], family._joining, latch.threading, BatonLock.baton = before
