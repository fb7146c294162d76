"""Scenarios in which time passes: retries with their pauses, limits that run out."""

from typing import Any

from tenure import Retry
from tests.laws.rig.trace import FAILED, OPENED, OPENING
from tests.laws.schedules.scene import CLOSED, FAULT, TIMEOUT, Scenario, Scene

Broken = list[tuple[str, str]]
_RETRY = Retry(attempts=3, backoff=1.0, jitter=0.0)


def _retried(
    name: str, n_users: int, n_faults: int, *, cancels: int = 0, closes: bool = False, may: tuple[str, ...] = ()
) -> Scenario:
    def play(scene: Scene) -> None:
        users = [scene.user(f"user{number}", "A", steady=not closes) for number in range(n_users)]
        for user in users[:cancels]:
            scene.stage.cancel(user)
        if closes:
            scene.closer("closer")

    def judge(scene: Scene) -> Broken:
        return _of_attempts(scene, must_stop=closes)

    words = frozenset((*may, CLOSED)) if closes else frozenset(may)
    return Scenario(name, ("A",), play, {"A": {"retry": _RETRY}}, {"A.open": n_faults}, may=words, judge=judge)


def _of_attempts(scene: Scene, must_stop: bool) -> Broken:
    """One attempt at a time, no more than were allowed, none after the close (L65)."""
    broken: Broken = []
    under_way = n_attempts = 0
    for step in scene.world.trace.steps:
        if step.act == OPENING:
            n_attempts += 1
            under_way += 1
            if under_way > 1:
                broken.append(("L65", "an attempt begins while another is under way"))
        elif step.act in (FAILED, OPENED):
            under_way -= 1
            n_attempts = n_attempts if step.act == FAILED else 0
        if n_attempts > _RETRY.attempts * len(scene.stage.actors):
            broken.append(("L65", f"{n_attempts} attempts"))
    if must_stop and scene.world.trace.steps and scene.world.trace.steps[-1].at > 1.0 + 2.0:
        broken.append(("L65", "an attempt followed the close"))
    return broken


def _abandoned_at_once(scene: Scene) -> Broken:
    """Nobody waits: no attempt but the first begins any more (L65)."""
    (user, *_) = scene.stage.actors
    end = scene.world.ended.get(user.name)
    if not user.was_cancelled or end is None:
        return []
    steps = scene.world.trace.steps
    if any(step.act == OPENING and step.life[1] > 1 for step in steps[end:]):
        return [("L65", "an attempt followed the cancel of the only one who waited")]
    return []


def _lonely() -> Scenario:
    def play(scene: Scene) -> None:
        scene.stage.cancel(scene.user("user0", "A"))

    return Scenario(
        "retry/1/cancel", ("A",), play, {"A": {"retry": _RETRY}}, {"A.open": 2}, judge=_abandoned_at_once,
    )  # fmt: skip


def _slow(
    name: str, place: str, options: dict[str, Any], *, users: int = 1, closers: int = 0, cancels: int = 0
) -> Scenario:
    """What *place* does takes two seconds, the limit that *options* sets is one; time may pass at any moment."""

    def play(scene: Scene) -> None:
        scene.world.within[place] = lambda: scene.stage.sleep(2)
        for number in range(users):
            user = scene.user(f"user{number}", "B", steady=closers == 0)
            if number < cancels:
                scene.stage.cancel(user)
        for number in range(closers):
            scene.closer(f"closer{number}")

    return Scenario(
        name, ("A", "B(A)"), play, {place[0]: options}, may=frozenset((TIMEOUT, CLOSED)) if closers else
        frozenset((TIMEOUT,)), with_timers=True, interruptible="close" in place, is_opened=users == 0,
    )  # fmt: skip


TIMED: list[Scenario] = [
    _retried("retry/1/recovers", 1, 2),
    _retried("retry/2/recovers", 2, 2),
    _retried("retry/2/cancel", 2, 2, cancels=1),
    _retried("retry/1/gives-up", 1, 9, may=(FAULT,)),
    _retried("retry/2/gives-up", 2, 9, may=(FAULT,)),
    _retried("retry/1/close", 1, 2, closes=True, may=(FAULT,)),
    _lonely(),
    _slow("limit/open/1", "A.open", {"open_timeout": 1.0}),
    _slow("limit/open/2", "A.open", {"open_timeout": 1.0}, users=2),
    _slow("limit/open/cancel", "A.open", {"open_timeout": 1.0}, users=2, cancels=1),
    _slow("limit/open/close", "B.open", {"open_timeout": 1.0}, closers=1),
    _slow("limit/close", "B.close", {"close_timeout": 1.0}, users=0, closers=1),
    _slow("limit/close2", "A.close", {"close_timeout": 1.0}, users=0, closers=2),
]
"""All of them."""
