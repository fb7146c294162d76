"""The libraries that run an asynchronous main: how each runs a coroutine, and is called from a signal handler."""

import signal
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeAlias

from tenure.errors import BindingError, TenureError
from tenure.lifecycle.backends import running

Life: TypeAlias = Callable[[], Awaitable[Any]]


class NestedRunError(TenureError, RuntimeError):
    """`run` was called where an event loop runs already, which it would have to stop."""

    def __init__(self, loop: str) -> None:
        super().__init__(loop)
        self.loop: str = loop

    def __str__(self) -> str:
        return (
            f"run starts an event loop of its own, and {self.loop} runs in this thread already (a notebook? a "
            "coroutine?); there, write: async with container: await main(...)"
        )


def refuse_nested() -> None:
    """Raise NestedRunError where a loop runs in this thread."""
    backend = running()
    if backend is not None:
        raise NestedRunError(backend.describe(backend.token()))


def run_life(backend: str, life: Life) -> Any:
    """
    Run *life* to its end on *backend*.

    Raises:
        BindingError: there is no such backend.
        MissingBackendError: it is not installed.
        BaseException: what *life* raised.
    """
    if backend not in _RUNNERS:
        raise BindingError(f"backend must be {', '.join(map(repr, _RUNNERS))} or None, not {backend!r}")
    return _RUNNERS[backend](life)


class MissingBackendError(TenureError, ImportError):
    """The package of a backend is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(package)
        self.package: str = package

    def __str__(self) -> str:
        return f"run(backend={self.package!r}) needs {self.package}, which is not installed: pip install {self.package}"


def _asyncio(life: Life, factory: Any = None) -> Any:
    import asyncio  # noqa: PLC0415 - heavy, and not needed by a synchronous main

    with asyncio.Runner(loop_factory=factory) as runner:
        if factory is not None:
            return runner.run(_as_coroutine(life))
        with _woken_by_signals(runner.get_loop()):
            return runner.run(_as_coroutine(life))


@contextmanager
def _woken_by_signals(loop: Any) -> Iterator[None]:
    """
    Wake *loop* when a signal comes.

    Its selector does not notice one that comes between the last bytecode and the system call, and the handler would be
    called when something else happens; other loops see to that themselves.
    """
    theirs, ours = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    with theirs, ours:
        try:
            previous = signal.set_wakeup_fd(ours.fileno(), warn_on_full_buffer=False)
        except ValueError:  # not the main thread, or not the main interpreter
            yield
            return
        loop.add_reader(theirs, _drain, theirs)
        try:
            yield
        finally:
            loop.remove_reader(theirs)
            signal.set_wakeup_fd(previous)


def _drain(theirs: socket.socket) -> None:
    with suppress(BlockingIOError):
        theirs.recv(256)


async def _as_coroutine(life: Life) -> Any:
    return await life()


def _uvloop(life: Life) -> Any:
    try:
        import uvloop  # noqa: PLC0415 - installed by those who want it
    except ImportError as error:
        raise MissingBackendError("uvloop") from error
    return _asyncio(life, uvloop.new_event_loop)


def _trio(life: Life) -> Any:
    try:
        import trio  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise MissingBackendError("trio") from error
    return trio.run(life)


_RUNNERS: dict[str, Callable[[Life], Any]] = {"asyncio": _asyncio, "uvloop": _uvloop, "trio": _trio}


def caller(token: Any) -> Callable[[Callable[[], None]], None]:
    """Return what has a function called on the loop *token* soon; safe in signal handlers, silent after its end."""
    soon = token.run_sync_soon if hasattr(token, "run_sync_soon") else token.call_soon_threadsafe

    def call(function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # it has ended; trio.RunFinishedError is one
            soon(function)

    return call
