"""What a run is told, checked before anything happens."""

import signal
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Protocol, TypeAlias

from tenure.errors import BindingError
from tenure.model.bounds import check_seconds

Backend: TypeAlias = Literal["asyncio", "uvloop", "trio"]
OnSecondSignal: TypeAlias = Literal["abort", "finish"]

DEFAULT_SIGNALS: tuple[signal.Signals, ...] = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)
"""What asks a program to end: Ctrl-C, a supervisor, a terminal that closes, Ctrl-Break on Windows."""


class Runnable(Protocol):
    """A container of either face."""

    def __enter__(self) -> Any: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> Any: ...

    async def __aenter__(self) -> Any: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> Any: ...

    def get(self, key: Any) -> Any:
        """Return the value of *key*."""
        ...

    async def aget(self, key: Any) -> Any:
        """Return the value of *key*, open."""
        ...

    def observe(self, observer: Any) -> Any:
        """Show every event to *observer*; return the function that ends it."""
        ...

    def snapshot(self) -> Any:
        """Return what is open."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """
    How to run.

    Attributes:
        drain_timeout: seconds between the wish to stop and the interruption of main, > 0; None: no limit.
        aborts_at: the number of the signal at which waiting ends.
        signals: those that ask to stop.
    """

    drain_timeout: float | None
    aborts_at: int
    signals: tuple[signal.Signals, ...]


def options(drain_timeout: Any, on_second_signal: Any, signals: Iterable[int] | None) -> Options:
    """
    Return the options.

    Raises:
        BindingError: an argument is out of its bounds.
    """
    check_seconds("drain_timeout", drain_timeout)
    if on_second_signal not in ("abort", "finish"):
        raise BindingError(f'on_second_signal must be "abort" or "finish", not {on_second_signal!r}')
    wanted = DEFAULT_SIGNALS if signals is None else tuple(signal.Signals(each) for each in signals)
    return Options(drain_timeout, 2 if on_second_signal == "abort" else 3, wanted)


def check_container(container: Any) -> None:
    """Raise BindingError unless *container* is one."""
    is_one = all(hasattr(container, name) for name in ("__aenter__", "aget", "observe", "snapshot"))
    if not is_one or isinstance(container, type):
        hint = f"; did you mean {container.__name__}()?" if isinstance(container, type) and is_one else ""
        raise BindingError(f"run takes a container first, not {container!r}{hint}")
