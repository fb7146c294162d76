"""One run of a play that is interrupted, and which laws it broke."""

import signal
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from tenure.lifecycle import claim
from tenure.lifecycle.latch import Latch
from tests.laws.interrupts.injecting import Injector
from tests.laws.interrupts.plays import Play, nothing
from tests.laws.rig.oracle import End, Violation, reachable, violations
from tests.laws.rig.trace import ABANDONED, CLOSING, OPENED, Life, Step
from tests.laws.threads.nodes import Fault, Stage, World
from tests.laws.threads.watching import is_library


class WouldHangError(BaseException):
    """A wait that nobody would ever end."""


@dataclass(slots=True)
class Run:
    """What a run left behind."""

    stage: Stage
    play: Play
    errors: list[BaseException] = field(default_factory=list)
    after: list[BaseException] = field(default_factory=list)
    """What came between the body and the end: Ctrl-C that was put off, at the latest."""
    late: list[BaseException] = field(default_factory=list)
    """What finishing raised."""


def judged(run: Run, injector: Injector, targets: tuple[int, ...]) -> list[Violation]:
    """Do *run*, interrupted at *targets*; return what it broke."""
    return Context().run(_judged, run, injector, targets)


def _judged(run: Run, injector: Injector, targets: tuple[int, ...]) -> list[Violation]:
    world = run.stage.world = World()
    world.faults = dict.fromkeys(run.play.faults, 1)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run.play.prepare()
    try:
        try:
            injector.run(run.play.body, targets)
        except BaseException as error:
            run.errors.append(error)
        nothing()  # here at the latest the interpreter looks for signals
    except KeyboardInterrupt as error:
        run.after.append(error)
    _finish(run)
    begun = {step.life for step in world.trace.steps if step.act == CLOSING}
    for life in {*_own_windows(run)} - begun:
        opened = next(n for n, step in enumerate(world.trace.steps) if step.act == OPENED and step.life == life)
        world.trace.steps.insert(opened + 1, Step(ABANDONED, life))
    left = () if signal.getsignal(signal.SIGINT) is signal.default_int_handler else ("a handler of SIGINT",)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    errors = list(_with_contexts([*run.errors, *run.after, *run.late]))
    found = violations(world.trace.steps, End(errors=errors, left=left))
    found += _of_the_interrupt(run, injector, targets)
    found += _of_finishing(run)
    return found


def _with_contexts(errors: list[BaseException]) -> Iterator[BaseException]:
    """Give *errors* and those during which they happened: Ctrl-C may come while another error is on its way."""
    for error in errors:
        at: BaseException | None = error
        while at is not None:
            yield at
            at = at.__context__


def _finish(run: Run) -> None:
    block = Latch.block
    Latch.block = _refuse_to_wait
    try:
        run.play.finish()
    except BaseException as error:
        run.late.append(error)
    finally:
        Latch.block = block


def _refuse_to_wait(latch: Latch, seconds: float | None = None) -> None:
    if not latch.is_set:
        raise WouldHangError("waits for what nobody will end")


def _of_the_interrupt(run: Run, injector: Injector, targets: tuple[int, ...]) -> Iterator[Violation]:
    if not targets or injector.n_seen < targets[0]:
        return
    left = [*run.errors, *run.after]
    if any(isinstance(error, KeyboardInterrupt) for error in left):
        return
    carried = reachable(left)
    if any(isinstance(error, KeyboardInterrupt) for error in carried):
        yield Violation("L26", f"the interrupt did not leave as itself, but was told by {left!r}")
    elif not any(
        isinstance(error, KeyboardInterrupt) for error in _with_contexts(carried)
    ):  # else user code replaced it
        yield Violation("L26", f"the interrupt was lost: what left is {left!r}")


def _of_finishing(run: Run) -> Iterator[Violation]:
    for error in run.late:
        if isinstance(error, WouldHangError):
            yield Violation("L43", f"after the interrupt, finishing {error}")
        elif not any(isinstance(each, Fault) for each in reachable([error])):
            yield Violation("L69", f"after the interrupt, finishing raised {error!r}")
    for lock in (*(container.engine.lock for container in run.play.containers()), claim.Claim.guard):
        while lock._is_owned():
            lock.release()
            yield Violation("L43", "a lock of Tenure's is held for ever")


def _own_windows(run: Run) -> Iterator[Life]:
    """Give the instances whose own closing code was interrupted before its first line: no caller can help that."""
    for error in reachable([*run.errors, *run.after]):
        trace = error.__traceback__
        while isinstance(error, KeyboardInterrupt) and trace is not None:
            if not is_library(trace.tb_frame.f_code):
                life = _closing_in(trace.tb_frame)
                if life is not None:
                    yield life
            trace = trace.tb_next


def _closing_in(frame: FrameType) -> Life | None:
    if frame.f_code.co_name not in ("close", "closed", "__exit__", "dispose"):
        return None
    me: Any = frame.f_locals.get("value", frame.f_locals.get("self"))
    if hasattr(me, "gen"):  # of contextlib
        return me.gen.gi_frame.f_locals["value"].life if me.gen.gi_frame is not None else None
    life: Life | None = getattr(me, "life", None)
    return life
