"""
One opening in flight, shared by everybody who wants its result (single flight).

A claim also knows which claims its own opening waits for; `circles` has the waits.
"""

import threading
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from tenure.errors import TenureError
from tenure.lifecycle.backends import running
from tenure.lifecycle.exits import Asked
from tenure.lifecycle.latch import Latch
from tenure.lifecycle.unraisable import report
from tenure.model.binding import Binding

opening: ContextVar[tuple[Any, ...]] = ContextVar("tenure.opening", default=())
"""
The openings (and closings) that the running code is part of, outermost first: each a `Claim`, or a `Joint`.

What has ended tells nothing but that and its `mark`.
"""


def openings() -> tuple["Claim", ...]:
    """Return those of `opening` that are still under way: a task that an opening started lives on after it."""
    chain = opening.get()
    if not chain:
        return chain
    under_way = [each for each in chain if not each.done.is_set]
    return tuple([claim for each in under_way for claim in each.claims if not claim.done.is_set])


def innermost() -> "Claim | None":
    """Return the last one of `openings`, without a look at all that may close together."""
    for each in reversed(opening.get()):
        if not each.done.is_set:
            claim: Claim = each.claims[-1]
            return claim
    return None


def is_part_of(claim: "Claim") -> bool:
    """Tell whether the running code is part of *claim*: `claim in openings()`, without a look at all of them."""
    return any(claim is each or claim in each.members for each in opening.get() if not each.done.is_set)


NEVER_LEAVES = "__tenure_never_leaves__"
"""Attribute of exceptions that are signals of Tenure's own, and no news for anybody."""


def note_asked(key: Any) -> None:
    """Let the opening that the running code is part of, if any, know that it asked for *key* (L20)."""
    claim = innermost()
    if claim is not None:
        claim.asked.add(key)


class Claim:
    """
    The opening of one resource or shared value.

    Attributes:
        subject: the binding, or the record of a managed object.
        mark: the mark of the record of a managed object, which outlives the claim in the context of tasks.
        done: open once the opening ended, well or not.
        error: what it raised; None if it succeeded, or if it was given up and the next one may try.
        loop: the event loop it was made on, None where none ran.
        waits_for: the claims that this opening needs the end of.
    """

    guard: Any = threading.RLock()
    """Protects `waits_for` of all; never held over a wait; re-entrant, for the garbage collector may run any code."""
    # what most of them never get to be stands here once, which makes them a third as expensive to make
    error: BaseException | None = None
    value: Any = None
    """What was made, for the one who asked for a value of his own."""
    mark: object = None
    asked_by: Asked = ()
    """Where the code stood that asked first, where it is recorded."""
    has_listener: bool = False
    """Whether somebody learns of its end otherwise than by waiting for it."""
    is_told: bool = False
    """Whether somebody has got its error."""
    was_heard: bool = False
    """Whether anybody was waiting when it failed."""
    withdrawn: str = ""
    """Why nobody gets what it opens, which is closed at once: "shut down" or "replaced" meanwhile; "": they do."""
    aside: Any = None
    """What keeps its result, where a replacement began meanwhile; see `runtime.setting_aside`."""
    is_prepared: bool = False
    """Whether everything it needs is there, so that a replacement changes nothing for it."""
    is_stale: bool = False
    """Whether a replacement began before that: it has to start over."""
    closes: bool = False
    """Whether it stands for a closing, for whose end newcomers wait."""
    is_over_again: bool = False
    """Whether it ended without a result and without an error: who wants it tries again."""
    is_undoing: bool = False
    """Whether it stands for the end of a replacement, which waits for the openings that it withdraws."""
    opener: Any = None
    """The owner task that opens it, as long as it may be cut off; None: the code that asks opens it itself."""
    inner: "Callable[[], Claim | None] | None" = None
    """Gives the claim that this one waits for and stands for, where it does."""
    is_cut_off: bool = False
    """Whether whoever would own the result waited long enough for it, and waits no longer."""
    refusal: BaseException | None = None
    """What those who want it get once it is cut off; None: they try again."""
    loop: Any = None
    _trace: Any = None
    _unwanted: Latch | None = None
    _parent: "Claim | None" = None
    _n_waiting: int = 0
    _is_given_up: bool = False
    _n_above: int = 0

    def __init__(self, binding: Binding, subject: Any) -> None:
        self.binding: Binding = binding
        self.subject: Any = subject
        if subject is not binding:
            self.mark = getattr(subject, "mark", None)
        self.done: Latch = Latch()
        self.waits_for: set[Claim] = set()
        self.needs: list[Any] = []
        """Exits that the opening code had opened while it ran."""
        self.asked: set[Any] = set()
        """Keys that the opening code asked for while it ran."""
        self.lazy: list[Any] = []
        """Records of objects that it was given before they were open."""
        backend = running()
        if backend is not None:
            self.loop = backend.token()
        self._parent = innermost()
        if self._parent is not None:
            with Claim.guard:
                self._parent.wait_for(self)

    @property
    def claims(self) -> "tuple[Claim, ...]":
        """Itself, as what a `Joint` is to many."""
        return (self,)

    @property
    def members(self) -> "frozenset[Claim]":
        """What else it stands for in `opening`: nothing."""
        return _NOBODY

    def wait_for(self, other: "Claim") -> None:
        """Under the guard: note that this opening waits for *other*."""
        if other not in self.waits_for:
            self.waits_for.add(other)
            other._n_above += 1  # noqa: SLF001 - of its own class

    def wait_no_more(self, other: "Claim") -> None:
        """Under the guard: note that this opening waits for *other* no longer."""
        if other in self.waits_for:
            self.waits_for.discard(other)
            other._n_above -= 1  # noqa: SLF001 - of its own class

    def awaited(self) -> "list[Claim]":
        """Return the claims that it waits for and that have not ended."""
        with Claim.guard:
            return [each for each in self.waits_for if not each.done.is_set]

    @property
    def starts_over(self) -> bool:
        """Whether something it needs was replaced meanwhile, so that whoever wants the result asks anew."""
        return self.is_stale or self.withdrawn == "replaced"

    @property
    def is_waited_for(self) -> bool:
        """Whether another opening waits for it; if none does, it is part of no circle."""
        return self._n_above > 0

    def _finish(self) -> None:
        if self._parent is not None:
            with Claim.guard:
                self._parent.wait_no_more(self)
            self._parent = None
        if self.opener is not None:
            self.opener = None
        if self.inner is not None:
            self.inner = None
        if self.refusal is not None:
            self.refusal = None
        self.needs, self.lazy, self.subject = [], [], None  # tasks that it started live on, and their context with it
        self.done.set()

    def fail(self, error: BaseException | None) -> None:
        """End it without a result: with *error* for everybody who waits, or None to let one of them try again."""
        self.error = error
        self.is_over_again = error is None
        self._trace = error.__traceback__ if error is not None else None
        self.was_heard = self._n_waiting > 0 or self.has_listener
        self._finish()
        if not self.was_heard:
            self.forget_error()

    def forget_error(self) -> None:
        """Let go of the error: its frames hold the claim, and whoever waits for it has seen it (L16)."""
        self.error = self._trace = None

    def succeed(self) -> None:
        """End it; the result stands where it was put."""
        self._finish()

    @property
    def is_own(self) -> bool:
        """Whether the running code is part of it although `openings` does not say so."""
        return False

    @property
    def bindings(self) -> tuple[Binding, ...]:
        """What is being made: more than one where one function makes all."""
        return (self.binding,)

    @property
    def unwanted(self) -> Latch:
        """Open once nobody waits any more: what is being opened need not be tried again."""
        with Claim.guard:
            if self._unwanted is None:
                self._unwanted = Latch()
            return self._unwanted

    def count_waiters(self, change: int) -> None:
        """Note that one more waits, or one less; with the last one gone it is unwanted."""
        with Claim.guard:
            self._n_waiting += change
            is_last = self._n_waiting == 0
            if not is_last and not self._is_given_up and self._unwanted is not None and self._unwanted.is_set:
                self._unwanted = None  # somebody came again
        if is_last:
            self.unwanted.set()

    def give_up(self) -> None:
        """Let it not be tried again, whoever waits."""
        self._is_given_up = True
        self.unwanted.set()

    def raise_error(self) -> None:
        """Raise the failure, if any, with the traceback it had when it happened: it does not grow (L7)."""
        self.is_told = True
        if self.error is not None:
            raise self.error.with_traceback(self._trace)

    def miss(self) -> None:
        """Note that one who waits was cancelled; a failure of that very moment which nobody else learns of is told."""
        if (
            self.error is not None
            and self._n_waiting <= 1
            and not self.is_told
            and not isinstance(self.error, TenureError)
            and not hasattr(self.error, NEVER_LEAVES)
        ):
            self.is_told = True
            report(self.error, f"opening {self.binding.label} failed, and nobody waits for it any more", self.mark)


_NOBODY: frozenset[Claim] = frozenset()
