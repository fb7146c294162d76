"""Open one resource: its limit, its attempts, what is told about it."""

import time
from collections.abc import Callable
from typing import Any, TypeAlias

from tenure.errors import ResourceTimeoutError
from tenure.event import Event
from tenure.keys import Key
from tenure.lifecycle.backends import LimitReachedError
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.effects import Limited, Sleep, Steps, waited
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.handles import as_found, open_handle
from tenure.lifecycle.waiting import place_of_error
from tenure.model.binding import Binding
from tenure.model.retry import Retry
from tenure.record import record

Notify = Callable[[Event], None]
"""Shows an event to the observers; None where there are none, so that nothing is built for nobody."""


Handled: TypeAlias = tuple[Any, Any, Binding]
"""The value that consumers get, the handle that the closing takes, and the binding with the style that was found."""


Head: TypeAlias = tuple[int, Any, str, str, int]
"""What every event of one resource begins with: id, key, label, scope, scope_id."""


def _nobody(_: Key) -> tuple[str, ...]:
    return ()


@record(unguarded=True)
class Place:
    """Where a resource lives, as its events tell it."""

    scope: str
    scope_id: int
    notify: Notify | None
    open_timeout: float | None = None
    """Seconds for one attempt to open a resource that sets no limit of its own; None: no limit."""
    dependents: Callable[[Key], tuple[str, ...]] = _nobody
    """Gives what needs a key, as shown."""

    def head(self, number: int, binding: Binding) -> Head:
        """Return what every event of the resource *number* begins with."""
        return number, binding.key, binding.label, self.scope, self.scope_id

    @property
    def subject(self) -> str:
        """The scope as errors name it."""
        return "the container" if self.scope == "root" else f"the scope {self.scope!r}"


def open_resource(
    binding: Binding,
    make: Callable[[], Steps[Any]],
    place: Place,
    needs: Callable[[], tuple[Exit, ...]],
    claim: Claim | None = None,
) -> Steps[Exit]:
    """
    Make and open one resource, everything it needs being there.

    Args:
        binding: a resource.
        make: gives the steps that make what is then opened; called once per attempt.
        place: where it lives.
        needs: gives, once it is open, the exits of the resources that it was made from.
        claim: what tells whether anybody still waits for it, else no further attempt is made; None: whoever wants it to
            stop cancels it.

    Raises:
        ResourceTimeoutError: the opening ran over its limit.
        ResourceProtocolError: the opening code broke the rules of its kind.
        BaseException: what the user's code raised in the last attempt.
    """
    number, began = next_number(), time.perf_counter()
    notify = place.notify
    if notify is not None:
        from tenure.events import Opening  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        notify(Opening(began, *place.head(number, binding)))
    try:
        value, handle, binding = yield from _attempts(binding, make, place, number, claim)
    except BaseException as error:
        if notify is not None:
            from tenure.events import OpenFailed  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

            now = time.perf_counter()
            notify(OpenFailed(now, *place.head(number, binding), now - began, error))
        raise
    now = time.perf_counter()
    exit_ = Exit(binding, value, handle, number, now)
    exit_.needs = needs()
    if notify is not None:
        from tenure.events import Opened  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        needed = tuple(need.number for need in exit_.needs)
        notify(Opened(now, *place.head(number, binding), now - began, needed))
    return exit_


def _attempts(
    binding: Binding, make: Callable[[], Steps[Any]], place: Place, number: int, claim: Claim | None
) -> Steps[Handled]:
    retry = binding.options.retry
    if retry is None:
        return (yield from _attempt(binding, make, place))
    began, attempt = time.perf_counter(), 1
    while True:
        try:
            return (yield from _attempt(binding, make, place))
        except BaseException as error:
            delay_s = _delay(retry, attempt, error)
            if delay_s is None or not retry.is_in_time(time.perf_counter() - began + delay_s):
                raise
            _tell_retried(binding, place, number, attempt, delay_s, error)
            last = error
        # outside the handler: a cancellation here is not "during" the failed attempt
        yield Sleep(delay_s, claim.unwanted if claim is not None else None)
        if claim is not None and claim.unwanted.is_set:
            raise last
        attempt += 1


def _delay(retry: Retry, attempt: int, error: BaseException) -> float | None:
    """Return the seconds to wait after *attempt* failed with *error*, None if no other may follow."""
    if not retry.allows(attempt, error):
        return None
    import random  # noqa: PLC0415 - slow to import, and for a second attempt only

    return retry.delay_s(attempt, random.random())  # noqa: S311 - jitter needs no secrecy


def _tell_retried(
    binding: Binding, place: Place, number: int, attempt: int, delay_s: float, error: BaseException
) -> None:
    if place.notify is not None:
        from tenure.events import OpenRetried  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        place.notify(OpenRetried(time.perf_counter(), *place.head(number, binding), attempt, delay_s, error))


def _attempt(binding: Binding, make: Callable[[], Steps[Any]], place: Place) -> Steps[Handled]:
    limit_s = binding.options.open_timeout or place.open_timeout
    if limit_s is None:
        return (yield from _make_and_open(binding, make))
    try:
        opened: Handled = yield from waited(Limited(_make_and_open(binding, make), limit_s))
    except LimitReachedError as error:
        waiting_at, needed_by = place_of_error(error.__cause__), place.dependents(binding.key)
        raise ResourceTimeoutError(binding.label, "open", limit_s, binding.where, waiting_at, needed_by) from None
    return opened


def _make_and_open(binding: Binding, make: Callable[[], Steps[Any]]) -> Steps[Handled]:
    made = yield from make()
    binding = as_found(binding, made)
    value, handle = yield from open_handle(binding, made)
    return value, handle, binding
