"""What stands around an operation of Strawberry, and inside all that stands around it."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from strawberry.extensions import SchemaExtension
from strawberry.types import ExecutionContext

from tenure.hosting.outcome import Outcome


class Around(SchemaExtension):
    """
    A scope around one operation.

    Args:
        scoped: returns the scope, which has not been entered.
        outcome: how the operation ended, when it has.
    """

    def __init__(self, scoped: Callable[[ExecutionContext], Any], outcome: Outcome) -> None:
        self._scoped = scoped
        self._outcome = outcome


class Blocking(Around):
    """That of an operation without an event loop."""

    def on_operation(self) -> Iterator[None]:
        """Open the scope, and close it."""
        try:
            with self._scoped(self.execution_context):
                yield
                self._outcome.show()
        except BaseException as error:
            if not self._outcome.ends(error):
                raise


class Awaited(Around):
    """That of an operation on an event loop: of a subscription, until its last event."""

    async def on_operation(self) -> AsyncIterator[None]:
        """Open the scope, and close it."""
        try:
            async with self._scoped(self.execution_context):
                yield
                self._outcome.show()
        except BaseException as error:
            if not self._outcome.ends(error):
                raise


class Noting(SchemaExtension):
    """Hears of errors before another extension masks them."""

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome

    def on_operation(self) -> Iterator[None]:
        """Have the resources see the first error of the result; that of a subscription is its last one."""
        yield
        for error in getattr(self.execution_context.result, "errors", None) or ():
            self._outcome.note(getattr(error, "original_error", None) or error)
