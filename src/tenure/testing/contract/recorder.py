"""
What user code saw in one run, step by step.

The nodes of a graph write it; the container that is looked at never does. Holds names and numbers, no objects, so
that it keeps nothing alive; errors are the exception.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

OPENING, OPENED, FAILED = "opening", "opened", "failed"
CLOSING, CLOSED, CLOSE_FAILED, INTERRUPTED = "closing", "closed", "close-failed", "interrupted"
ENDED = (CLOSED, CLOSE_FAILED, INTERRUPTED)

Life: TypeAlias = tuple[str, int]
"""A node and the number of its opening: one instance."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to the instance *life*."""

    act: str
    life: Life
    at: float
    """Seconds on the clock of the world."""
    task: str
    thread: int
    needs: tuple[Life, ...] = ()
    error: BaseException | None = None
    """What it raised; for "closing", what it was shown."""

    def __str__(self) -> str:
        text = f"{self.at:7.2f} {self.task:12.12} {self.act:12} {self.life[0]}{self.life[1]}"
        if self.needs:
            text += " with " + ", ".join(f"{name}{n}" for name, n in self.needs)
        return text if self.error is None else f"{text} {self.error!r}"


class Recorder:
    """
    Collects the steps of one run; answers questions about them.

    Args:
        clock: gives the time, in seconds.
        who: gives the name of the running task.
    """

    def __init__(self, clock: Callable[[], float], who: Callable[[], str]) -> None:
        self.steps: list[Step] = []
        self._clock = clock
        self._who = who
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}

    def opening(self, name: str, needs: tuple[Life, ...] = ()) -> Life:
        """Note that opening code of the node *name* begins; return the new instance."""
        with self._lock:
            number = self._counts[name] = self._counts.get(name, 0) + 1
        self.note(OPENING, (name, number), needs=needs)
        return name, number

    def note(self, act: str, life: Life, error: BaseException | None = None, needs: tuple[Life, ...] = ()) -> None:
        """Note *act* of *life*."""
        step = Step(act, life, self._clock(), self._who(), threading.get_ident(), needs, error)
        self.steps.append(step)

    # questions

    def lives(self, act: str) -> list[Life]:
        """Return who did *act*, in order."""
        return [step.life for step in list(self.steps) if step.act == act]

    def names(self, act: str) -> str:
        """Return the names of who did *act*, in order, as in "C B A"."""
        return " ".join(name for name, _ in self.lives(act))

    def count(self, act: str, name: str) -> int:
        """Return how often the node *name* did *act*."""
        return sum(life[0] == name for life in self.lives(act))

    def live(self) -> list[Life]:
        """Return what was opened and has not ended its closing."""
        ended = {step.life for step in self.steps if step.act in ENDED}
        return [life for life in self.lives(OPENED) if life not in ended]

    def of(self, name: str, act: str) -> Sequence[Step]:
        """Return the steps *act* of the node *name*."""
        return [step for step in self.steps if step.act == act and step.life[0] == name]

    def misordered(self) -> list[str]:
        """Return who began to close while something that needs it was open (L18)."""
        found, live, needs = [], set[Life](), dict[Life, tuple[Life, ...]]()
        for step in self.steps:
            if step.act == OPENING:
                needs[step.life] = step.needs
            elif step.act == OPENED:
                live.add(step.life)
            elif step.act == CLOSING:
                found += [f"{_name(step.life)} closes while {_name(d)} is open" for d in _users(step.life, live, needs)]
            elif step.act in ENDED:
                live.discard(step.life)
        return found

    def twice(self) -> list[str]:
        """Return what was closed more than once, or without having been open (L3, L9)."""
        closing, opened = self.lives(CLOSING), set(self.lives(OPENED))
        found = [f"{_name(life)} is closed twice" for life in dict.fromkeys(closing) if closing.count(life) > 1]
        return found + [f"{_name(life)} is closed and was never open" for life in closing if life not in opened]

    def shown(self) -> str:
        """Return the steps as text, a line each."""
        return "\n".join(map(str, self.steps))

    def acts(self) -> list[tuple[str, Life]]:
        """Return the steps without times and tasks, as worlds can be compared by (L55)."""
        return [(step.act, step.life) for step in self.steps]


def _users(life: Life, live: Iterable[Life], needs: dict[Life, tuple[Life, ...]]) -> list[Life]:
    return sorted(other for other in live if life in needs.get(other, ()))


def _name(life: Life) -> str:
    return f"{life[0]}{life[1]}"
