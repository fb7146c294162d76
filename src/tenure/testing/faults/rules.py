"""Which opening or closing goes wrong, and how: data, and the counting that decides. Knows no loop and no engine."""

import random
import threading
from collections.abc import Callable
from typing import Any

from tenure.choice import Choice
from tenure.keys import Key, show
from tenure.model.binding import Binding

ErrorMaker = BaseException | type[BaseException] | Callable[[], BaseException]


class InjectedFault(Exception):  # noqa: N818 - it is no error of Tenure's, and stands for one of the user's
    """What a resource raises that was told to fail, unless another error was named."""


class Kind(Choice):
    """What goes wrong."""

    FAIL = "fail"
    CANCEL = "cancel"
    HANG = "hang"


class Rule:
    """
    One thing that goes wrong.

    Args:
        kind: what.
        key: of which resource; see `fits`.
        on: "open" or "close".
        nth: which opening or closing from now on is the first that goes wrong, >= 1; None: the first that there is.
        times: how many go wrong, >= 1; None: the one that *nth* names, all where it names none.
        wait: at which wait of the code, >= 1; None: instead of opening code, behind closing code.
        error: what is raised; see `raised`.
        probability: how likely each of them goes wrong, 0 to 1; None: certainly.
        seed: what makes that the same each time.

    Attributes:
        n_met: how many openings or closings of the resource there were.
        n_done: how many went wrong.

    Raises:
        ValueError: an argument is out of its bounds.
        TypeError: *error* is nothing that can be raised.
    """

    def __init__(
        self,
        kind: Kind,
        key: Any,
        on: str,
        *,
        nth: int | None = None,
        times: int | None = None,
        wait: int | None = None,
        error: ErrorMaker | None = None,
        probability: float | None = None,
        seed: int | None = None,
    ) -> None:
        if on not in ("open", "close"):
            raise ValueError(f"on={on!r}: a resource fails on 'open' or on 'close'")
        for name, count in (("nth", nth), ("times", times), ("wait", wait)):
            if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
                raise ValueError(f"{name}={count!r}: it is counted from 1")
        if probability is not None and not 0 <= probability <= 1:
            raise ValueError(f"probability={probability!r}: it is between 0 and 1")
        if error is not None and not isinstance(error, BaseException) and not callable(error):
            raise TypeError(f"error={error!r} is no exception, and gives none")
        self.kind: Kind = kind
        self.key: Any = key
        self.on: str = on
        self.nth: int | None = nth
        self.times: int | None = times
        self.wait: int | None = wait
        self.error: ErrorMaker | None = error
        self.probability: float | None = probability
        self.seed: int = random.randrange(2**32) if seed is None else seed  # noqa: S311 - no secret
        self.n_met: int = 0
        self.n_done: int = 0
        self._chance = random.Random(self.seed)  # noqa: S311 - no secret
        self._guard = threading.Lock()

    def __str__(self) -> str:
        parts = [shown(self.key), f"on={self.on!r}"]
        for name, value in (("nth", self.nth), ("times", self.times), ("wait", self.wait)):
            if value is not None:
                parts.append(f"{name}={value!r}")
        if self.probability is not None:
            parts.append(f"probability={self.probability!r}, seed={self.seed!r}")
        return f"{self.kind.value}({', '.join(parts)})"

    def applies(self, binding: Binding, on: str) -> bool:
        """Count an opening or closing of *binding*; tell whether it goes wrong."""
        if on != self.on or not fits(self.key, binding):
            return False
        with self._guard:
            self.n_met += 1
            times = self.times if self.times is not None or self.nth is None else 1
            is_due = self.n_met >= (self.nth or 1) and (times is None or self.n_done < times)
            if is_due and self.probability is not None:
                is_due = self._chance.random() < self.probability
            self.n_done += is_due
            return is_due

    def raised(self, binding: Binding) -> BaseException:
        """Return the error to be raised: the one named, one of the class named, or an InjectedFault."""
        if self.error is None:
            return InjectedFault(f"{binding.label} failed to {self.on}, as it was told: {self}")
        error = self.error if isinstance(self.error, BaseException) else self.error()
        if not isinstance(error, BaseException):
            raise TypeError(f"error={self.error!r} gave {error!r}, which is no exception")
        return error.with_traceback(None)


class Label:
    """Means the resources that are shown as *text*, and no others."""

    def __init__(self, text: str) -> None:
        self.text: str = text


def fits(key: Any, binding: Binding) -> bool:
    """
    Tell whether *key* means the resource of *binding*.

    It does where it is the key, what is bound to it, or a text: the key as it is shown, or the last name in that.
    """
    if isinstance(key, Label):
        return binding.label == key.text
    if isinstance(key, str):
        return key in (binding.key, binding.label, binding.label.rpartition(".")[2])
    return binding.key is key or binding.target is key or _equal(binding.key, key)


def _equal(a: Key, b: Any) -> bool:
    return bool(type(a) is type(b) and a == b)


def shown(key: Any) -> str:
    """Return *key* as people write it."""
    if isinstance(key, Label):
        return key.text
    return repr(key) if isinstance(key, str) else show(key)
