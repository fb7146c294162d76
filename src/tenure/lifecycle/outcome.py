"""Which error leaves when several happened: decided once, at the end (L23-L27)."""

from collections.abc import Sequence

from tenure.errors import CloseError, attach_closing_errors


class Report:
    """
    Collects what closing raised.

    Attributes:
        failed: errors of closing code, in order of closing.
        cancelled: a cancellation that arrived while closing, or None.
        swallowed: whether a resource declared with suppress=True took the outcome upon itself.
    """

    __slots__ = ("cancelled", "failed", "swallowed")

    def __init__(self) -> None:
        self.failed: list[BaseException] = []
        self.cancelled: BaseException | None = None
        self.swallowed: bool = False

    def settle(self, outcome: BaseException | None) -> BaseException | None:
        """
        Return the error that has to be raised, *outcome* itself among them, or None.

        Rank: KeyboardInterrupt and SystemExit, then *outcome*, then a cancellation, then closing errors. Whatever does
        not leave travels with what does.
        """
        fatal = next((e for e in self.failed if isinstance(e, KeyboardInterrupt | SystemExit)), None)
        if self.swallowed:
            outcome = None
        first = fatal or outcome or self.cancelled
        if first is None:
            return _group(self.failed)
        attach_closing_errors(first, [error for error in self.failed if error is not first])
        return first


def _group(failed: Sequence[BaseException]) -> BaseException | None:
    if not failed:
        return None
    ordinary = [error for error in failed if isinstance(error, Exception)]
    if len(ordinary) == len(failed):
        return CloseError("errors while closing", ordinary)
    return BaseExceptionGroup("errors while closing", list(failed))
