"""
The laws that a run is checked for besides those of the oracle: a function each.

Each returns sentences that say how the run broke the law, or None where it could not break it.
"""

import asyncio
import itertools
from collections.abc import Iterator, Sequence

from tests.laws.faults.facts import Facts, is_of, listed, travelling
from tests.laws.faults.nodes import LIMIT_S, Subject
from tests.laws.faults.plans import CANCELLED, HANG, SWALLOW, TWICE, Trait
from tests.laws.faults.recording import Fired, Run
from tests.laws.faults.uses import Use, World
from tests.laws.rig.oracle import reachable
from tests.laws.rig.trace import CLOSING, FAILED, OPENED, OPENING

Broken = Sequence[str] | None
"""Sentences; None where the run could not break the law."""


def primary(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L25: the first failure leaves as itself; nothing else leaves in its place, nothing leaves unasked."""
    if facts.fatal:
        return None
    if facts.leading:
        first = facts.leading[0]
        firsts = [each for each in facts.leading if each.kind == HANG] if first.kind == HANG else [first]
        if any(is_of(error, each) for error in run.left for each in firsts):
            return ()
        if facts.cancelled and facts.cancelled[0].n < first.n and _is_cancelled(run):
            return ()
        return (f"{first.kind} at {first.place} did not leave as itself, but {listed(run.left)}",)
    if not facts.cancelled and not facts.closing:
        return [f"nothing failed, but this left: {error!r}" for error in run.left]
    return None


def _is_cancelled(run: Run) -> bool:
    return run.is_cancelled or any(isinstance(error, asyncio.CancelledError) for error in run.left)


def every_closing_error(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L23: where only closings failed, exactly their errors leave, in order."""
    if facts.fatal or facts.leading or facts.cancelled or not facts.closing:
        return None
    if len(run.left) != 1:
        return (f"closings failed, and this left: {listed(run.left)}",)
    found = [each for each in reachable(run.left) if not isinstance(each, BaseExceptionGroup)]
    missing = [each for each in facts.closing if not any(is_of(error, each) for error in found)]
    texts = [f"{each.kind} at {each.place} is not among {listed(found)}" for each in missing]
    if len(found) != len(facts.closing):
        texts.append(f"{len(facts.closing)} closings failed, and {listed(found)} are told")
    group = run.left[0]
    is_ordered = not (use.is_parallel and world.is_async)
    if is_ordered and not texts and isinstance(group, BaseExceptionGroup) and len(group.exceptions) == len(found):
        in_it = [next(each for each in facts.closing if is_of(error, each)) for error in group.exceptions]
        if any(_is_before(run, later, earlier) for earlier, later in itertools.combinations(in_it, 2)):
            texts.append(f"closing errors out of order: {listed(group.exceptions)}")
    return texts


def _is_before(run: Run, one: Fired, other: Fired) -> bool:
    """Tell whether *one* had failed before the closing of the node of *other* began."""
    began = next(n for n, (place, _) in enumerate(run.places, 1) if place.startswith(f"{other.node}.close"))
    return one.n < began


def all_told(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L61: what hung or broke its protocol while it closed is told; its dependencies wait for the limit."""
    odd = [each for each in run.fired if each.kind in (HANG, TWICE) and Trait.CLOSE in each.traits]
    if not odd:
        return None
    if use.has_scope and world.backend in ("asyncio", "uvloop") and facts.cancelled:
        return None  # the cancel has reached the code that hung
    found = reachable([*run.left, *run.caught])
    texts = [f"{each.kind} at {each.place} is not told" for each in odd if not any(is_of(e, each) for e in found)]
    for each in odd:
        if each.kind == HANG and not any(other.kind == CANCELLED and other.n > each.n for other in run.fired):
            texts += _closed_too_early(run, each)
    return texts


def start_limit(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L60: where an opening hangs, an error that names it leaves once its limit is reached."""
    hung = [each for each in run.fired if each.kind == HANG and Trait.OPEN in each.traits]
    if not hung or facts.cancelled or facts.fatal or facts.leading[:1] not in ([], [hung[0]]):
        return None
    found = [*run.left, *run.caught]
    if not any(is_of(error, each) for error in found for each in hung):
        return (f"the opening of {hung[0].node} hung, and this left: {listed(found)}",)
    return () if run.clock() >= hung[0].at + LIMIT_S else (f"the limit of {hung[0].node} came early",)


def _closed_too_early(run: Run, hung: Fired) -> Iterator[str]:
    needs = [
        need for step in run.trace.steps if step.act == OPENING and step.life[0] == hung.node for need in step.needs
    ]
    for step in run.trace.steps:
        if step.act == CLOSING and step.life in needs and step.at < hung.at + LIMIT_S:
            yield f"{step.life} closed {step.at - hung.at} s after {hung.node} hung, whose limit is {LIMIT_S} s"


def fatal_leaves(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L26: KeyboardInterrupt and SystemExit leave as themselves, and other failures travel with them."""
    if not facts.fatal:
        return None
    if facts.cancelled and any(error is each.error for each in facts.fatal for error in run.unheard):
        return ()  # whoever asked was cancelled before
    if any(error is each.error for each in facts.fatal for error in run.left):
        others = [each for each in (*facts.fatal, *facts.leading) if each.error is not None]
        known = travelling(run.left)
        return [f"{each.error!r} is lost" for each in others if not any(each.error is error for error in known)]
    first = facts.fatal[0]
    return (f"{first.kind} at {first.place} did not leave as itself, but {listed(run.left)}",)


def cancelled_bare(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L27, L31: a cancellation is not lost, and leaves bare."""
    if not facts.cancelled or facts.fatal or facts.leading:
        return None
    if _is_outranked(facts, use):
        return None
    texts = [
        f"a group holds the cancellation: {error!r}"
        for error in run.left
        if isinstance(error, BaseExceptionGroup) and error.split(asyncio.CancelledError)[0] is not None
    ]
    if world.name == "trio":
        return [] if run.is_cancelled or not run.left else texts
    if not run.is_cancelled:
        texts.append(f"the cancellation is lost; this left: {listed(run.left)}")
    return texts


def _is_outranked(facts: Facts, use: Use) -> bool:
    """Tell whether a scope inside failed to close: that is an error of the body to the scope around it."""
    return use.is_eager and use.has_scope and bool(facts.closing)


def same_outcome(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L13: every closing of a scope is shown the same outcome, which is the error that ended the body, if any."""
    shown = [step for step in run.trace.steps if step.act == CLOSING and step.life[0] not in subject.blind]
    if not shown:
        return None
    by_scope: dict[str, list[BaseException | None]] = {}
    for step in shown:
        scope = next(s.scope for s in run.trace.steps if s.act == OPENING and s.life == step.life)
        by_scope.setdefault(scope, []).append(step.error)
    texts = [
        f"closings of {scope} were shown different outcomes: {errors}"
        for scope, errors in by_scope.items()
        if any(error is not errors[0] for error in errors)
    ]
    if len(run.fired) == 1 and not texts:
        texts += _right_outcome(run.fired[0], run, by_scope)
    return texts


def _right_outcome(fired: Fired, run: Run, by_scope: dict[str, list[BaseException | None]]) -> Iterator[str]:
    if Trait.CLOSE in fired.traits or (run.caught and fired.kind != CANCELLED):
        inner = by_scope.get("request", by_scope.get("root", []))
        if any(error is not None for error in inner):
            yield f"nothing failed before the closings, which were shown {inner}"
    elif fired.kind != CANCELLED:
        for errors in by_scope.values():
            if errors[0] is None or not is_of(errors[0], fired):
                yield f"{fired.kind} at {fired.place} ended it, but closings were shown {errors[0]!r}"


def swallowed(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L14: a resource that keeps the outcome to itself hides nothing."""
    if not any(each.kind == SWALLOW for each in run.fired):
        return None
    ended = [*facts.fatal, *facts.leading, *facts.cancelled]
    if not ended:
        return None
    return () if run.left or run.is_cancelled else (f"{ended[0].kind} at {ended[0].place} was swallowed",)


def stops_nobody(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L24: whatever closing code raises, the others are closed; the oracle sees it as L10."""
    return () if any(Trait.CLOSE in each.traits and each.error is not None for each in run.fired) else None


def noted(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L28: an error of a node names it in a note, and nothing is its own context."""
    found = reachable([*run.left, *run.caught])
    texts = []
    for each in run.fired:
        ours = each.error is not None and any(error is each.error for error in found)
        is_named = each.traits & (Trait.OPEN | Trait.CLOSE) and each.kind not in (CANCELLED, "Raised")
        if ours and is_named:
            notes = getattr(each.error, "__notes__", ())
            if not any(f"Node{each.node}" in note for note in notes):
                texts.append(f"{each.error!r} has no note that names Node{each.node}: {list(notes)}")
    texts += [f"{error!r} is in a circle of contexts" for error in found if _is_circular(error)]
    return texts if found else None


def _is_circular(error: BaseException) -> bool:
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None:
        if id(at) in seen:
            return True
        seen.add(id(at))
        at = at.__cause__ or at.__context__
    return False


def nothing_new(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L64: once an opening has failed, and nobody caught it, nothing else begins to open."""
    if run.caught or not run.fired or run.fired[0].error is None or Trait.OPEN not in run.fired[0].traits:
        return None
    failed = next((n for n, step in enumerate(run.trace.steps) if step.error is run.fired[0].error), None)
    if failed is None or run.trace.steps[failed].act != FAILED:
        return None
    return [
        f"{step.life} opens after {run.fired[0].place} failed"
        for step in run.trace.steps[failed:]
        if step.act == OPENING
    ]


def nothing_begins(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L34: who is cancelled before the start opens nothing."""
    if not (use.is_eager and run.fired and run.fired[0].n == 1 and run.fired[0].kind == CANCELLED):
        return None
    return [f"{step.life[0]} was opened after the cancel" for step in run.trace.steps if step.act == OPENED]


def closes_when_cancelled(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L30, L35: closing code runs to its end under cancellation; the oracle sees it."""
    is_cancelled = any(each.kind == CANCELLED for each in run.fired) and world.is_async
    return () if is_cancelled and any(step.act == CLOSING for step in run.trace.steps) else None


def tried_again(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L7: a failure is not remembered, and does not grow as it is raised to many."""
    if not run.caught:
        return None
    return [
        f"the traceback grows: {lengths}"
        for lengths in run.lengths.values()
        if len(lengths) > 1 and all(before < after for before, after in itertools.pairwise(lengths))
    ]


def kept_or_undone(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L4, L5: what a failed start or get had opened is closed; the oracle sees it as L10."""
    return () if any(Trait.OPEN in each.traits for each in run.fired) else None


def failed_start(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L4: what a failed start opened is closed before its error leaves; see `kept_or_undone`."""
    return kept_or_undone(run, facts, world, use, subject) if use.is_eager else None


def failed_get(run: Run, facts: Facts, world: World, use: Use, subject: Subject) -> Broken:
    """L5: see `kept_or_undone`."""
    return kept_or_undone(run, facts, world, use, subject) if not use.is_eager else None


CHECKS = (
    ("L4", failed_start),
    ("L5", failed_get),
    ("L7", tried_again),
    ("L13", same_outcome),
    ("L14", swallowed),
    ("L23", every_closing_error),
    ("L24", stops_nobody),
    ("L25", primary),
    ("L26", fatal_leaves),
    ("L27", cancelled_bare),
    ("L28", noted),
    ("L30", closes_when_cancelled),
    ("L34", nothing_begins),
    ("L60", start_limit),
    ("L61", all_told),
    ("L64", nothing_new),
)
