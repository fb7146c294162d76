"""L69 under the runner: an interruption at any bytecode of the library loses nothing that was opened."""

import _thread
import contextvars
import signal
import sys

from tenure import Container, resource
from tenure.lifecycle.interrupts import KNOWS_WHEN
from tenure.runner.safe import may_interrupt
from tenure.runtime.registry import shared_lock
from tests.laws.threads.watching import signal_offsets

STORY = []


class A: ...


class B: ...


@resource
def open_a():
    STORY.append("open A")
    try:
        yield A()
    finally:
        STORY.append("close A")


@resource
def open_b(a: A):
    STORY.append("open B")
    try:
        yield B()
    finally:
        STORY.append("close B")


def body(container):
    """Request after request, as a synchronous main may serve them."""
    with container.resource_scope() as scope:
        scope.get(B)
    with container.resource_scope():
        container.get(A)


class _Arm(int):
    """Looking up `now` notes a signal without running a bytecode after which the interpreter would look for one."""

    now = property(_thread.interrupt_main)


CTRL_C = _Arm(signal.SIGINT)


class Interrupter:
    """Has a signal arrive at the *n*-th of the bytecodes where the runner's handler may raise, which does it there."""

    def __init__(self, n):
        self.left = n
        self.is_done = False

    def trace(self, frame, event, _):
        frame.f_trace_opcodes = True
        is_looked = event == "opcode" and frame.f_lasti in signal_offsets(frame.f_code)
        if is_looked and not self.is_done and may_interrupt(frame, {body.__code__}):
            self.left -= 1
            if self.left <= 0:
                self.is_done = True
                sys.settrace(None)  # or it would be this function that meets the signal
                CTRL_C.now  # noqa: B018 - the look-up is the deed
        return self.trace

    def handle(self, number, frame):
        if may_interrupt(frame, {body.__code__}):
            raise KeyboardInterrupt

    setattr(handle, KNOWS_WHEN, True)


def interrupted_at(n, container):
    """Run the body, interrupted at the *n*-th bytecode that may be; tell whether there was one."""
    interrupter, before, handler = Interrupter(n), sys.gettrace(), signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, interrupter.handle)
    try:
        sys._getframe().f_trace_opcodes = True  # 3.12 looks for it when tracing begins
        sys.settrace(interrupter.trace)
        try:
            body(container)
        finally:
            sys.settrace(before)
    except KeyboardInterrupt:
        assert interrupter.is_done
    finally:
        signal.signal(signal.SIGINT, handler)
    return interrupter.is_done


def test_nothing_is_lost_wherever_main_is_interrupted():
    """Whatever was opened is closed once, B before A, wherever two requests are interrupted."""
    container = Container()
    container.bind(A, open_a)
    container.bind(B, open_b)
    for _ in range(3):  # from here on everything is imported and compiled: what is traced is opening and closing
        body(container)
    container.close()
    n, n_interrupted, is_over = 0, 0, False
    while not is_over:
        n += 1
        STORY.clear()
        container.start_sync()
        is_over = not contextvars.copy_context().run(interrupted_at, n, container)
        n_interrupted += not is_over
        container.close()

        for name in "AB":
            assert STORY.count(f"open {name}") == STORY.count(f"close {name}"), (n, STORY)
        if "open B" in STORY:
            assert STORY.index("close B") < STORY.index("close A"), (n, STORY)
    assert n_interrupted > 50
    assert not shared_lock()._is_owned()
