"""
News for the thread beside a synchronous main: signals, and that something is to be looked at.

Python calls a signal handler between two bytecodes of the main thread, which may be far away: in a system call that the
signal came too early to interrupt, or in a long call of C code. The number of the signal is written to a file
descriptor at once (`signal.set_wakeup_fd`), whatever the main thread does.
"""

import os
import signal
import socket
import weakref
from contextlib import suppress
from types import TracebackType
from typing import Self

_NEWS = b"\0"


class Inbox:
    """Numbers of signals, and zeros; used with `with`, where *with_signals* on the main thread."""

    def __init__(self) -> None:
        self._theirs, self._ours = socket.socketpair()
        self._previous: int | None = None
        self._ours.setblocking(False)

    def __enter__(self) -> Self:
        return self

    def take_signals(self) -> None:
        """Have the numbers of signals written here; on the main thread."""
        self._previous = signal.set_wakeup_fd(self._ours.fileno(), warn_on_full_buffer=False)
        _open.add(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._previous is not None:
            signal.set_wakeup_fd(self._previous)
            _open.discard(self)
        self._theirs.close()
        self._ours.close()

    def wake(self) -> None:
        """Put in a zero; callable from anywhere."""
        with suppress(OSError):  # it is full, and wakes all the same; or closed
            self._ours.send(_NEWS)

    def read(self, seconds: float | None) -> bytes:
        """Return what has come, waiting *seconds* at most for it (None: any time); empty if nothing did."""
        self._theirs.settimeout(seconds)
        try:
            return self._theirs.recv(256)
        except TimeoutError:
            return b""

    def disown(self) -> None:
        """In a forked child: signals of the child are not news for the parent."""
        signal.set_wakeup_fd(-1)


_open: "weakref.WeakSet[Inbox]" = weakref.WeakSet()


def _disown_in_child() -> None:
    for each in list(_open):
        with suppress(ValueError):  # forked by another thread: it is the main one now, as far as Python knows
            each.disown()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_disown_in_child)
