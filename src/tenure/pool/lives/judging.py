"""What the user's functions say of an item: `check=` before it is lent, `discard=` and `reset=` when it comes back."""

from collections.abc import Awaitable, Callable
from typing import Any

from tenure.lifecycle.unraisable import report
from tenure.pool.setup import Setup


class Judge:
    """
    Asks `discard=` and `reset=` of one pool.

    Args:
        setup: what the pool was told.
        label: the pool as shown.

    Attributes:
        asks_of_good: whether there is anything to ask of an item that comes back from a body that ended well.
        asks_of_failed: the same where it ended with an error.
    """

    __slots__ = ("_discards_always", "_label", "_reset", "_rule", "asks_of_failed", "asks_of_good")

    def __init__(self, setup: Setup, label: str) -> None:
        rule = setup.discard
        self._rule: Any = rule
        self._discards_always: bool = rule is not None and not isinstance(rule, type | tuple)
        self._reset: Callable[[Any], Any] | None = setup.reset
        self._label: str = label
        self.asks_of_good: bool = setup.reset is not None or self._discards_always
        self.asks_of_failed: bool = setup.reset is not None or rule is not None

    def verdict(self, item: Any, error: BaseException | None) -> Any:
        """
        Return what is said of *item*, whose borrower's body ended with *error*.

        Returns:
            None: it is fit for use; a word: why it is not; an awaitable: its answer tells.
        """
        if (error is not None or self._discards_always) and self.is_discarded(item, error):
            return "discard"
        reset = self._reset
        if reset is None:
            return None
        try:
            answer = reset(item)
        except Exception:  # noqa: BLE001 - that is how it says no
            return "reset"
        if answer is None or answer is True:
            return None
        if answer is False:
            return "reset"
        return answer if isinstance(answer, Awaitable) else None

    def is_discarded(self, item: Any, error: BaseException | None) -> bool:
        """Tell whether `discard=` says that *item* is fit for use no longer."""
        rule = self._rule
        if rule is None:
            return False
        if isinstance(rule, type | tuple):
            return isinstance(error, rule)
        try:
            return bool(rule(item, error))
        except Exception as failure:  # noqa: BLE001 - whoever gives the item back is ending something else
            report(failure, f"discard= of {self._label} failed; the item is discarded", rule)
            return True


def is_no(function: Callable[[Any], Any] | None, item: Any) -> bool:
    """Tell whether *function* says no to *item*: raises, or gives False; None says nothing."""
    try:
        return function is not None and function(item) is False
    except Exception:  # noqa: BLE001 - that is how it says no
        return True
