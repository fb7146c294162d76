"""
Close exits: one of them with its limit and its events, all of a scope in order.

The order is that of `order`. Everything runs, whatever is raised (L24); who raises what at the end is `outcome`'s
business.
"""

import time
from typing import Any

from tenure.errors import ResourceTimeoutError, WrongLoopError
from tenure.lifecycle.backends import Backend, LimitReachedError, describe, running
from tenure.lifecycle.claim import openings
from tenure.lifecycle.effects import Limited, Steps, unwrapped, waited
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.handles import close_handle
from tenure.lifecycle.opening import Place
from tenure.lifecycle.outcome import Report
from tenure.lifecycle.waiting import place_of_error
from tenure.model.binding import Binding
from tenure.notes import note_closing


def close_exit(exit_: Exit, outcome: BaseException | None, place: Place, limit_s: float | None) -> Steps[bool]:
    """
    Close one resource on the spot.

    Returns:
        Whether it swallowed *outcome*.

    Raises:
        ResourceTimeoutError: it ran over *limit_s* (seconds) and is abandoned.
        BaseException: what its closing code raised.
    """
    exit_.done = True  # before it runs: a close that is interrupted never runs twice
    try:
        return False if exit_.is_foreign else (yield from _close_and_tell(exit_, outcome, place, limit_s))
    finally:
        exit_.end()


def _close_and_tell(exit_: Exit, outcome: BaseException | None, place: Place, limit_s: float | None) -> Steps[bool]:
    notify, began = place.notify, time.perf_counter()
    if notify is not None:
        from tenure.events import Closing  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        notify(Closing(began, *place.head(exit_.number, exit_.binding)))
    try:
        swallowed = yield from _within(exit_, outcome, limit_s)
    except LimitReachedError as error:
        waiting_at = error.waiting_at or place_of_error(error.__cause__)
        raise overran(exit_, limit_s or 0.0, place, waiting_at) from None
    except BaseException as error:
        if notify is not None and not exit_.is_abandoned:
            from tenure.events import CloseFailed  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

            now = time.perf_counter()
            notify(
                CloseFailed(now, *place.head(exit_.number, exit_.binding), now - began, now - exit_.opened_at, error)
            )
        raise
    if notify is not None and not exit_.is_abandoned:
        from tenure.events import Closed  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        now = time.perf_counter()
        notify(Closed(now, *place.head(exit_.number, exit_.binding), now - began, now - exit_.opened_at, outcome))
    return swallowed


def overran(exit_: Exit, limit_s: float, place: Place, waiting_at: str | None) -> ResourceTimeoutError:
    """Tell that *exit_* is waited for no longer; return the error that names it."""
    binding = exit_.binding
    exit_.is_abandoned = True
    if place.notify is not None:
        from tenure.events import Abandoned  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        place.notify(Abandoned(time.perf_counter(), *place.head(exit_.number, binding), limit_s))
    needed_by = place.dependents(binding.key)
    return ResourceTimeoutError(binding.label, "close", limit_s, binding.where, waiting_at, needed_by)


def _within(exit_: Exit, outcome: BaseException | None, limit_s: float | None) -> Steps[bool]:
    steps = close_handle(exit_.binding, exit_.handle, outcome)
    if limit_s is None:
        return (yield from steps)
    if exit_.needs_await:
        return bool((yield from waited(Limited(steps, limit_s))))
    if exit_.binding.options.close_timeout is None:
        return (yield from steps)  # the container's default never moves a synchronous close to another thread
    from tenure.lifecycle.on_thread import OnThread  # noqa: PLC0415 - few limits are for synchronous code

    return bool((yield from waited(OnThread(steps, limit_s, exit_.binding.label))))


class Closer:
    """
    Closes exits one after the other and keeps the account.

    Args:
        outcome: what every exit is shown (L13).
        place: of the scope that owns them.
        default_limit_s: seconds for each exit that sets no limit of its own; None: no limit.
    """

    __slots__ = ("_backend", "_default_limit_s", "_place", "outcome", "report")

    def __init__(self, outcome: BaseException | None, place: Place, default_limit_s: float | None) -> None:
        self.report: Report = Report(place.subject)
        self.outcome: BaseException | None = outcome
        self._place = place
        self._default_limit_s = default_limit_s
        self._backend: Backend | None = running()

    def close(self, exit_: Exit, asked_at: float | None = None) -> Steps[None]:
        """
        Close one exit; never raises, see `report`.

        Args:
            exit_: not closed yet.
            asked_at: when its owner was asked already, seconds of `Backend.now`; its limit counts from then.
        """
        try:
            if exit_.is_foreign:
                exit_.done = True
                return
            if exit_.loop is not None and not self._on_its_loop(exit_):
                exit_.done = True
                exit_.end()
                raise self._stranded(exit_)
            close = self._ask_owner(exit_, asked_at) if exit_.owner is not None else self._on_the_spot(exit_)
            swallowed = yield from close
        except BaseException as error:  # noqa: BLE001 - the others are closed whatever this one raises (L24)
            self.note(unwrapped(error), exit_)
        else:
            self.report.swallowed |= swallowed and exit_.binding.options.suppress

    def await_end(self, exit_: Exit, is_own: bool) -> Steps[None]:
        """
        Wait until the closing of *exit_*, which somebody else began, has ended, as long as its limit goes.

        Where the running code is part of the closing of its scope, *is_own*, only for what owners close.
        """
        owner, limit_s = exit_.owner, self.limit_of(exit_.binding)
        if owner is None:
            if not (is_own or exit_.is_over or exit_.is_foreign):  # in the task or thread of whoever leaves its scope
                yield from self._joined(exit_)
            return
        is_own_code = any(claim.subject is exit_ for claim in openings())
        if not owner.done.is_set and self._on_its_loop(exit_) and not is_own_code:
            self.report.take_up((yield owner.done.wait_out(limit_s)))
            if not owner.done.is_set:
                waiting_at = owner.waiting_at()
                owner.abandon()
                self.note(overran(exit_, limit_s or 0.0, self._place, waiting_at), exit_)
        self._note_early_end(exit_)

    def _joined(self, exit_: Exit) -> Steps[None]:
        try:
            self.report.take_up((yield exit_.ended().wait_out() if exit_.needs_await else exit_.ended()))
        except BaseException as error:  # noqa: BLE001 - a cancellation, or Ctrl-C: the others are closed all the same
            self.report.take_up(error)

    def _note_early_end(self, exit_: Exit) -> None:
        """Take up the error of an owner that ended before anybody asked it to; it is told once."""
        owner = exit_.owner
        if owner is not None and owner.done.is_set and not owner.was_asked:
            exit_.owner = None
            error, owner.error = owner.error, None
            if error is not None:
                self.note(error, exit_)

    @property
    def is_looked_at(self) -> bool:
        """Whether there is a loop, an outcome to be shown or somebody to be told, so that closing takes the steps."""
        return self._backend is not None or self.outcome is not None or self._place.notify is not None

    def note(self, error: BaseException, exit_: Exit) -> None:
        """Keep account of *error*, which the closing of *exit_* raised."""
        if error is self.outcome:
            return
        note_closing(error, exit_.binding.label, exit_.binding.where)
        is_cancel = self._backend is not None and self._backend.is_cancellation(error)
        if is_cancel and self.report.cancelled is None:
            self.report.cancelled = error
        else:
            self.report.failed.append(error)

    def _on_its_loop(self, exit_: Exit) -> bool:
        return self._backend is not None and self._backend.token() is exit_.loop

    def _stranded(self, exit_: Exit) -> WrongLoopError:
        return wrong_loop(exit_.binding.label, exit_.loop, self._backend)

    def limit_of(self, binding: Binding) -> float | None:
        """Return the seconds that closing *binding* may take; None: no limit."""
        return binding.options.close_timeout or self._default_limit_s

    def _on_the_spot(self, exit_: Exit) -> Steps[bool]:
        steps = close_exit(exit_, self.outcome, self._place, self.limit_of(exit_.binding))
        if self._backend is None or not self._is_cancelled():
            return (yield from steps)
        with self._backend.shield():
            return (yield from steps)

    def _is_cancelled(self) -> bool:
        """Whether a level cancellation may be pending, which would interrupt each exit at its first wait."""
        backend = self._backend
        if backend is None:
            return False
        if self.report.cancelled is not None or backend.is_cancelled_around():
            return True
        return self.outcome is not None and backend.is_cancellation(self.outcome)

    def _ask_owner(self, exit_: Exit, asked_at: float | None) -> Steps[bool]:
        limit_s = self.limit_of(exit_.binding)
        left_s = limit_s
        if limit_s is not None and asked_at is not None and self._backend is not None:
            left_s = max(0.0, limit_s - (self._backend.now() - asked_at))
        owner = exit_.owner
        owner.ask_close(self.outcome)
        self.report.take_up((yield owner.done.wait_out(left_s)))
        if not owner.done.is_set:
            exit_.done = True
            waiting_at = owner.waiting_at()
            owner.abandon()
            raise overran(exit_, limit_s or 0.0, self._place, waiting_at)
        exit_.owner = None
        error, owner.error = owner.error, None  # its traceback leads to the owner (L16)
        if error is not None:
            try:
                raise error
            finally:
                del error
        return bool(owner.swallowed)


def refuse_other_loop(exit_: Exit | None) -> None:
    """Raise WrongLoopError where another loop runs than the one *exit_* was opened on."""
    if exit_ is None or exit_.loop is None or exit_.done:
        return
    backend = running()
    if backend is not None and backend.token() is not exit_.loop:
        raise wrong_loop(exit_.binding.label, exit_.loop, backend)


def wrong_loop(label: str, loop: Any, backend: Backend | None) -> WrongLoopError:
    """Return the error that names the loop a resource belongs to and the one that meets it."""
    here = "no event loop" if backend is None else backend.describe(backend.token())
    return WrongLoopError(label, describe(loop), here)
