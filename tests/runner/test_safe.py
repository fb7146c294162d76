"""L69 under the runner: an interruption at any bytecode of the library loses nothing that was opened."""

import contextvars
import sys

from tenure import Container, resource
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


class Interrupter:
    """
    Does what the runner's signal handler does, at the *n*-th of the bytecodes where it is called and may.

    Between two others no handler is ever called: it would leave a lock taken that no `with` gives back.
    """

    def __init__(self, n):
        self.left = n
        self.is_done = False
        self.looking = None

    def trace(self, frame, event, _):
        frame.f_trace_opcodes = True
        if event != "opcode":
            return self.trace
        is_called = self.looking is frame
        self.looking = frame if frame.f_lasti in signal_offsets(frame.f_code) else None
        if is_called and not self.is_done and may_interrupt(frame, {body.__code__}):
            self.left -= 1
            if self.left <= 0:
                self.is_done = True
                sys.settrace(None)
                raise KeyboardInterrupt
        return self.trace


def interrupted_at(n, container):
    """Run the body, interrupted at the *n*-th bytecode that may be; tell whether there was one."""
    interrupter, before = Interrupter(n), sys.gettrace()
    try:
        sys._getframe().f_trace_opcodes = True  # 3.12 looks for it when tracing begins
        sys.settrace(interrupter.trace)
        try:
            body(container)
        finally:
            sys.settrace(before)
    except KeyboardInterrupt:
        assert interrupter.is_done
    return interrupter.is_done


def test_nothing_is_lost_wherever_main_is_interrupted():
    """Whatever was opened is closed once, B before A, wherever two requests are interrupted."""
    container = Container()
    container.bind(A, open_a)
    container.bind(B, open_b)
    body(container)  # from here on everything is compiled, and what is traced is opening and closing
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
