"""
How far the life of a container has come, as far as the state of its root does not tell: starts, and the wish to stop.

Plain data that whoever starts a container sets and whoever watches it reads; nothing is decided by it.
"""

from typing import Any


class Life:
    """
    What happened to the root of one engine.

    Attributes:
        n_starting: how many starts of the root are under way.
        started: the number of the root whose start ended well last, None where there was none, or all was shut down.
        is_leaving: whether the root is being left although it stays open, as observers were told.
        stop: the `Stop` of the run that it is part of, None outside `tenure.run`.
    """

    __slots__ = ("is_leaving", "n_starting", "started", "stop")

    def __init__(self) -> None:
        self.n_starting: int = 0
        self.started: int | None = None
        self.is_leaving: bool = False
        self.stop: Any = None


def life_of(engine: Any) -> Life:
    """Return the life of *engine*, begun now if nothing was noted yet."""
    with engine.lock:
        if engine.life is None:
            engine.life = Life()
        life: Life = engine.life
    return life


def lives(engine: Any) -> list[tuple[Life, int]]:
    """Return the lives of *engine* and of those that mean it since they were joined, each with its root's number."""
    return [(each.life, each.root.number) for each in (engine, *engine.joined) if each.life is not None]


def note_shut_down(engine: Any) -> None:
    """Note that everything is about to be closed while the root stays open: the next start is the first again."""
    for life, _ in lives(engine):
        life.started = None
