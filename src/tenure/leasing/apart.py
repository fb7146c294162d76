"""Open and close one item apart from every scope: on the spot, or in an owner task of its own."""

import contextvars
from collections.abc import Awaitable, Callable
from typing import Any

from tenure.errors import ResourceEndedError, UnforeseenAwaitError
from tenure.leasing.making import Given, Notify
from tenure.lifecycle.backends import current
from tenure.lifecycle.closing import Closer, close_exit
from tenure.lifecycle.effects import Steps, waited
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.handles import as_found
from tenure.lifecycle.opening import Place, open_resource
from tenure.lifecycle.owner import Owner
from tenure.lifecycle.unraisable import report
from tenure.model.binding import Binding, Make

CLOSE_LIMIT_S = 10.0
"""Seconds that closing an asynchronous item may take, where its factory says nothing else."""


class Items:
    """
    Makes and closes the items of one life.

    Args:
        binding: how; see `making`.
        is_async: whether a loop runs where they are made.
        word: "keyed" or "refreshing", what their events call the scope.
        number: of the life, as `scope_id` of the events.
        label: as errors name it.
        notify: gives what shows events to the observers, None where there are none.
        given: arguments of the factory behind those of each call.
    """

    def __init__(
        self, binding: Binding, is_async: bool, word: str, number: int, label: str, notify: Notify, given: Given
    ) -> None:
        self.binding: Binding = binding
        self.is_async: bool = is_async
        self.label: str = label
        self._word = word
        self._number = number
        self._notify = notify
        self._given = given

    def _place(self) -> Place:
        return Place(self._word, self._number, self._notify())

    def open(self, *first: Any) -> Steps[Exit]:
        """Make and open one item, its factory called with *first* and what is given; raises what that raises."""
        return open_resource(self.binding, lambda: self._made(first), self._place(), tuple)

    def _made(self, first: tuple[Any, ...]) -> Steps[Any]:
        args, kwargs = self._given
        made = self.binding.target(*first, *args, **kwargs)
        if self.binding.make is Make.AWAIT:
            return (yield from waited(made))
        lifecycle = as_found(self.binding, made).lifecycle
        is_found = lifecycle is not self.binding.lifecycle
        if is_found and isinstance(made, Awaitable) and self.is_async:
            return (yield from waited(made))
        if is_found and not self.is_async and (isinstance(made, Awaitable) or (lifecycle and lifecycle.is_async)):
            discard = getattr(made, "close", None) if hasattr(made, "cr_frame") else None
            if discard is not None:
                discard()  # a coroutine that will never run says so otherwise
            raise UnforeseenAwaitError(self.label, "is_async=True", self.binding.key, made)
        return made

    def open_aside(
        self,
        steps: Callable[[], Steps[Exit]],
        told: Callable[[Exit | None, BaseException | None], None],
        ended: Callable[[], None],
    ) -> Owner:
        """
        Run *steps*, which open an item, in a task that will also close it.

        Args:
            steps: gives them.
            told: is shown the exit, or why there is none, in that task.
            ended: is called where the item closes although nobody asked: a task of its own failed, or the loop ends.
        """
        box: list[Exit] = []
        loop = current().token()

        def open_(owner: Owner) -> Steps[bool]:
            try:
                exit_ = yield from steps()
            except BaseException as error:  # noqa: BLE001 - whoever waits for the item gets it
                told(None, error)
                return False
            exit_.owner, exit_.loop = owner, loop
            box.append(exit_)
            told(exit_, None)
            return True

        def close(outcome: BaseException | None) -> Steps[bool]:
            return close_exit(box[0], outcome, self._place(), None)

        def crashed(error: BaseException) -> None:
            ended()
            if not isinstance(error, ResourceEndedError):
                report(error, f"an item of {self.label} failed to close", self.binding.target)

        owner = Owner(open_, close, crashed)
        owner.start(contextvars.copy_context(), self.binding)
        return owner

    def closer(self) -> Closer:
        """Return what closes items and keeps the account of what they raise."""
        return Closer(None, self._place(), CLOSE_LIMIT_S)
