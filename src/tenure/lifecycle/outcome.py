"""Which error leaves when several happened: decided once, at the end (L23-L27)."""

from collections.abc import Sequence

from tenure.errors import CloseError
from tenure.notes import attach_closing_errors


class Report:
    """
    Collects what closing raised.

    Args:
        subject: what is closed, as errors name it.

    Attributes:
        failed: errors of closing code, in order of closing.
        cancelled: a cancellation that arrived while closing, or None.
        swallowed: whether a resource declared with suppress=True took the outcome upon itself.
    """

    __slots__ = ("cancelled", "failed", "subject", "swallowed")

    def __init__(self, subject: str) -> None:
        self.subject: str = subject
        self.failed: list[BaseException] = []
        self.cancelled: BaseException | None = None
        self.swallowed: bool = False

    def take_up(self, interruption: BaseException | None) -> None:
        """Note that a wait was interrupted by a cancellation or a KeyboardInterrupt, if it was."""
        if isinstance(interruption, KeyboardInterrupt):
            self.failed.append(interruption)
        else:
            self.cancelled = self.cancelled or interruption

    def take_failed(self) -> list[BaseException]:
        """Return the errors of closing code; they are kept no longer, for their tracebacks lead back here (L16)."""
        failed, self.failed = self.failed, []
        return failed

    def take_all(self) -> list[BaseException]:
        """Return the errors of closing code, and last a cancellation that arrived meanwhile; none is kept."""
        cancelled, self.cancelled = self.cancelled, None
        return [*self.take_failed(), *([cancelled] if cancelled is not None else [])]

    def settle(self, outcome: BaseException | None) -> BaseException | None:
        """
        Return the error that has to be raised, *outcome* itself among them, or None.

        Rank: KeyboardInterrupt and SystemExit, then *outcome*, then a cancellation, then closing errors. Whatever does
        not leave travels with what does.
        """
        failed = self.take_failed()
        cancelled, self.cancelled = self.cancelled, None
        if self.swallowed:
            outcome = None
        happened = [error for error in (outcome, *failed, cancelled) if error is not None]
        fatal = next((error for error in happened if isinstance(error, KeyboardInterrupt | SystemExit)), None)
        first = fatal or outcome or cancelled
        if first is None:
            return group(failed, self.subject)
        attach_closing_errors(first, [error for error in happened if error is not first])
        return first


def group(failed: Sequence[BaseException], subject: str) -> BaseException | None:
    """Return one error for what closing *subject* raised, None if nothing was."""
    if not failed:
        return None
    ordinary = [error for error in failed if isinstance(error, Exception)]
    if len(ordinary) == len(failed):
        return CloseError(f"errors while closing {subject}", ordinary)
    return BaseExceptionGroup(f"errors while closing {subject}", list(failed))
