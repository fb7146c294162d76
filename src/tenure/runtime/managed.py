"""Open objects that have records: on a `get`, or before one of their methods runs."""

from collections.abc import Callable
from typing import Any

from tenure.errors import AsyncInSyncError, ContainerClosedError, ResourceUnavailableError
from tenure.lifecycle.claim import Claim, opening, openings
from tenure.lifecycle.closing import Closer, close_exit, refuse_other_loop
from tenure.lifecycle.effects import Steps, adrive, drive
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.interrupts import uninterrupted
from tenure.lifecycle.owner import Owner
from tenure.model.binding import Binding
from tenure.notes import attach_closing_errors
from tenure.runtime.degrading import stand_in, unavailable
from tenure.runtime.fulfilling import shared_failure
from tenure.runtime.holding import add_holder, begin_close, end_close, hold, holder_for, place_of, touch
from tenure.runtime.making import StartOver, open_in_turn
from tenure.runtime.needing import learn, tell_owners
from tenure.runtime.opening import note_who_asks, obtain
from tenure.runtime.owned import needs_owner, start_owner, tell_if_unheard
from tenure.runtime.records import Managed, drop, find_record, home_of, is_managed
from tenure.runtime.refusing import refuse_async
from tenure.runtime.registry import record_of
from tenure.runtime.scope import Scope, State, closing, current, leave_what_was_left, refuse_sync_scope
from tenure.runtime.turns import StartAborted, joined, note_opened, start_now


def getter(engine: Any, binding: Binding) -> Callable[[Scope], Any]:
    """Return the synchronous resolver of a managed binding."""

    def resolve(scope: Scope) -> Any:
        record = find_record(engine, binding, scope)
        if record is not None and record.is_open and record.due is None:
            touch(record, scope)
            return record.value
        return resolve_anew(scope, record)

    @uninterrupted
    def resolve_anew(scope: Scope, record: Managed | None) -> Any:
        if record is None:
            refuse_async(engine, binding, scope)
            home = home_of(engine, binding, scope)
            obj = drive(obtain(engine, binding, home, is_async=False))
            record = record_of(obj)
            if record is None:
                _forget_stranger(engine, binding, home, obj)
                return engine.resolvers[binding.key](scope)
        if (not record.is_open or record.is_due) and not record.came_open:
            try:
                _open_without_loop(record, scope)
            except DiscardedError:
                drop(record)
                return resolve(scope)  # made anew, from what is open now
            except ResourceUnavailableError as error:
                return stand_in(binding, error)
        touch(record, scope)
        chain = openings()
        if chain and not record.is_open:
            chain[-1].lazy.append(record)
        return record.value

    return resolve


def _forget_stranger(engine: Any, binding: Binding, home: Scope, obj: Any) -> None:
    """Have *binding* asked for anew: *obj* was made of another one meanwhile, or nobody manages it any more."""
    engine.forget({binding.key})
    with engine.lock:
        if engine.graph.find(binding.key) is binding and home.cache.get(binding.key) is obj:
            del home.cache[binding.key]


class DiscardedError(ContainerClosedError):
    """An object was made from what a failed start had to close again; it must not be opened any more."""

    def __init__(self) -> None:
        super().__init__("the start that made it")


def _open_without_loop(record: Managed, scope: Scope) -> None:
    lifecycle = record.binding.lifecycle
    assert lifecycle is not None, "only resources are managed"
    label = record.binding.label
    holder = record.home or scope
    if holder.is_sync and lifecycle.is_async:
        raise AsyncInSyncError([label], "open", "`async with container.resource_scope()`")
    holder.refuse_unless_open()
    if lifecycle.is_lazy:
        return
    if lifecycle.opens_async:
        raise AsyncInSyncError([label], "open", f"`await container.aget({label})`")
    drive(opened(record, scope, is_async=False))


def agetter(engine: Any, binding: Binding) -> Callable[[Scope], Any]:
    """Return the asynchronous resolver of a managed binding; it gives an open object."""

    async def resolve(scope: Scope) -> Any:
        record = find_record(engine, binding, scope)
        if record is None:
            home = home_of(engine, binding, scope)
            refuse_sync_scope(binding, home)
            obj = await adrive(obtain(engine, binding, home, is_async=True))
            record = record_of(obj)
            if record is None:
                _forget_stranger(engine, binding, home, obj)
                return await engine.aresolvers[binding.key](scope)
        touch(record, scope)
        try:
            await adrive(opened(record, scope, is_async=True))
        except DiscardedError:
            drop(record)
            return await resolve(scope)  # made anew, from what is open now
        except ResourceUnavailableError as error:
            return stand_in(binding, error)
        return record.value

    return resolve


def opened(record: Managed, scope: Scope, is_async: bool) -> Steps[None]:
    """
    See to it that *record* is open and held where *scope*'s use counts.

    Raises:
        AsyncInSyncError: that scope was entered by plain `with` and could not close it.
        ContainerClosedError: that scope is closing or closed.
        BaseException: what the user's opening code raised.
    """
    if record.came_open:
        return
    while True:
        claim, holder = _claim_or_hold(record, scope)
        if claim is None:
            refuse_other_loop(record.exit)
            return
        if holder is not None:
            if is_async and _needs_owner(record, holder):
                _launch(record, holder, claim)
            else:
                try:
                    yield from _fulfil(record, holder, claim, is_async, None)
                except StartOver as again:
                    if again.claim in openings():
                        raise
                    continue
                return
        yield from joined(claim)
        if not (isinstance(claim.error, StartAborted) and start_now() is None):
            claim.raise_error()


def _claim_or_hold(record: Managed, scope: Scope) -> tuple[Claim | None, Scope | None]:
    """Return (None, None): open and held; (claim, None): wait for it; (claim, holder): fulfil it there."""
    binding = record.binding
    with record.engine.lock:
        if record.is_open and record.is_due:
            return record.due, None
        if record.is_open:
            if record.home is None:
                hold(record, scope)
            elif record.home.state in (State.OPEN, State.DRAINING):
                add_holder(record, record.home)  # pinned after another scope had opened it
            return None, None
        if record.is_discarded:
            raise DiscardedError
        if record.claim is not None:
            return record.claim, None
        holder = holder_for(record, scope)
        holder.refuse_unless_open()
        refuse_sync_scope(binding, holder)
        claim = record.claim = Claim(binding, record)
        holder.inflight[record] = claim
    note_who_asks(claim, holder)
    return claim, holder


def _needs_owner(record: Managed, holder: Scope) -> bool:
    lifecycle = record.binding.lifecycle
    if lifecycle is None or not lifecycle.is_async:
        return False
    return record.home is None or needs_owner(record.binding, holder)


def _launch(record: Managed, holder: Scope, claim: Claim) -> None:
    def open_(owner: Owner) -> "Steps[bool]":
        try:
            yield from _fulfil(record, holder, claim, True, owner)
        except BaseException as error:  # noqa: BLE001 - the claim has it, for whoever waits
            tell_if_unheard(claim, error)
            return False
        return True

    def close(outcome: "BaseException | None") -> "Steps[bool]":
        return own_close(record, outcome, None)

    start_owner(Owner(open_, close, holder.crash), claim, holder)


def _fulfil(record: Managed, holder: Scope, claim: Claim, is_async: bool, owner: Owner | None) -> Steps[None]:
    engine, binding = record.engine, record.binding
    chain = openings()
    claim.needs += record.needs
    claim.asked |= record.asked
    entered = opening.set((*chain, claim)), current.set(holder)
    is_watched, has_succeeded = engine.hot.watch(binding.key, opens=True), False
    try:
        yield from _open_below(record, holder, is_async)
        exit_ = yield from open_in_turn(engine, binding, holder, claim, lambda: _ready(record.obj), owner is not None)
        has_succeeded = True
    except BaseException as raised:  # noqa: BLE001 - raised below, where it is not another one by then
        error = raised
        if binding.options.optional and isinstance(raised, Exception) and not isinstance(raised, ContainerClosedError):
            error = unavailable(binding, raised, engine.place(holder), next_number())
        with engine.lock:
            if record.claim is claim:
                record.claim = None
            if holder.inflight.get(record) is claim:
                del holder.inflight[record]
        claim.fail(shared_failure(error, chain, claim, owner))
        raise error  # noqa: B904 - its cause is set, where it is another one
    finally:
        opening.reset(entered[0])
        current.reset(entered[1])
        leave_what_was_left()
        if is_watched:
            engine.hot.unwatch(binding.key, has_succeeded, opens=True)
    learn(engine, binding, claim)
    if not _put(record, holder, claim, exit_, owner):
        yield from _refuse_late(record, holder, claim, exit_, chain)
    if chain:
        chain[-1].needs.append(exit_)
    claim.succeed()


def _put(record: Managed, holder: Scope, claim: Claim, exit_: Exit, owner: Owner | None) -> bool:
    """Let *holder* owe *exit_*; return False where it was closed from inside this very opening."""
    with record.engine.lock:
        if claim.is_cut_off or (holder.state is not State.OPEN and holder.inflight.get(record) is not claim):
            return False
        exit_.owner = owner
        exit_.managed = record
        tell_owners(exit_, owner)
        record.exit, record.claim = exit_, None
        record.holders = [holder]
        place = place_of(record)
        earlier = holder.exits.pop(place, None)  # an opening of it: the new one takes its own place in the order
        if earlier is not None and not earlier.done:
            holder.exits[earlier.number] = earlier  # of what stood for it: what is open stays owed (L3)
            holder.unordered = True
        holder.exits[place] = exit_
        if record.home is not None and record.home is not holder and record.home.state in (State.OPEN, State.DRAINING):
            add_holder(record, record.home)  # pinned while it opened
        note_opened(holder, place, exit_)
        holder.inflight.pop(record, None)
        for dependent in record.late:
            dependent.needs = (*dependent.needs, exit_)
            holder.unordered = True
        record.late = []
    return True


def _refuse_late(record: Managed, holder: Scope, claim: Claim, exit_: Exit, chain: tuple[Claim, ...]) -> Steps[None]:
    """Close what was opened for a scope that is no more; raises ContainerClosedError, for nobody gets it."""
    error = ContainerClosedError(holder.subject, holder.state.value)
    closer = Closer(None, record.engine.place(holder), None)
    claim.opener = None  # what closes is not cut off
    token = opening.set((*chain, claim))  # calls that it makes on itself go straight to its methods
    try:
        yield from closer.close(exit_)
    finally:
        opening.reset(token)
        with record.engine.lock:
            if record.claim is claim:
                record.claim = None
    attach_closing_errors(error, closer.report.take_all())
    claim.fail(shared_failure(error, chain, claim, None))
    raise error


def _open_below(record: Managed, holder: Scope, is_async: bool) -> Steps[None]:
    """Open what the object was made from and that is not open yet: dependencies first. Without a loop, what can be."""
    for resource in record.engine.plans.facts(record.binding).resources:
        below = find_record(record.engine, resource, holder) if is_managed(resource) else None
        if below is not None and not below.is_open and (is_async or not resource.lifecycle.opens_async):
            yield from opened(below, holder, is_async)


def _ready(obj: Any) -> Steps[Any]:
    return obj
    yield  # a generator, as every way of making is


def own_close(record: Managed, outcome: BaseException | None, limit_s: float | None) -> Steps[bool]:
    """Close *record* as part of its own code: calls it makes on itself go straight to its methods."""
    exit_ = record.exit
    assert exit_ is not None, "what is not open is not closed"
    scope = record.home or (record.holders[0] if record.holders else record.engine.root)
    asked = record.claim  # None: the loop ends, and the owner closes without being asked
    claim = asked or begin_close(record)
    token, within = opening.set((*opening.get(), claim)), closing.set((*closing.get(), scope))
    try:
        return (yield from close_exit(exit_, outcome, record.engine.place(scope), limit_s))
    finally:
        opening.reset(token)
        closing.reset(within)
        if asked is None:
            end_close(record, claim)
