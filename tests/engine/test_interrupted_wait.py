"""Ctrl-C while the main thread begins to wait for what another thread opens."""

import _thread
import signal
import sys
import threading

import pytest

from tenure import Container, resource
from tenure.lifecycle.circles import Joining
from tenure.lifecycle.latch import Latch


class _Arm(int):
    """Looking up `now` notes a signal without running a bytecode after which the interpreter would look for one."""

    now = property(_thread.interrupt_main)


CTRL_C = _Arm(signal.SIGINT)


@pytest.mark.parametrize("code", [Joining.block.__code__, Latch.block.__code__], ids=["joining", "latch"])
def test_ctrl_c_just_before_a_wait_ends_the_wait(code):
    """L43, L69: what waits for the end of Tenure's code does not wait for the end of a wait."""
    container, is_opening, gate = Container(), threading.Event(), threading.Event()

    @resource(scope="singleton")
    def slow():
        is_opening.set()
        gate.wait()
        yield "slow"

    container.bind("slow", slow)
    thread = threading.Thread(target=container.get, args=("slow",))
    thread.start()
    is_opening.wait()
    rescue = threading.Timer(20, gate.set)
    rescue.start()

    def trace(frame, event, _):
        if frame.f_code is code:
            sys.settrace(None)  # or it would be this function that meets the signal
            CTRL_C.now  # noqa: B018 - the look-up is the deed
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        with pytest.raises(KeyboardInterrupt):
            container.get("slow")
        assert not gate.is_set()
    finally:
        sys.settrace(before)
        rescue.cancel()
        gate.set()
        thread.join()
        container.close()
