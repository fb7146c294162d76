"""One run: user code passes its steps here, the plan's faults happen, the trace is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.laws.faults.plans import CANCELLED, HANG, NO_YIELD, RAISING, SWALLOW, TWICE, Plan, Trait, fits
from tests.laws.rig.trace import ABANDONED, CLOSE_FAILED, CLOSED, CLOSING, FAILED, INTERRUPTED, OPENED, Life, Trace

OPENS = (Trait.OPEN, Trait.OPEN, Trait.OPEN | Trait.LAST)
CLOSES = (Trait.CLOSE, Trait.CLOSE, Trait.CLOSE | Trait.LAST)


@dataclass(frozen=True, slots=True)
class Fired:
    """A fault that happened."""

    n: int
    place: str
    kind: str
    traits: Trait
    error: BaseException | None = None
    """What was raised there, if anything was."""
    at: float = 0.0

    @property
    def node(self) -> str:
        """The name of the node, "body" or "begin"."""
        return self.place.partition(".")[0]


def never() -> float:
    """Return the time where there is no clock."""
    return 0.0


class Run:
    """
    What happens in one run.

    Args:
        plan: the faults.
        clock: gives the time, in seconds.

    Attributes:
        places: every step that was passed, and what it is.
        fired: every fault that happened.
        left: every error that left the user's code as a whole.
        caught: errors that the user's code caught and went on from.
        unheard: errors that reached `sys.unraisablehook`: nobody waited for them any more (L29).
        lengths: by `id` of an error that several got, the lengths of its traceback as each of them saw it.
        cancel: cancels the user's code; given by the world.
        is_cancelled: whether that code ended as cancelled; told by the world.
        remains: what of the library was left over; told by the world.
    """

    def __init__(self, plan: Plan, clock: Callable[[], float] = never) -> None:
        self.trace = Trace(clock)
        self.clock = clock
        self.places: list[tuple[str, Trait]] = []
        self.fired: list[Fired] = []
        self.left: list[BaseException] = []
        self.caught: list[BaseException] = []
        self.unheard: list[BaseException] = []
        self.lengths: dict[int, list[int]] = {}
        self.cancel: Callable[[], object] | None = None
        self.is_cancelled = False
        self.remains: list[str] = []
        self.is_stuck = False
        self._plan = plan

    def hit(self, place: str, traits: Trait) -> str | None:
        """Pass a step: raise its fault, or return what the code that passes it has to do wrong, or None."""
        self.places.append((place, traits))
        n = len(self.places)
        kind = self._plan.at(n)
        if kind is None or not fits(kind, traits):
            return None
        if kind == CANCELLED and self.cancel is not None:
            self.fired.append(Fired(n, place, kind, traits, None, self.clock()))
            self.cancel()
            return None
        error: BaseException | None = None
        if kind == CANCELLED:
            error = asyncio.CancelledError(place)
        elif kind in RAISING:
            error = RAISING[kind](place)
        self.fired.append(Fired(n, place, kind, traits, error, self.clock()))
        if error is not None:
            raise error
        return kind

    def is_ours(self, error: BaseException) -> bool:
        """Tell whether *error* is one that a step raised."""
        return any(each.error is error for each in self.fired)

    # what nodes tell

    def opened(self, life: Life) -> None:
        """Note that *life* is open."""
        self.trace.note(OPENED, life)

    def failed(self, life: Life, error: BaseException | None) -> None:
        """Note that *life* failed to open."""
        self.trace.note(FAILED, life, error)

    def collected(self, life: Life, error: BaseException) -> bool:
        """Tell whether *error* is but the garbage collector's: then nobody closed *life*."""
        return type(error) is GeneratorExit and not self.is_ours(error)

    def close_failed(self, life: Life, error: BaseException) -> None:
        """Note that closing *life* ended with *error*; an abandoned one was noted before."""
        if self.is_ours(error):
            self.trace.note(CLOSE_FAILED, life, error)
        elif not any(each.kind == HANG and each.place.startswith(f"{life[0]}.close") for each in self.fired):
            self.trace.note(INTERRUPTED, life, error)


class Stage:
    """Where the nodes of one container meet the run that is on."""

    def __init__(self) -> None:
        self.run = Run(Plan())
        self.checkpoint: Callable[[], Awaitable[object]] = _no_world
        self.forever: Callable[[], Awaitable[object]] = _no_world


async def _no_world() -> None:
    raise AssertionError("nothing can be awaited here")


def opening(run: Run, life: Life, name: str, traits: Trait) -> bool:
    """Pass the steps of opening code; return whether it gives up without a yield."""
    try:
        run.hit(f"{name}.open.before", OPENS[0] | traits)
        directive = run.hit(f"{name}.open.after", OPENS[2] | traits)
    except BaseException as error:
        run.failed(life, error)
        raise
    if directive == NO_YIELD:
        run.failed(life, None)
        return True
    run.opened(life)
    return False


async def aopening(stage: Stage, run: Run, life: Life, name: str, traits: Trait) -> bool:
    """Pass the steps of opening code that awaits; return whether it gives up without a yield."""
    traits |= Trait.WAITS
    try:
        for number, step in enumerate(("before", "mid", "after")):
            if number:
                await stage.checkpoint()
            directive = run.hit(f"{name}.open.{step}", OPENS[number] | traits)
            if directive == HANG:
                await stage.forever()
    except BaseException as error:
        run.failed(life, error)
        raise
    if directive == NO_YIELD:
        run.failed(life, None)
        return True
    run.opened(life)
    return False


def closing(run: Run, life: Life, name: str, traits: Trait, shown: BaseException | None) -> str | None:
    """Pass the steps of closing code; return what it has to do wrong, or None."""
    run.trace.note(CLOSING, life, shown)
    try:
        run.hit(f"{name}.close.before", CLOSES[0] | traits)
        directive = run.hit(f"{name}.close.after", CLOSES[2] | traits)
    except BaseException as error:
        run.close_failed(life, error)
        raise
    run.trace.note(CLOSED, life)
    return directive if directive in (TWICE, SWALLOW) else None


async def aclosing(
    stage: Stage, run: Run, life: Life, name: str, traits: Trait, shown: BaseException | None
) -> str | None:
    """Pass the steps of closing code that awaits; return what it has to do wrong, or None."""
    traits |= Trait.WAITS
    run.trace.note(CLOSING, life, shown)
    try:
        for number, step in enumerate(("before", "mid", "after")):
            if number:
                await stage.checkpoint()
            directive = run.hit(f"{name}.close.{step}", CLOSES[number] | traits)
            if directive == HANG:
                run.trace.note(ABANDONED, life)
                await stage.forever()
    except BaseException as error:
        run.close_failed(life, error)
        raise
    run.trace.note(CLOSED, life)
    return directive if directive in (TWICE, SWALLOW) else None


async def making(stage: Stage, run: Run, name: str) -> None:
    """Pass the steps of an asynchronous factory of a plain value."""
    run.hit(f"{name}.make.before", Trait.OPEN)
    await stage.checkpoint()
    run.hit(f"{name}.make.after", Trait.OPEN)
