"""asyncio, on a clock that jumps or on a loop that is given."""

import asyncio
import contextlib
import selectors
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

from tests.laws.faults.nodes import Subject
from tests.laws.faults.plain import AsyncWorld, send
from tests.laws.faults.plans import CANCELLED
from tests.laws.faults.recording import Run
from tests.laws.faults.uses import Use


class StuckError(Exception):
    """Everybody waits, nothing will happen any more."""


class _JumpingSelector(selectors.SelectSelector):
    """Meets no file: where the loop would sleep, its clock goes on."""

    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise StuckError
        if timeout > 0:
            self.loop.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop on a virtual clock."""

    def __init__(self) -> None:
        selector = _JumpingSelector()
        selector.loop = self
        self.now = 0.0
        super().__init__(selector)

    def time(self) -> float:
        return self.now

    def left_behind(self) -> list[str]:
        """Return the timers that are still set."""
        return [f"a timer: {handle!r}" for handle in self._scheduled if not handle.cancelled()]


class AsyncioWorld(AsyncWorld):
    """
    asyncio; each run is a task of its own.

    Args:
        name: "asyncio", "uvloop", or "anyio": asyncio in a program that has loaded anyio, whose scopes Tenure heeds.
        make_loop: gives the loop.
    """

    def __init__(self, name: str = "asyncio", make_loop: Callable[[], asyncio.AbstractEventLoop] = VirtualLoop) -> None:
        self.name = name
        self.backend = "uvloop" if name == "uvloop" else "asyncio"
        self.has_limits = name != "uvloop"
        self._make_loop = make_loop
        self._loop = self._new_loop()

    def _new_loop(self) -> asyncio.AbstractEventLoop:
        loop = self._make_loop()
        loop.set_exception_handler(self._complain)
        self.complaints: list[str] = []
        return loop

    def _complain(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.complaints.append(f"the loop was told: {context.get('message')} {context.get('exception')!r}")

    def clock(self) -> float:
        return self._loop.time() if isinstance(self._loop, VirtualLoop) else 0.0

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()

    def drive(self, search: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run *search*, outside the loop."""
        import anyio

        modules = {"anyio": anyio} if self.name == "anyio" else {}
        hidden = sys.modules.pop("anyio", None)
        sys.modules.update(modules)
        try:
            send(search())
        finally:
            sys.modules["anyio"] = hidden or anyio

    async def perform(self, use: Use, subject: Subject, run: Run) -> None:
        """Do *use* once; tell *run* what came of it."""
        subject.stage.checkpoint, subject.stage.forever = self.pause, self._forever
        loop = self._loop
        task = loop.create_task(_kept(use.code(self, subject, run), run))
        run.cancel = task.cancel
        try:
            with contextlib.suppress(BaseException):
                loop.run_until_complete(task)
            run.remains += self._settled()
        except StuckError:
            run.is_stuck = True
        if not task.done():
            run.is_stuck = True
            self._loop = self._new_loop()
            return
        run.is_cancelled = task.cancelled()
        run.remains += self.complaints
        self.complaints.clear()

    def _settled(self) -> Iterator[str]:
        """Give what is left once everything had time to end."""
        loop = self._loop
        for _ in range(10):
            if not asyncio.all_tasks(loop):
                break
            loop.run_until_complete(_turn())
        for task in asyncio.all_tasks(loop):
            yield f"a task: {task.get_name()}"
        if isinstance(loop, VirtualLoop):
            yield from loop.left_behind()

    async def pause(self) -> None:
        await asyncio.sleep(0)

    async def _forever(self) -> None:
        await asyncio.get_running_loop().create_future()

    async def together(self, functions: list[Callable[[], Awaitable[None]]]) -> None:
        tasks = [asyncio.ensure_future(function()) for function in functions]
        await asyncio.wait(tasks)


async def _turn() -> None:
    await asyncio.sleep(0)


async def _kept(coroutine: Awaitable[None], run: Run) -> None:
    """Await *coroutine*; errors that would end the loop go no further."""
    try:
        await coroutine
    except (KeyboardInterrupt, SystemExit) as error:
        run.left.append(error)
    except BaseException as error:
        run.left.append(error)
        if any(each.kind == CANCELLED for each in run.fired):
            await asyncio.sleep(0)  # raises where the cancel is still to come: it is not lost
        raise
