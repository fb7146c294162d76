"""
What a monitor remembers: the lifetimes it measured, and the objects that report themselves by hand.

Knows objects and openings by number; holds no object that can be referred to weakly.
"""

import weakref
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_high
from time import perf_counter

from tenure.events import Opened
from tenure.keys import class_of


class Lifetimes:
    """
    Lifetimes in seconds: their number and mean over all, their median over the last *window*.

    Args:
        window: how many lifetimes are kept for the median, ≥ 1.
    """

    def __init__(self, window: int) -> None:
        self.n_tracked: int = 0
        self._total_s = 0.0
        self._last: deque[float] = deque(maxlen=window)

    def add(self, lifetime_s: float) -> None:
        """Take one more lifetime into account."""
        self.n_tracked += 1
        self._total_s += lifetime_s
        self._last.append(lifetime_s)

    @property
    def mean_s(self) -> float:
        """The mean of all lifetimes; 0 when there is none."""
        return self._total_s / self.n_tracked if self.n_tracked else 0.0

    @property
    def median_s(self) -> float:
        """The median of the last lifetimes, the upper one of an even number; 0 when there is none."""
        return median_high(self._last) if self._last else 0.0


@dataclass(frozen=True, slots=True)
class _Tracked:
    """An object that reported its creation at *created_at* (`perf_counter`); *reference* gives None once it is dead."""

    reference: Callable[[], object]
    class_: type
    created_at: float


class HandTracked:
    """
    The objects that reported their own creation and not yet their disposal, and which openings stand for them.

    Not thread-safe: the monitor's lock guards it.
    """

    def __init__(self) -> None:
        self._live: dict[int, _Tracked] = {}  # by id() of the object
        # Ids of the live objects of a class whose opening was not seen yet, oldest first.
        self._unmatched: dict[type, dict[int, None]] = {}
        self._gone: deque[int] = deque()  # filled by weakref callbacks, which may run at any instant
        self.openings: set[int] = set()
        """The numbers of the openings that stand for an object tracked by hand."""

    def add(self, resource: object) -> bool:
        """Start tracking *resource*; False when it is tracked already."""
        self._forget_dead()
        number = id(resource)
        if number in self._live:
            return False

        self._live[number] = _Tracked(self._reference(resource), type(resource), perf_counter())
        self._unmatched.setdefault(type(resource), {})[number] = None
        return True

    def discard(self, resource: object) -> float | None:
        """Stop tracking *resource* and return its lifetime in seconds; None when it was not tracked."""
        self._forget_dead()
        tracked = self._live.pop(id(resource), None)
        if tracked is None:
            return None

        self._match(tracked.class_, id(resource))
        return perf_counter() - tracked.created_at

    def claim(self, event: Opened) -> bool:
        """Tell whether *event* stands for a tracked object that no earlier opening stood for, and remember it."""
        self._forget_dead()
        wanted = class_of(event.key)
        class_ = next((known for known in self._unmatched if wanted is not None and _is_a(known, wanted)), None)
        if class_ is None:
            return False

        self._match(class_, next(iter(self._unmatched[class_])))
        self.openings.add(event.id)
        return True

    def _reference(self, resource: object) -> Callable[[], object]:
        gone, number = self._gone, id(resource)
        try:
            return weakref.ref(resource, lambda _: gone.append(number))
        except TypeError:  # no weak references to this type: kept until its disposal is reported
            return lambda: resource

    def _forget_dead(self) -> None:
        while self._gone:
            number = self._gone.popleft()
            tracked = self._live.get(number)
            if tracked is not None and tracked.reference() is None:  # not a new object at the same address
                del self._live[number]
                self._match(tracked.class_, number)

    def _match(self, class_: type, number: int) -> None:
        waiting = self._unmatched.get(class_, {})
        waiting.pop(number, None)
        if not waiting:
            self._unmatched.pop(class_, None)


def _is_a(class_: type, wanted: type) -> bool:
    try:
        return issubclass(class_, wanted)
    except TypeError:  # a Protocol that cannot be asked at run time
        return False
