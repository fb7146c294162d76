"""
Close bare exits in one loop: what `closing` says in steps, for generators without a limit, while nobody looks on.

An exit is bare where nothing but the next step of a synchronous generator closes it: no owner, no other holder, no
limit of its own. A container of them is closed in a third of the time.
"""

from collections.abc import Sequence
from itertools import islice

from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import unwrapped
from tenure.lifecycle.exits import Exit, was_forked
from tenure.lifecycle.handles import yields_twice
from tenure.model.binding import NOTHING


def close_bare(exits: Sequence[Exit], start: int, closer: Closer) -> int:
    """
    Close those of *exits* from number *start* on that are bare, up to the first that is not; never raises.

    Returns:
        The number of that one, len(exits) where all are closed.
    """
    if closer.is_looked_at or was_forked():
        return start
    number = start
    for exit_ in islice(exits, start, None):
        if exit_.done or not exit_.is_bare:
            break
        number += 1
        exit_.done = True  # before it runs: a close that is interrupted never runs twice
        try:
            if next(exit_.handle, NOTHING) is not NOTHING:
                exit_.handle.close()
                raise yields_twice(exit_.binding)
        except BaseException as error:  # noqa: BLE001 - the others are closed whatever this one raises (L24)
            trace = error.__traceback__
            error = error.with_traceback(trace.tb_next if trace is not None else None)  # this frame holds all (L16)
            closer.note(unwrapped(error), exit_)
            del trace
        exit_.is_over = True
        if exit_._ended is not None:  # noqa: SLF001 - the look that `end` has, without a call for each
            exit_.end()
    return number
