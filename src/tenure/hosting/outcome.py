"""How a request ended, for its resources: an error that the framework answers for is still an error."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from tenure.container import Container
from tenure.errors import CloseError, closing_errors

KEY = "tenure.outcome"
"""Where the outcome of a request stands: in the scope of ASGI, the environ of WSGI, what a framework keeps beside."""


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


async def answer(
    container: Container,
    name: str,
    values: Mapping[Any, Any],
    request: MutableMapping[str, Any],
    function: Callable[..., Awaitable[Any]],
    *arguments: Any,
) -> None:
    """
    Call *function* with *arguments* inside a scope, which is left with the error that left it or that was noted.

    Args:
        container: what opens the scope.
        name: that of the scope.
        values: what is given to it.
        request: where `note` finds the outcome.
        function: what answers; what it returns is of no interest.
        arguments: what it is called with.

    Raises:
        BaseException: what left *function*; not what was only noted.
        CloseError: closing failed behind an error that was only noted.
    """
    around = request.get(KEY)
    request[KEY] = outcome = Outcome(around)
    try:
        async with container.resource_scope(name, values=values):
            await function(*arguments)
            outcome.show()
    except BaseException as error:
        if not outcome.ends(error):
            raise
    finally:
        request[KEY] = around


def note(request: Mapping[str, Any], error: BaseException) -> None:
    """Have the resources of *request*, where its outcome stands, see *error*."""
    outcome: Outcome | None = request.get(KEY)
    if outcome is not None:
        outcome.note(error)


def forget(request: Mapping[str, Any]) -> None:
    """Forget what was noted for *request*, which is tried again: it is the last attempt that counts."""
    outcome: Outcome | None = request.get(KEY)
    if outcome is not None:
        outcome.error = None
