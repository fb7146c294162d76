"""
What a run must have kept, beyond the oracle: what actors may meet, when closers return, what cancels do.

Checks L2, L15, L25, L27, L31, L33, L37, L64 from the outcome of every actor; the oracle looks at the trace.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tenure.errors import CircularDependencyError, ContainerClosedError, ResourceTimeoutError
from tests.laws.rig.oracle import LAWS as ORACLE_LAWS
from tests.laws.rig.oracle import End, Violation, reachable, violations
from tests.laws.rig.trace import ABANDONED, CLOSE_FAILED, FAILED, OPENING
from tests.laws.schedules.scene import CIRCLE, CLOSED, FAULT, REBUILT, TIMEOUT, Scenario, Scene
from tests.laws.schedules.stage import CLOSER, STARTER, USER, Actor
from tests.laws.schedules.world import Fault

_OF_WORDS = {
    "close": ("L15", "L37"), "shut": ("L15", "L31", "L36", "L37"), "cancel": ("L27", "L31", "L33"), "begin": ("L27",
    "L31", "L4"), "leave": ("L27", "L31"), "reside": ("L15",), "start": ("L4", "L64"), "retry": ("L65",), "limit":
    ("L60", "L61"), "inside": ("L39",), "late": ("L20",), "group": ("L52",), "anyio": ("L52",), "held": ("L52",),
    "crash": ("L56",), "override": ("L57",), "reset": ("L58",), "!": ("L7", "L25"),
    "declared": ("L15",), "wide": ("L63",),
}  # fmt: skip
"""Laws that a scenario may break because of a word in its name."""


def laws_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the laws that a run of *scenario* could break."""
    found = dict.fromkeys((*ORACLE_LAWS, "L29", "L33", "L38"))
    for word, laws in _OF_WORDS.items():
        if word in scenario.name:
            found.update(dict.fromkeys(laws))
    return tuple(sorted(found, key=lambda law: int(law[1:])))


_ERRORS = {CLOSED: ContainerClosedError, CIRCLE: CircularDependencyError, TIMEOUT: ResourceTimeoutError, FAULT: Fault}


def check(
    scenario: Scenario,
    scene: Scene,
    last: BaseException | None,
    left: Sequence[str],
    complaints: Sequence[str],
    hook: Sequence[BaseException],
) -> list[Violation]:
    """
    Return what a run broke.

    Args:
        scenario: what was played.
        scene: how it ended.
        last: what the close at the very end raised.
        left: what is left of it.
        complaints: what was told to the loop's exception handler.
        hook: errors that were told to `sys.unraisablehook`.
    """
    world, actors = scene.world, scene.stage.actors
    told = [each for actor in actors for each in (actor.error, actor.cancellation)]
    errors = [error for error in (*told, last) if error is not None]
    end = End(errors=errors, left=left, interruptible=scenario.interruptible)
    found = violations(world.trace.steps, end)
    pairs = [*world.seen, *scenario.judge(scene), *(("L29", f"told to nobody: {text}") for text in complaints)]
    for actor in actors:
        pairs += _of_actor(scenario, scene, actor)
    pairs += _together(scenario, actors)
    pairs += _of_closers(scene)
    pairs += _after_the_close(scenario, scene)
    pairs += _of_the_hook(scenario, scene, hook)
    pairs += _told_to_nobody(scenario, scene, errors)
    pairs += _after_the_failure(scene)
    pairs += _of_errors(scenario, scene, "the last close", last, None)
    return found + [Violation(law, text) for law, text in pairs]


def _of_actor(scenario: Scenario, scene: Scene, actor: Actor) -> Iterator[tuple[str, str]]:
    if actor.is_late:
        yield "L33", f"{actor.name} was cancelled and went on waiting"
    if actor.n_cancels and not actor.was_cancelled and not _may_outrank(scenario, actor):
        yield "L31", f"{actor.name} was cancelled and ended with {actor.error!r}"
    if actor.was_cancelled and not actor.n_cancels:
        yield "L33", f"{actor.name} ended as cancelled and nobody cancelled it"
    if actor.cancelling is not None and actor.cancelling != actor.n_cancels:
        yield "L31", f"{actor.name} was cancelled {actor.n_cancels} times and knows of {actor.cancelling}"
    yield from _of_errors(scenario, scene, actor.name, actor.error, actor)
    if actor.has_begun and actor.left_at and _must_leave_nothing(scenario, scene, actor):
        lives = ", ".join(sorted(f"{name}{number}" for name, number in actor.left_at))
        yield ("L15" if actor.role == CLOSER else "L4"), f"{actor.name} returned while {lives} was open"


def _may_outrank(scenario: Scenario, actor: Actor) -> bool:
    """A body's own error outranks a cancellation that comes while it ends; on trio also one not yet delivered."""
    if actor.cancelling is None and actor.error is not None:
        return True
    return FAULT in scenario.may and any(
        isinstance(error, Fault) for error in reachable([actor.error] if actor.error else [])
    )


def _must_leave_nothing(scenario: Scenario, scene: Scene, actor: Actor) -> bool:
    actors = scene.stage.actors
    if actor.role == STARTER:
        return actor.error is not None and len(actors) == 1
    if any(other.role == STARTER for other in actors):
        return False  # it may have begun the next life
    # who joins another's close only waits, and is free to go when it is cancelled
    return not actor.n_cancels or sum(other.role == CLOSER for other in actors) == 1


def _of_errors(
    scenario: Scenario, scene: Scene, name: str, error: BaseException | None, actor: Actor | None
) -> Iterator[tuple[str, str]]:
    if error is None:
        return
    allowed = _allowed(scenario)
    for each in reachable([error]):
        is_its_own = actor is not None and actor.n_cancels > 0 and scene.world.is_cancellation(each)
        if isinstance(each, BaseExceptionGroup) or is_its_own:
            continue
        if not isinstance(each, allowed):
            yield ("L33" if actor is None or actor.role == USER else "L25"), f"{name} met {each!r}"
        if isinstance(each, Fault) and all(each is not raised for raised in scene.world.raised):
            yield "L25", f"{name} met {each!r}, which is not the error that was raised"


def _allowed(scenario: Scenario) -> tuple[type[BaseException], ...]:
    return tuple(_ERRORS[word] for word in scenario.may if word in _ERRORS)


def _together(scenario: Scenario, actors: Sequence[Actor]) -> Iterator[tuple[str, str]]:
    """Everybody who asked for the same got the same (L2)."""
    if scenario.may & {CLOSED, FAULT, REBUILT}:
        return
    got: dict[Any, Any] = {}
    for actor in actors:
        if actor.role != USER or not isinstance(actor.result, tuple):
            continue
        for lives in actor.result:
            for life in lives:
                if got.setdefault(life[0], life) != life:
                    yield "L2", f"{actor.name} got {life[0]}{life[1]}, another {life[0]}{got[life[0]][1]}"


def _after_the_close(scenario: Scenario, scene: Scene) -> Iterator[tuple[str, str]]:
    """What a close did not wait for is not opened, and closed, behind its back (L37)."""
    for actor in scene.stage.actors:
        end = scene.world.ended.get(actor.name)
        if actor.role == CLOSER and actor.has_begun and end is not None and _must_leave_nothing(scenario, scene, actor):
            steps = scene.world.trace.steps
            given_up = {step.life for step in steps if step.act == ABANDONED}
            for step in (step for step in steps[end:] if step.life not in given_up):
                yield "L37", f"{step.life[0]}{step.life[1]}: {step.act} after {actor.name} had returned"


def _of_closers(scene: Scene) -> Iterator[tuple[str, str]]:
    """Whoever asked for the close before something of the container failed to close is told of it (L15)."""
    steps = scene.world.trace.steps
    roots = {step.life for step in steps if step.act == OPENING and step.scope.startswith("root")}
    failed = [(n, s) for n, s in enumerate(steps) if s.act == CLOSE_FAILED and s.life in roots]
    for actor in scene.stage.actors:
        if actor.asked_at is None or actor.n_cancels or not actor.is_done:
            continue
        there = reachable([actor.error] if actor.error is not None else [])
        for number, step in failed:
            if number >= actor.asked_at and all(error is not step.error for error in there):
                yield "L15", f"{actor.name} ended with {actor.error!r}, and not with {step.error!r}, as others did"


def _told_to_nobody(scenario: Scenario, scene: Scene, errors: Sequence[BaseException]) -> Iterator[tuple[str, str]]:
    """An opening that failed is told to whoever asked, where nobody left early (L25)."""
    if any("retry" in options for options in scenario.options.values()):
        return
    if any(actor.n_cancels or actor.role == CLOSER for actor in scene.stage.actors):
        return
    there = reachable(errors)
    notes = [note for error in there for note in getattr(error, "__notes__", ())]
    for error in scene.world.raised:  # a start tells of its second failure by a note on the first
        if all(error is not each for each in there) and not any(str(error) in note for note in notes):
            yield "L25", f"{error!r} reached nobody"


def _after_the_failure(scene: Scene) -> Iterator[tuple[str, str]]:
    """Once something of a start has failed, nothing of it begins (L64)."""
    (actor, *others) = scene.stage.actors
    if others or actor.role != STARTER or actor.n_cancels:
        return
    failed = ""
    for step in scene.world.trace.steps[: scene.world.ended.get(actor.name)]:
        if step.act == FAILED:
            failed = failed or step.life[0]
        elif step.act == OPENING and failed:
            yield "L64", f"{step.life[0]} begins to open although {failed} has failed"


def _of_the_hook(scenario: Scenario, scene: Scene, hook: Sequence[BaseException]) -> Iterator[tuple[str, str]]:
    """Only the failure of an opening that everybody left is told there (L29)."""
    has_leavers = any(actor.n_cancels for actor in scene.stage.actors)
    for error in hook:
        is_expected = isinstance(error, _allowed(scenario)) or any(error is each for each in scene.world.raised)
        if not (has_leavers and is_expected):
            yield "L29", f"told to the hook: {error!r}"
