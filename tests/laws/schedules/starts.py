"""Scenarios of eager starts with a limit: how many open at a time, how long it all takes, what follows a failure."""

from collections.abc import Sequence

from tests.laws.rig.trace import OPENED, OPENING, Step
from tests.laws.schedules.scene import CLOSED, FAULT, Scenario, Scene

Broken = list[tuple[str, str]]


def _narrow(name: str, *, fails: str = "", n_cancels: int = 0, closes: bool = False) -> Scenario:
    """A start of three resources, one at a time."""

    def play(scene: Scene) -> None:
        starter = scene.starter("starter", max_parallel=1)
        if n_cancels:
            scene.stage.cancel(starter, n_cancels)
        if closes:
            scene.closer("closer")

    faults = {f"{fails}.open": 1} if fails else {}
    return Scenario(name, ("A", "B", "C(A)"), play, faults=faults, may=frozenset((FAULT, CLOSED)))


def _wide(name: str, nodes: tuple[str, ...], limit: int | None, ends: list[int]) -> Scenario:
    """A start of *nodes*, which take a second each to open, *limit* at a time: they are open after *ends* (L63)."""

    def play(scene: Scene) -> None:
        for node in nodes:
            scene.world.within[f"{node[0]}.open"] = lambda: scene.stage.sleep(1)
        scene.starter("starter", max_parallel=limit)

    def judge(scene: Scene) -> Broken:
        steps = scene.world.trace.steps
        found = sorted(step.at for step in steps if step.act == OPENED)
        broken = [("L63", f"open after {found} s, not {ends}")] if found != ends else []
        most = _most_at_a_time(steps)
        return broken if limit is None or most <= limit else [*broken, ("L63", f"{most} opened at a time, not {limit}")]

    return Scenario(name, nodes, play, judge=judge)


def _most_at_a_time(steps: Sequence[Step]) -> int:
    most = now = 0
    for step in steps:
        now += {OPENING: 1, OPENED: -1}.get(step.act, 0)
        most = max(most, now)
    return most


STARTS: list[Scenario] = [
    _narrow("narrow/fails-first", fails="A"),
    _narrow("narrow/fails-last", fails="C"),
    _narrow("narrow/cancel", n_cancels=1),
    _narrow("narrow/close", closes=True),
    _wide("wide/all", ("A", "B", "C", "D(A)"), None, [1, 1, 1, 2]),
    _wide("wide/two", ("A", "B", "C", "D"), 2, [1, 1, 2, 2]),
]
"""All of them."""
