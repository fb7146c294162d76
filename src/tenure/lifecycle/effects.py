"""
Steps and their drivers.

A step function is a generator that yields what it has to wait for and returns its result. What it yields is an
awaitable of the user's (asynchronous drivers only) or a `Wait`, which both drivers know how to make.
"""

import time
from collections.abc import Awaitable, Generator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from tenure.lifecycle.backends import current
from tenure.lifecycle.interrupts import let_through, waits
from tenure.lifecycle.latch import Latch

if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object  # nobody asks at run time, and a protocol takes as long to define as ten plain classes

T = TypeVar("T")


class Wait(Protocol):
    """Something to wait for in either colour."""

    def block(self) -> Any:
        """Wait on this thread."""

    async def wait(self) -> Any:
        """Wait on the running loop."""


Steps: TypeAlias = Generator[Any, Any, T]
"""Yields `Wait | Awaitable`, is sent what the wait gave (or thrown what it raised), returns `T`."""


class _Raised:
    """A GeneratorExit on its way into steps: thrown in, it would close them instead of being raised (PEP 380)."""

    __slots__ = ("error",)

    def __init__(self, error: GeneratorExit) -> None:
        self.error = error


def waited(effect: Any, source: Any = None) -> Steps[Any]:
    """
    Wait for *effect*, which runs user code; give what it gave, raise what it raised, GeneratorExit included.

    Args:
        effect: an awaitable or a `Wait`.
        source: whose frames show where the code is, where *effect* itself does not: an asynchronous generator.
    """
    result = yield effect
    del source
    if type(result) is _Raised:
        raise result.error
    return result


def waited_for(steps: Any) -> Any:
    """Return what the suspended *steps* wait for, as far as it shows where code is; None if nothing of the kind."""
    found = None
    while steps is not None:
        frame = getattr(steps, "gi_frame", None)
        if frame is not None and frame.f_code is waited.__code__:
            names = frame.f_locals
            found = names["source"] if names["source"] is not None else names["effect"]
            if isinstance(found, Limited):
                return waited_for(found.steps)
        steps = getattr(steps, "gi_yieldfrom", None)
    return found


def unwrapped(error: BaseException) -> BaseException:
    """Return the StopIteration of the user's that a generator turned into a RuntimeError (PEP 479), or else *error*."""
    cause = error.__cause__
    turned = isinstance(error, RuntimeError) and isinstance(cause, StopIteration | StopAsyncIteration)
    return cause if turned and cause is not None and "raised Stop" in str(error) else error


def drive(steps: Steps[T]) -> T:
    """
    Run *steps* on this thread.

    Raises:
        RuntimeError: the steps yielded an awaitable, which is a mistake of Tenure's: asynchronous work is refused
            before it is begun.
    """
    try:
        effect = next(steps)
        while True:
            if isinstance(effect, Awaitable) or not hasattr(effect, "block"):
                _discard(effect)
                effect = steps.throw(RuntimeError(f"cannot wait for {effect!r} without an event loop"))
                continue
            try:
                result = effect.block()
            except BaseException as error:  # noqa: BLE001 - every outcome of a wait belongs to the steps
                # no helper: its frame would be in the error's traceback, and hold the error (L16)
                effect = steps.send(_Raised(error)) if isinstance(error, GeneratorExit) else steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # Generator[..., T] says so
    except RuntimeError as error:
        users = unwrapped(error)
        if users is error:
            raise
        raise users from None


async def adrive(steps: Steps[T]) -> T:
    """Run *steps* on the running loop, asyncio or trio."""
    try:
        effect = next(steps)
        while True:
            try:
                result = await (effect if isinstance(effect, Awaitable) else effect.wait())
            except BaseException as error:  # noqa: BLE001 - every outcome of a wait belongs to the steps
                # no helper: its frame would be in the error's traceback, and hold the error (L16)
                effect = steps.send(_Raised(error)) if isinstance(error, GeneratorExit) else steps.throw(error)
            else:
                effect = steps.send(result)
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]  # Generator[..., T] says so


def _discard(effect: Any) -> None:
    close = getattr(effect, "close", None)
    if close is not None:
        close()  # a coroutine that will never run says so otherwise


class Limited:
    """
    *steps* under a limit of *seconds*; raises `LimitReachedError` when asynchronous ones ran over.

    Synchronous steps cannot be stopped and simply run.
    """

    __slots__ = ("seconds", "steps")

    def __init__(self, steps: Steps[Any], seconds: float) -> None:
        self.steps: Steps[Any] = steps
        self.seconds: float = seconds

    def block(self) -> Any:
        """Run the steps on this thread."""
        return drive(self.steps)

    async def wait(self) -> Any:
        """Run the steps on the running loop, cancelled at the limit."""
        async with current().limit(self.seconds):
            return await adrive(self.steps)


class WaitedOut:
    """The wait for *latch*, at most *seconds*, None: as long as it takes; cancelling does not end it, Ctrl-C does."""

    __slots__ = ("latch", "seconds")

    def __init__(self, latch: Latch, seconds: float | None = None) -> None:
        self.latch: Latch = latch
        self.seconds: float | None = seconds

    def block(self) -> None:
        """Wait on this thread."""
        self.latch.block(self.seconds)

    async def wait(self) -> BaseException | None:
        """Wait on the running loop; give back what came meanwhile, see `Latch.wait_out`."""
        return await self.latch.wait_out(self.seconds)


class Sleep:
    """A pause of *seconds*, cut short when *until* opens."""

    __slots__ = ("seconds", "until")

    def __init__(self, seconds: float, until: Latch | None = None) -> None:
        self.seconds: float = seconds
        self.until: Latch | None = until

    @waits
    def block(self) -> None:
        """Sleep on this thread."""
        let_through()
        time.sleep(self.seconds)

    async def wait(self) -> None:
        """Sleep on the running loop."""
        if self.until is None:
            await current().sleep(self.seconds)
        else:
            await self.until.wait_out(self.seconds)
