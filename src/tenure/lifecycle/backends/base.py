"""What Tenure asks of a library that runs asynchronous code."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from contextvars import Context
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object  # nobody asks at run time, and a protocol takes as long to define as ten plain classes

Wake = Callable[[], None]
"""Ends one wait; may be called from any thread, and more than once."""


class LimitReachedError(TimeoutError):
    """
    The limit set by `Backend.limit` passed; told apart from a TimeoutError of the user's own.

    Its cause is the cancellation that ended the code. Where code could not be ended, *waiting_at* tells where it is.
    """

    def __init__(self, waiting_at: str | None = None) -> None:
        super().__init__()
        self.waiting_at: str | None = waiting_at


class Job(Protocol):
    """A task that was started on its own."""

    def cancel(self) -> None:
        """Ask it to stop; may be called on the loop's own thread only."""
        ...

    def shield(self) -> None:
        """Keep level cancellation away from the rest of it; `cancel` still reaches it."""
        ...


class Region(Protocol):
    """The body of an `async with` that can be cancelled from outside it."""

    def cancel(self) -> None:
        """Cancel the body; may be called on the loop's own thread only."""
        ...

    @property
    def n_cancellations(self) -> int:
        """How many cancellations of the task are not taken back, where the library counts them."""
        ...

    def drop(self) -> None:
        """Let it be no region any more, right after it began."""
        ...

    async def end(self, error: BaseException | None) -> BaseException | None:
        """
        End it, in the task that began it.

        Args:
            error: what ended the body, or None.

        Returns:
            *error*; None where it was nothing but the region's own cancellation.
        """
        ...


class Backend(Protocol):
    """One library that runs asynchronous code."""

    name: str
    cancels_by_level: bool
    """Whether a cancelled scope interrupts every later wait inside it, not only the one at hand."""

    def token(self) -> Any:
        """Return what tells this event loop from others."""
        ...

    def task(self) -> Any:
        """Return what tells the running task from others."""
        ...

    def describe(self, token: Any) -> str:
        """Return the event loop *token* as text."""
        ...

    def is_dead(self, token: Any) -> bool:
        """Tell whether the event loop *token* has ended for good."""
        ...

    def is_cancellation(self, error: BaseException) -> bool:
        """Tell whether *error* is this library's way of stopping a task."""
        ...

    def now(self) -> float:
        """Return the time of this loop, in seconds."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Pause the running task."""

    def limit(self, seconds: float) -> AbstractAsyncContextManager[Any]:
        """Return a context manager that cancels its body after *seconds* and raises LimitReachedError then."""
        ...

    def is_cancelled_around(self) -> bool:
        """Tell whether a level cancellation is pending, which interrupts every wait until its scope is left."""
        ...

    def shield(self) -> AbstractContextManager[Any]:
        """Return a context manager that keeps level cancellation away from its body, as far as the library can."""
        ...

    def region(self) -> Region:
        """Begin a region around what the running task does from now on."""
        ...

    def late_region(self, task: Any) -> Region | None:
        """Return the region that began in *task* while that was not cancelled; None where one cannot begin late."""
        ...

    def waiter(self) -> tuple[Wake, Callable[[], Awaitable[None]]]:
        """Return a wait of the running task, and what ends it."""
        ...

    async def wait_out(self, wait: Callable[[], Awaitable[None]], seconds: float | None) -> BaseException | None:
        """
        Wait to the end, whoever cancels meanwhile.

        Args:
            wait: from `waiter`; may be awaited again when the first time was cancelled.
            seconds: stop waiting after so long; None: never.

        Returns:
            A cancellation that arrived meanwhile and that the caller has to raise again, or None.
        """
        ...

    def spawn(self, function: Callable[[], Awaitable[None]], context: Context, name: str) -> Job:
        """Start *function* as a task of its own that nobody else cancels, in *context*."""
        ...
