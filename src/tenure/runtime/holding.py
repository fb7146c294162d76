"""
Who keeps an object open that more than one scope can see: the first use takes hold, the last to leave closes.

Everything here that changes a record does so under the engine's lock, for a few bytecodes.
"""

from typing import Any

from tenure.lifecycle.claim import Claim, innermost
from tenure.model.binding import TRANSIENT
from tenure.runtime.records import Managed
from tenure.runtime.scope import Scope, live_chain, refuse_sync_scope


def touch(record: Managed, scope: Scope) -> None:
    """Note that *record* was got in *scope*: it counts as a holder from the first use on."""
    if record.home is not None:
        return
    if scope.parent is None:
        if innermost() is not None:  # what a longer-lived value depends on lives as long as that value
            _pin(record, scope)
        return
    record.seen.add(scope)
    if record.is_open:
        with record.engine.lock:
            if record.is_open:
                hold(record, scope)


def _pin(record: Managed, root: Scope) -> None:
    with record.engine.lock:
        if record.is_open:
            add_holder(record, root)
        else:
            record.home = root


def hold(record: Managed, scope: Scope) -> None:
    """Under the engine's lock: make the scope that *scope*'s use counts for a holder, unless one around it is."""
    chain = live_chain(scope)
    if any(holder in record.holders for holder in chain):
        return
    holder = holder_for(record, scope)
    refuse_sync_scope(record.binding, holder)
    add_holder(record, holder)


def holder_for(record: Managed, scope: Scope) -> Scope:
    """Return who holds *record* when *scope* uses it: its home, else the outermost that got it, else *scope*."""
    if record.home is not None:
        return record.home
    return next((each for each in live_chain(scope) if each in record.seen), scope)


def add_holder(record: Managed, holder: Scope) -> None:
    """Under the engine's lock: let *holder* keep *record* open from now on."""
    holder.refuse_unless_serving()  # what a draining root comes to hold is closed with the rest of it
    if holder in record.holders:
        return
    record.holders.append(holder)
    holder.unordered = True
    if record.exit is not None:
        holder.exits[place_of(record)] = record.exit


def place_of(record: Managed) -> Any:
    """Return the key of its exit in a scope."""
    has_none = record.binding.lifetime == TRANSIENT or record.is_aside
    return record.exit.number if has_none and record.exit is not None else record.binding.key


def release(record: Managed, scope: Scope) -> Claim | None:
    """
    Let *scope* hold *record* no longer.

    Returns:
        The claim on its closing where nobody else holds it: from here on it counts as closing, and whoever asks for it
        waits. None: it stays open, or is closing already.
    """
    with record.engine.lock:
        if not record.is_open:
            return None
        if scope in record.holders:
            record.holders.remove(scope)
        return None if record.holders else begin_close(record)


def begin_close(record: Managed) -> Claim:
    """Keep everybody from using or opening *record* until `end_close`."""
    with record.engine.lock:
        claim = record.claim = Claim(record.binding, record)
        if record.exit is not None:
            record.exit.done = True  # now, not when the closing code runs: an owner task may take a while to get there
    return claim


def end_close(record: Managed, claim: Claim) -> None:
    """Let *record* be opened again."""
    with record.engine.lock:
        record.exit = record.claim = None
        record.holders = []
    claim.succeed()
