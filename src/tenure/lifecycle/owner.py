"""
An owner task: opens one resource, parks, closes it, all in one task and one context (L52).

Nobody but Tenure knows the task, so nobody's `cancel()` reaches the user's code in it (L30, L36). The one exception is
the end of the loop itself, which cancels every task: an owner that is cancelled while parked first waits for the
resources that depend on its own, then closes.
"""

from collections.abc import Callable
from contextvars import Context
from typing import Any

from tenure.errors import ResourceEndedError
from tenure.lifecycle.backends import current, running
from tenure.lifecycle.claim import Claim, opening
from tenure.lifecycle.effects import Steps, adrive, waited_for
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.unraisable import report
from tenure.lifecycle.waiting import place_of_awaitable
from tenure.model.binding import Binding


class Owner:
    """
    The task of one resource.

    Args:
        open_: steps that open it and put the exit where it belongs; return whether there is anything to close.
        close: called with the outcome when it is time; the steps that close it.
        crashed: called with a ResourceEndedError as soon as it has to close although nobody asked, and then with the
            error that the closing ends with, if it does.

    Attributes:
        done: open once nothing is left to do.
        error: what the closing raised, if anything.
        was_asked: whether somebody asked for the close; else the loop ended, or a task of the resource's own failed.
        label: the resource as shown.
        home: the scope that will own the resource.
        begun_by: the eager start that its opening is part of, None once it is over.
        dependents: `done` latches of the owners whose resources need this one.
    """

    __slots__ = (
        "_close",
        "_closing",
        "_crashed",
        "_ended_by_itself",
        "_inside",
        "_is_abandoned",
        "_job",
        "_open",
        "_outcome",
        "_prune_at",
        "_steps",
        "_where",
        "begun_by",
        "dependents",
        "done",
        "error",
        "home",
        "label",
        "loop",
        "swallowed",
        "was_asked",
    )

    def __init__(
        self,
        open_: Callable[["Owner"], Steps[bool]],
        close: Callable[[BaseException | None], Steps[bool]],
        crashed: Callable[[BaseException], None],
    ) -> None:
        self._open = open_
        self._close = close
        self._crashed = crashed
        self._closing = Latch()
        self._outcome: BaseException | None = None
        self._steps: Steps[bool] | None = None
        self._inside: tuple[Claim, ...] = ()
        self._is_abandoned = False
        self._ended_by_itself = False
        self.label: str = ""
        self._where: str | None = None
        self._job: Any = None
        self._prune_at = 16
        self.done: Latch = Latch()
        self.error: BaseException | None = None
        self.swallowed: bool = False
        self.was_asked: bool = False
        self.dependents: list[Latch] = []
        self.loop: Any = None
        self.home: Any = None
        self.begun_by: Any = None

    def start(self, context: Context, binding: Binding) -> None:
        """Start the task on the running loop, in *context*, which both halves of the resource will see."""
        name = binding.label
        self._where = binding.where
        backend = current()
        self.loop = backend.token()
        self.label = name
        self._job = backend.spawn(self._run, context, f"tenure owner of {name}")

    async def _run(self) -> None:
        try:
            self._steps = self._open(self)
            if await adrive(self._steps):
                self._steps = self.begun_by = None
                await self._park()
                opening.set((*opening.get(), *self._inside))
                self._job.shield()
                if self._is_abandoned:
                    self._job.cancel()  # it was given up before it could begin: nobody waits for it any more
                # it ends of its own accord: what its scope was told of that is nothing it should be shown
                self._steps = self._close(None if self._ended_by_itself else self._outcome)
                self.swallowed = await adrive(self._steps)
        except BaseException as error:  # noqa: BLE001 - whoever closes the scope raises it
            if not self._is_abandoned:
                self.error = error
                if not self.was_asked:
                    self._crashed(error)
            elif not current().is_cancellation(error):
                report(error, f"{self.label} failed to close after it was given up", self)
        finally:
            # they lead back here: nothing may keep the resource
            del self._open, self._close, self._crashed, self._outcome, self._inside, self._job, self._steps
            self.home = self.begun_by = None
            self.done.set()

    async def _park(self) -> None:
        try:
            await self._closing.wait()
        except BaseException:  # noqa: BLE001 - a task of its own failed, or the loop ends: close now, dependents first
            if not self._is_abandoned:
                self._crashed(ResourceEndedError(self.label, self._where))
            self._ended_by_itself = True
            for dependent in list(self.dependents):
                await dependent.wait_out()

    def ask_close(self, outcome: BaseException | None) -> None:
        """Let it close, showing it *outcome*; callable from any thread. Ends with `done`."""
        if not self.done.is_set:
            self.was_asked = True
            self._outcome = outcome
            self._inside = opening.get()  # what the caller is part of, the closing is part of
            self._closing.set()

    def cut_off(self) -> bool:
        """Cancel the opening; return whether that can be done from here: it is under way, and on this loop."""
        backend = running()
        if self.done.is_set or backend is None or backend.token() is not self.loop:
            return False
        self._job.cancel()
        return True

    def waiting_at(self) -> str | None:
        """Return `file:line` where the opening or closing code waits, None if that cannot be told."""
        return place_of_awaitable(waited_for(self._steps)) if not self.done.is_set else None

    def outlive(self, dependent: Latch) -> None:
        """Remember *dependent*, the end of an owner whose resource needs this one; ended ones are forgotten."""
        if len(self.dependents) >= self._prune_at:
            self.dependents = [latch for latch in self.dependents if not latch.is_set]
            self._prune_at = max(16, 2 * len(self.dependents))
        self.dependents.append(dependent)

    def abandon(self) -> None:
        """Ask the task to stop and wait for it no longer."""
        if not self.done.is_set:
            self._is_abandoned = True
            self._job.cancel()
