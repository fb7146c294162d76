"""
What user code saw in one run, step by step.

Nodes of a graph record here what happens to them: the library under test never does.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

OPENING, OPENED, FAILED = "opening", "opened", "failed"
CLOSING, CLOSED, CLOSE_FAILED, INTERRUPTED = "closing", "closed", "close-failed", "interrupted"
ABANDONED, GOT = "abandoned", "got"

Life: TypeAlias = tuple[str, int]
"""A node and the number of its opening: one instance."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to the instance *life*."""

    act: str
    """One of the constants above. "interrupted": closing code was ended by a cancellation or KeyboardInterrupt."""
    life: Life
    at: float = 0.0
    """Seconds on the clock of the run, virtual where it has one."""
    task: str = ""
    needs: tuple[Life, ...] = ()
    """For "opening": the instances it was given, those it reached through plain values included."""
    scope: str = "root"
    """The scope that owns it, as the case knows it; "" where every asking makes a new one."""
    error: BaseException | None = None
    """For "failed" and "close-failed": what it raised. For "closing": what it was shown."""


class Trace:
    """
    Collects the steps of one run.

    Args:
        clock: gives the time of a step, in seconds.
        who: gives the name of the running task or thread.
    """

    def __init__(self, clock: Callable[[], float] = lambda: 0.0, who: Callable[[], str] = lambda: "") -> None:
        self.steps: list[Step] = []
        self._clock = clock
        self._who = who
        self._serials: dict[str, itertools.count[int]] = {}

    def opening(self, node: str, needs: tuple[Life, ...] = (), scope: str = "root") -> Life:
        """Note that opening code of *node* begins; return the name of the new instance."""
        life = (node, next(self._serials.setdefault(node, itertools.count(1))))
        self.steps.append(Step(OPENING, life, self._clock(), self._who(), needs, scope))
        return life

    def note(self, act: str, life: Life, error: BaseException | None = None, scope: str = "root") -> None:
        """Note *act* of the instance *life*."""
        self.steps.append(Step(act, life, self._clock(), self._who(), scope=scope, error=error))

    def shown(self) -> str:
        """Return the steps as text, a line each."""
        return "\n".join(
            f"{step.at:8.3f} {step.task:12} {step.act:12} {step.life[0]}{step.life[1]}"
            + (f" of {', '.join(f'{n}{i}' for n, i in step.needs)}" if step.needs else "")
            + (f" {step.error!r}" if step.error is not None else "")
            for step in self.steps
        )
