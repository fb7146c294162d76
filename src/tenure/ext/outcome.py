"""How a request ended, for its resources: an error that the framework answers for is still an error."""

from collections.abc import Mapping
from typing import Any

from tenure.errors import CloseError, closing_errors

KEY = "tenure.outcome"
"""Where the outcome of a request stands, in the scope of ASGI and in the environ of WSGI."""


class Outcome:
    """
    How one request ended.

    Args:
        outer: of the same request, in an application around this one.

    Attributes:
        error: what a handler raised and the framework made a response of; None: nothing so far.
    """

    __slots__ = ("_is_shown", "_outer", "error")

    def __init__(self, outer: "Outcome | None" = None) -> None:
        self._outer = outer
        self._is_shown = False
        self.error: BaseException | None = None

    def note(self, error: BaseException) -> None:
        """Have the resources of the request see *error*, the first one that was noted."""
        if self.error is None:
            self.error = error
        if self._outer is not None:
            self._outer.note(error)

    def show(self) -> None:
        """Raise the error that was noted, inside the scope of the request, so that the scope is left with it."""
        if self.error is not None:
            self._is_shown = True
            raise self.error

    def ends(self, error: BaseException) -> bool:
        """
        Tell whether *error*, with which the scope was left, goes no further, because it was only shown.

        Raises:
            CloseError: closing failed, of which nobody would hear.
        """
        if not self._is_shown or error is not self.error:
            return False
        failed = [each for each in closing_errors(error) if isinstance(each, Exception)]
        if failed:
            raise CloseError("errors while closing what a request had opened", failed) from error
        return True


def note(request: Mapping[str, Any], error: BaseException) -> None:
    """Have the resources of *request*, a scope of ASGI or an environ of WSGI, see *error*."""
    outcome: Outcome | None = request.get(KEY)
    if outcome is not None:
        outcome.note(error)
