"""What a pool has to do because time passed: shrink, fill up, tell of late borrowers. Decisions only, as in `core`."""

import math

from tenure.pool.decisions.core import OPEN, Core, Todo
from tenure.pool.decisions.entry import IDLE, LENT, Entry


def upkeep(core: Core, now: float) -> tuple[Todo, list[Entry]]:
    """
    Return what is due at *now*.

    Returns:
        What has to be done, and those that have been lent for longer than `late_after_s`, each once.
    """
    todo = Todo()
    if core.state == OPEN:
        _close_old(core, now, todo)
        _shrink(core, now, todo)
        _fill(core, now, todo)
    return todo, _late(core, now)


def next_at(core: Core, now: float) -> float:
    """
    Return until when nothing will be due, whatever happens meanwhile; `math.inf`: for ever.

    What begins after *now* is due after the shortest of the limits at the earliest.
    """
    limits, times = core.limits, [math.inf]
    if core.state == OPEN:
        times += [entry.expires_at for entry in core.idle]
        if len(core.idle) > limits.min_idle and _n_open(core) > limits.min_size:
            times += [entry.since + entry.idle_span_s for entry in core.idle]
        if core.fill_failures and _n_missing(core):
            times.append(core.fill_at)
    if limits.late_after_s is not None:
        times += [e.since + limits.late_after_s for e in core.entries.values() if e.status == LENT and not e.is_late]
    shortest_s = limits.shortest_s()
    if shortest_s is not None:
        times.append(now + shortest_s)
    return min(times)


def _n_open(core: Core) -> int:
    return len(core.entries) + core.n_making


def _n_missing(core: Core) -> int:
    """Return how many items there should be more than there are."""
    limits = core.limits
    wanted = max(limits.min_size - _n_open(core), limits.min_idle - len(core.idle) - core.n_making)
    return max(0, min(wanted, limits.max_size - core.size))


def _close_old(core: Core, now: float, todo: Todo) -> None:
    for entry in [each for each in core.idle if now >= each.expires_at]:
        core.drop_idle(entry, todo)


def _shrink(core: Core, now: float, todo: Todo) -> None:
    """Close what has been idle for too long, the longest first, down to what is always kept."""
    for entry in [each for each in core.idle if now >= each.since + each.idle_span_s]:
        if len(core.idle) <= core.limits.min_idle or _n_open(core) <= core.limits.min_size:
            return
        core.drop_idle(entry, todo, "max_idle")


def _fill(core: Core, now: float, todo: Todo) -> None:
    """Have items made up to what is always kept; after a failure not before its delay has passed."""
    if not core.fill_failures or now >= core.fill_at:
        n_missing = _n_missing(core)
        core.n_making += n_missing
        todo.n_make += n_missing


def _late(core: Core, now: float) -> list[Entry]:
    late_after_s = core.limits.late_after_s
    if late_after_s is None:
        return []
    late = [entry for entry in core.out if not entry.is_late and now - entry.since >= late_after_s]
    for entry in late:
        entry.is_late = True
        core.tally.n_late += 1
    return late


def find_lost(core: Core) -> None:
    """Put back what Ctrl-C made somebody drop between two instructions: it is idle, and stands nowhere."""
    if sum(entry.status == IDLE for entry in core.entries.values()) > len(core.idle):
        standing = set(map(id, core.idle))
        core.idle.extend(e for e in core.entries.values() if e.status == IDLE and id(e) not in standing)
