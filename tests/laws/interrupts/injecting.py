"""
Interrupt a program at a chosen bytecode of Tenure.

"signal": Ctrl-C arrives while that bytecode runs, so that the handler in force is called where CPython would call it.
"raise": KeyboardInterrupt is raised there, which a signal cannot do at most places: every real interruption and more.
"""

import _thread
import gc
import signal
import sys
from collections.abc import Callable, Collection
from types import CodeType, FrameType
from typing import Any

from tests.laws.threads.watching import every_offset, is_library, signal_offsets


class _Arm(int):
    """Looking up `now` notes a signal without running a bytecode after which CPython would look for one."""

    now = property(_thread.interrupt_main)


_CTRL_C = _Arm(signal.SIGINT)
_TOOL = 4


class Injector:
    """
    Counts the bytecodes of Tenure at which it may interrupt, and does so at those chosen.

    Args:
        mode: "signal" or "raise".

    Attributes:
        n_seen: how many there were in the last run.
    """

    def __init__(self, mode: str) -> None:
        self._offsets: Callable[[CodeType], frozenset[int]] = signal_offsets if mode == "signal" else every_offset
        self._raises = mode == "raise"
        self._targets: Collection[int] = ()
        self._local: dict[CodeType, Any] = {}
        self.n_seen = 0

    def run(self, program: Callable[[], None], targets: Collection[int] = ()) -> None:
        """
        Run *program* on the main thread and interrupt it at *targets*.

        Args:
            program: whatever it raises leaves.
            targets: numbers of bytecodes, from 1, in the order in which they run.
        """
        self._targets, self.n_seen = targets, 0
        gc.disable()  # what is collected would run code of Tenure's at any place
        try:
            self._traced(program)
        finally:
            gc.enable()

    def _traced(self, program: Callable[[], None]) -> None:
        if sys.version_info >= (3, 12):
            self._monitored(program)
        else:
            sys.settrace(self._on_call)
            try:
                program()
            finally:
                sys.settrace(None)

    # 3.11: a trace function per code object

    def _on_call(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        if not is_library(code):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        local = self._local.get(code)
        if local is None:
            local = self._local[code] = self._tracer(self._offsets(code))
        return local

    def _tracer(self, offsets: frozenset[int]) -> Any:
        def trace(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "opcode" and frame.f_lasti in offsets:
                self.n_seen += 1
                if self.n_seen in self._targets:
                    if self._raises:
                        raise KeyboardInterrupt
                    if self.n_seen == max(self._targets):
                        sys.settrace(None)  # or it would be this function that meets the signal
                    _CTRL_C.now  # noqa: B018 - the look-up is the deed
            return trace

        return trace

    # 3.12 and later: instruction events

    def _monitored(self, program: Callable[[], None]) -> None:
        monitoring = sys.monitoring
        events = monitoring.events
        monitoring.use_tool_id(_TOOL, "tenure laws")
        monitoring.register_callback(_TOOL, events.PY_START, self._on_start)
        monitoring.register_callback(_TOOL, events.INSTRUCTION, self._on_instruction)
        for code in self._local:
            monitoring.set_local_events(_TOOL, code, events.INSTRUCTION)
        monitoring.set_events(_TOOL, events.PY_START)
        try:
            program()
        finally:
            monitoring.set_events(_TOOL, 0)
            for code in self._local:
                monitoring.set_local_events(_TOOL, code, 0)
            monitoring.free_tool_id(_TOOL)

    def _on_start(self, code: CodeType, offset: int) -> Any:
        if is_library(code) and code not in self._local:
            self._local[code] = self._offsets(code)
            sys.monitoring.set_local_events(_TOOL, code, sys.monitoring.events.INSTRUCTION)
        return sys.monitoring.DISABLE

    def _on_instruction(self, code: CodeType, offset: int) -> Any:
        if offset not in self._local[code]:
            return sys.monitoring.DISABLE
        self.n_seen += 1
        if self.n_seen in self._targets:
            if self._raises:
                raise KeyboardInterrupt
            _CTRL_C.now  # noqa: B018 - the look-up is the deed
        return None
