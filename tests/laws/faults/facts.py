"""
What the faults of a run amount to, by rank.

The rank (design, "Errors on closing"): KeyboardInterrupt and SystemExit, then the first failure of opening code or of
the body, then a cancellation, then what closing code raised.
"""

import asyncio
from collections.abc import Sequence

from tenure.errors import ResourceProtocolError, ResourceTimeoutError
from tests.laws.faults.plans import CANCELLED, HANG, SWALLOW, Trait
from tests.laws.faults.recording import Fired, Run
from tests.laws.faults.uses import World
from tests.laws.rig.oracle import reachable

FATAL = (KeyboardInterrupt, SystemExit)


class Facts:
    """
    What a run's faults amount to.

    Attributes:
        fatal: KeyboardInterrupt and SystemExit.
        leading: failures of opening code and the body that were not caught, in order.
        cancelled: cancellations, and CancelledErrors that user code raised.
        closing: failures of closing code, in order.
    """

    def __init__(self, run: Run, world: World) -> None:
        loud = [each for each in run.fired if each.kind != SWALLOW]
        for error in {id(error): error for error in run.caught}.values():
            found = next((each for each in loud if is_of(error, each)), None)
            if found is not None:
                loud.remove(found)
        self.fatal = [each for each in loud if isinstance(each.error, FATAL)]
        self.cancelled = [each for each in loud if cancels(each, world)]
        rest = [each for each in loud if each not in self.fatal and each not in self.cancelled]
        self.leading = [each for each in rest if Trait.CLOSE not in each.traits]
        self.closing = [each for each in rest if Trait.CLOSE in each.traits]


def cancels(fired: Fired, world: World) -> bool:
    if fired.kind == CANCELLED:
        return world.is_async
    return world.backend in ("asyncio", "uvloop") and isinstance(fired.error, asyncio.CancelledError)


def is_of(error: BaseException, fired: Fired) -> bool:
    if fired.kind == CANCELLED and fired.error is None:
        return False
    if fired.error is not None:
        return error is fired.error
    if fired.kind == HANG:
        return isinstance(error, ResourceTimeoutError) and error.label == f"Node{fired.node}"
    return isinstance(error, ResourceProtocolError) and error.label == f"Node{fired.node}"


def listed(errors: Sequence[BaseException]) -> list[str]:
    return [repr(error) for error in errors]


def travelling(errors: Sequence[BaseException]) -> list[BaseException]:
    """Return *errors* and all that travels with them: in groups, attached, or as cause or context of one another."""
    found = reachable(errors)
    for error in found:
        for other in (error.__cause__, error.__context__):
            if other is not None and all(other is not known for known in found):
                found += [each for each in reachable([other]) if all(each is not known for known in found)]
    return found
