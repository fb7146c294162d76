"""
A stage in a trio run.

trio runs what is ready in batches, in random order within each; here the order is chosen from outside. No task can be
kept back longer than its batch, so actors and cancels draw, from the same schedule, after how many batches they come.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import trio

from tests.laws.schedules.stage import CLOSER, STARTER, Actor
from tests.laws.schedules.world import World

_LATEST = 6
"""Batches that an actor may come late by."""
_PROMPT = 2
"""Batches within which a cancelled waiter is gone: that of the cancel may have run it already."""


class TrioOracle:
    """Stands in for trio's random numbers."""

    def __init__(self, choices: Sequence[int]) -> None:
        self.widths: list[int] = []
        self.n_batches = 0
        self.n_open: int | None = None
        self.is_silent = False
        self._choices = choices

    def draw(self, width: int) -> int:
        """Return the next choice, from 0 up to *width*, which is not included."""
        if width < 2 or self.is_silent:
            return 0
        at = len(self.widths)
        self.widths.append(width)
        return self._choices[at] % width if at < len(self._choices) else 0

    def shuffle(self, batch: list[Any]) -> None:
        """Put *batch* into the order that the schedule says; trio takes from its end."""
        self.n_batches += 1
        rest = batch[:]
        batch[:] = [rest.pop(self.draw(len(rest))) for _ in range(len(rest))][::-1]

    def random(self) -> float:
        """Return no random number."""
        return 0.0

    def uniform(self, low: float, _high: float) -> float:
        """Return no random number."""
        return low


@dataclass(slots=True)
class TrioStage:
    """A stage in a trio run."""

    nursery: trio.Nursery
    oracle: TrioOracle
    world: World
    actors: list[Actor] = field(default_factory=list)

    def start(self, name: str, role: str, function: Callable[..., Awaitable[Any]], *args: Any) -> Actor:
        """Start an actor."""
        actor = Actor(name, role, task=trio.CancelScope())
        self.actors.append(actor)
        self.nursery.start_soon(self._run, actor, function, args, name=name)
        return actor

    async def _run(self, actor: Actor, function: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
        with actor.task:
            try:
                actor.result = await function(actor, *args)
                actor.left_at = self._still_open(actor)
                await trio.lowlevel.checkpoint_if_cancelled()  # a cancel must not have been lost
            except BaseException as error:
                actor.left_at = self._still_open(actor)
                if is_cancellation(error):
                    actor.cancellation = error
                    raise
                actor.error = error
        actor.was_cancelled = actor.task.cancelled_caught
        actor.is_done = True
        self.world.ended[actor.name] = len(self.world.trace.steps)

    def waited(self, actor: Actor) -> None:
        """A cancelled waiter stops waiting in the next batch (L33)."""
        if actor.cancelled_at and self.oracle.n_batches - actor.cancelled_at > _PROMPT:
            actor.is_late = True

    def _still_open(self, actor: Actor) -> frozenset[Any] | None:
        return frozenset(self.world.live) if actor.role in (CLOSER, STARTER) else None

    def cancel(self, actor: Actor, times: int = 1) -> None:
        """Cancel after some batches."""
        self.soon(partial(self._cancel, actor, times))

    def _cancel(self, actor: Actor, times: int) -> None:
        if times > 1:
            self.cancel(actor, times - 1)
        if not actor.is_done:
            if actor.is_waiting and not actor.n_cancels:
                actor.cancelled_at = self.oracle.n_batches
            actor.n_cancels += 1
            actor.task.cancel()

    def soon(self, function: Callable[[], Any]) -> None:
        """Call it after some batches."""

        async def run() -> None:
            await self._late()
            function()

        self.nursery.start_soon(run)

    async def pause(self) -> None:
        """Let others run."""
        await trio.sleep(0)

    async def any_time(self) -> None:
        """Let some batches pass; the first actor is there from the beginning."""
        if len(self.actors) > 1 and trio.lowlevel.current_task().name != self.actors[0].name:
            await self._late()

    async def _late(self) -> None:
        for _ in range(self.oracle.draw(_LATEST)):
            await trio.sleep(0)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        await trio.sleep(seconds)


def is_cancellation(error: BaseException) -> bool:
    """Tell whether *error* is a Cancelled, or a group of nothing else."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(trio.Cancelled)[1] is None
    return isinstance(error, trio.Cancelled)
