"""Where a scenario is played: actors on one side, cancels and facts on the other; asyncio and trio differ below it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.laws.schedules.loop import OracleLoop
from tests.laws.schedules.world import Value, World

USER, CLOSER, STARTER, OTHER = "user", "closer", "starter", "other"


@dataclass(slots=True)
class Actor:
    """A task of a scenario and what became of it."""

    name: str
    role: str
    task: Any = None
    result: Any = None
    error: BaseException | None = None
    n_cancels: int = 0
    """Cancels that came before it ended."""
    cancellation: BaseException | None = None
    """What ended it then: errors of closing code travel with it."""
    was_cancelled: bool = False
    """Whether it ended by its cancellation alone."""
    cancelling: int | None = None
    """Cancels that the task itself still knows of at its end; None where the library does not count."""
    is_waiting: bool = False
    """Whether it only waits for what others do, so that a cancel ends it at once."""
    left_at: frozenset[Any] | None = None
    """For a closer or starter: what was open when it returned."""
    has_begun: bool = False
    """For a closer or starter: whether it came so far as to ask for it."""
    asked_at: int | None = None
    """For one who closes the container: how many steps there were when it asked."""
    is_late: bool = False
    """Whether it went on waiting after a cancel."""
    cancelled_at: int = 0
    """Where steps are counted: when it was cancelled while it waited."""
    is_done: bool = False


class Stage(Protocol):
    """What a scenario may do."""

    world: World
    actors: list[Actor]

    def start(self, name: str, role: str, function: Callable[..., Awaitable[Any]], *args: Any) -> Actor:
        """Start an actor: a task that calls *function* with itself and *args*."""
        ...

    def cancel(self, actor: Actor, times: int = 1) -> None:
        """Cancel *actor* *times* times, each at any time after the one before."""
        ...

    def soon(self, function: Callable[[], Any]) -> None:
        """Call *function* at any time from now on."""
        ...

    async def pause(self) -> None:
        """Let others run."""

    async def any_time(self) -> None:
        """Let any number of steps of others pass."""

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""

    def waited(self, actor: Actor) -> None:
        """Note that *actor* waits for others no longer."""
        ...


@dataclass(slots=True)
class AsyncioStage:
    """A stage on an `OracleLoop`."""

    loop: OracleLoop
    world: World
    actors: list[Actor] = field(default_factory=list)
    _cancelled: list[Actor] = field(default_factory=list)

    def start(self, name: str, role: str, function: Callable[..., Awaitable[Any]], *args: Any) -> Actor:
        """Start an actor."""
        actor = Actor(name, role)
        actor.task = self.loop.create_task(self._run(actor, function, args), name=name)
        self.actors.append(actor)
        return actor

    async def _run(self, actor: Actor, function: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> Any:
        try:
            return await function(actor, *args)
        except asyncio.CancelledError as error:
            actor.cancellation = error
            raise
        finally:
            actor.is_done = True
            self.world.ended[actor.name] = len(self.world.trace.steps)
            if actor.role in (CLOSER, STARTER):
                actor.left_at = frozenset(self.world.live)

    def cancel(self, actor: Actor, times: int = 1) -> None:
        """Cancel by a handle like any other, which the schedule may keep back."""
        self.loop.call_soon(self._cancel, actor, times)

    def _cancel(self, actor: Actor, times: int) -> None:
        if actor.task.cancel():
            actor.n_cancels += 1
            self._cancelled.append(actor)
            self.loop.watch = self._look
        if times > 1:
            self.loop.call_soon(self._cancel, actor, times - 1)

    def _look(self) -> None:
        """A cancelled waiter has its own next step ready until it is done (L33)."""
        for actor in self._cancelled:
            waits_for = actor.task._fut_waiter
            if actor.is_waiting and waits_for is not None and not waits_for.done():
                actor.is_late = True

    def soon(self, function: Callable[[], Any]) -> None:
        """Call it when the schedule says so."""
        self.loop.call_soon(function)

    async def pause(self) -> None:
        """Let others run."""
        await asyncio.sleep(0)

    async def any_time(self) -> None:
        """Nothing to do: the schedule may keep back whoever asks."""

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    def waited(self, actor: Actor) -> None:
        """Nothing to do: cancelled waiters are looked at while they wait."""

    def collect(self) -> None:
        """Note how every actor ended; after the run."""
        for actor in self.actors:
            task = actor.task
            actor.is_done = task.done()
            actor.was_cancelled = task.done() and task.cancelled()
            actor.cancelling = task.cancelling()
            if task.done() and not task.cancelled():
                actor.error = task.exception()
                actor.result = task.result() if actor.error is None else None


@contextmanager
def waiting(stage: Stage, actor: Actor) -> Iterator[None]:
    """Say that *actor* only waits in the body."""
    actor.is_waiting = True
    try:
        yield
    finally:
        actor.is_waiting = False
        stage.waited(actor)


def lives(value: Any) -> tuple[Any, ...]:
    """Return the instances behind what a user got."""
    return value.lives if isinstance(value, Value) else ()
