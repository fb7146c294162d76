"""
Close what a scope owes, in order: all of it, some of it, or one resource because the user said so.

What several scopes hold is closed by the last of them; an object that closes calls its own methods directly.
"""

from collections.abc import Iterable
from functools import partial
from itertools import groupby
from typing import Any

from tenure.lifecycle.ahead import Ahead
from tenure.lifecycle.backends import Backend, running
from tenure.lifecycle.bare import close_bare
from tenure.lifecycle.circles import Joining
from tenure.lifecycle.claim import Claim, opening
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.model.binding import TRANSIENT
from tenure.runtime.holding import begin_close, end_close, release
from tenure.runtime.registry import orphan
from tenure.runtime.scope import Scope, closing, every_scope


def in_order(scope: Scope) -> list[Exit]:
    """Return what *scope* owes in the order in which it must be closed."""
    return _ordered(scope, list(scope.exits.values()))


def _ordered(scope: Scope, exits: list[Exit]) -> list[Exit]:
    if not scope.unordered:
        return exits[::-1]
    from tenure.lifecycle.order import in_closing_order  # noqa: PLC0415 - few scopes open things out of order

    return in_closing_order(sorted(exits, key=_opened_at))


def _opened_at(exit_: Exit) -> float:
    return exit_.opened_at


def close_exits(scope: Scope, exits: list[Exit], closer: Closer, together: bool = False) -> Steps[None]:
    """
    Close those of *exits*, given in order of opening, that *scope* is the last to hold; never raises.

    What one start opened at the same time is closed at the same time, by the owners of what does not need one another;
    with *together* everything is. What was opened one after the other is closed one after the other.
    """
    ordered = _ordered(scope, exits)
    backend = running() if scope.max_parallel != 1 and [e for e in ordered if e.owner is not None] else None
    if backend is None:
        number = 0
        while (number := close_bare(ordered, number, closer)) < len(ordered):
            yield from close_exit_of(scope, ordered[number], closer)
            number += 1
        return
    for _, group in groupby(ordered, (lambda _: True) if together else _started_with):
        yield from _Together(scope, list(group), closer, backend).close_all()


def _started_with(exit_: Exit) -> tuple[int, int]:
    """Return what is the same for all exits of one start."""
    return (exit_.start, 0) if exit_.start is not None else (0, exit_.number)


class _Together(Ahead):
    """Closes *ordered*, which *scope* holds, what its owners close at the same time as far as needs and limit allow."""

    __slots__ = ("_asked_at", "_backend", "_claims", "_closer", "_ordered", "_scope")

    def __init__(self, scope: Scope, ordered: list[Exit], closer: Closer, backend: Backend) -> None:
        super().__init__(ordered, scope.max_parallel)
        self._scope = scope
        self._ordered = ordered
        self._closer = closer
        self._backend = backend
        self._asked_at: dict[int, float] = {}
        self._claims: dict[int, Claim] = {}

    def begin(self, exit_: Exit) -> bool:
        """Let the owner of *exit_* close it, where it has one on this loop and nobody else holds it."""
        owner = exit_.owner
        if owner is None or exit_.done or exit_.loop is not self._backend.token():
            return False
        if exit_.managed is not None:
            claim = release(exit_.managed, self._scope)
            if claim is None:
                return False
            self._claims[exit_.number] = claim
        self._asked_at[exit_.number] = self._backend.now()
        owner.ask_close(self._closer.outcome)
        owner.done.then(partial(self._over, exit_))
        return True

    def close_all(self) -> Steps[None]:
        """Close all of it; never raises."""
        self.ask()
        joined: set[int] = set()
        for exit_ in self._ordered:
            while (other := self.in_the_way(exit_)) is not None:
                joined.add(other.number)
                yield from self._close(other)
            if exit_.number not in joined:
                yield from self._close(exit_)

    def _close(self, exit_: Exit) -> Steps[None]:
        if exit_.number in self.asked:
            yield from self._closer.close(exit_, self._asked_at[exit_.number])
        else:
            yield from close_exit_of(self._scope, exit_, self._closer)
        self._over(exit_)

    def _over(self, exit_: Exit) -> None:
        claim = self._claims.get(exit_.number)
        if claim is not None and not claim.done.is_set:
            end_close(exit_.managed, claim)
        self.ended(exit_)


def close_exit_of(scope: Scope, exit_: Exit, closer: Closer) -> Steps[None]:
    """Close *exit_* unless its closing has begun or another scope still holds it; never raises."""
    if exit_.done:
        is_own = closing.get().count(scope) > 1  # called by code that closes something of *scope* itself
        yield from closer.await_end(exit_, is_own)
        return
    if exit_.managed is None:
        yield from closer.close(exit_)
        return
    claim = release(exit_.managed, scope)
    if claim is not None:
        yield from _close_managed(exit_, claim, closer)


def _close_managed(exit_: Exit, claim: Claim, closer: Closer) -> Steps[None]:
    token = opening.set((*opening.get(), claim))
    try:
        yield from closer.close(exit_)
    finally:
        opening.reset(token)
        end_close(exit_.managed, claim)


def close_some(
    engine: Any, scope: Scope, places: Iterable[Any], outcome: BaseException | None
) -> Steps[list[BaseException]]:
    """
    Close what stands at *places* in the exits of *scope*, in order, while the scope stays open.

    Returns:
        The errors that closing code raised, in order of closing, and last a cancellation that arrived meanwhile.
    """
    closer = Closer(outcome, engine.place(scope), engine.close_timeout if scope.parent is None else None)
    yield from close_by(engine, scope, places, closer)
    return closer.report.take_all()


def close_by(engine: Any, scope: Scope, places: Iterable[Any], closer: Closer, together: bool = False) -> Steps[None]:
    """Close what stands at *places* in the exits of *scope*, see `close_exits`; *closer* keeps the account."""
    with engine.lock:
        owed = {place: scope.exits[place] for place in places if place in scope.exits}
        for place, exit_ in owed.items():
            if exit_.managed is None:
                scope.cache.pop(place, None)
    # what was set aside has a number for a place, and what was made from it is not in the tables
    known = [e for place, e in owed.items() if place == e.binding.key or e.binding.lifetime == TRANSIENT]
    forget_dependents(engine, scope, known)
    yield from close_exits(scope, list(owed.values()), closer, together)
    with engine.lock:  # owed until it is closed: a close of the scope meanwhile finds it
        for place, exit_ in owed.items():
            if scope.exits.get(place) is exit_ and exit_.done:
                del scope.exits[place]
    forget_dependents(engine, scope, known)  # objects among them may be opened again, but not on what is closed


def forget_dependents(engine: Any, scope: Scope, exits: Iterable[Exit]) -> None:
    """
    Drop from *scope* what was made from *exits*, about to be closed, and is not open.

    What was made from objects that open again is dropped as well, for it does not open them; such objects stay.
    """
    closed: set[Any] = set()
    objects: list[Any] = []
    for exit_ in exits:
        keys = exit_.fed if exit_.binding.lifetime == TRANSIENT else (exit_.binding.key,)
        (closed.update if exit_.managed is None else objects.extend)(keys)
    gone = engine.graph.dependents(*closed) if closed else set()
    plain = engine.graph.dependents(*objects) if objects else set()
    with engine.lock:
        forget_unopened(scope, gone)
        forget_unopened(scope, [key for key in plain if key not in scope.records])
    forget_elsewhere(gone | plain)


def forget_unopened(scope: Scope, keys: Iterable[Any]) -> None:
    """Under the engine's lock: drop what *scope* made for those of *keys* of which nothing is open there."""
    for key in keys:
        exit_ = scope.exits.get(key)
        if exit_ is None or exit_.is_over:  # closed by hand it keeps its place
            _forget(scope, key)


def discard_of(engine: Any, keys: Iterable[Any]) -> None:
    """Under the engine's lock: let objects made for *keys* be opened no more once they are closed."""
    for scope in every_scope(engine.root):
        for key in keys:
            if key in scope.records:
                scope.records[key].is_discarded = True


def forget_elsewhere(keys: Iterable[Any]) -> None:
    """Have those of *keys* that keep values themselves, outside every scope, let go of them."""
    for key in keys:
        forget = getattr(type(key), "__tenure_forget__", None)
        if forget is not None:
            forget(key)


def _forget(scope: Scope, key: Any) -> None:
    """Under the engine's lock: drop what *scope* made for *key*, unless it is open or being opened."""
    record = scope.records.get(key)
    if record is None:
        scope.cache.pop(key, None)
    elif not record.is_open and record.claim is None:
        record.is_discarded = True
        orphan(record.obj, record.binding.label)
        del scope.records[key]
        scope.cache.pop(key, None)


def close_by_hand(record: Any) -> Steps[None]:
    """
    Close *record* because the user asked for it; it is owed no more. A no-op where it is not open.

    Raises:
        WrongLoopError: it belongs to another loop.
        BaseException: what its closing code raised, as it is.
    """
    while True:
        with record.engine.lock:
            claim, exit_, holders = record.claim, record.exit, record.holders
            is_mine = claim is None and record.is_open
            if is_mine:
                record.holders, claim = [], begin_close(record)
        if claim is None:
            return
        if is_mine:
            break
        yield Joining(claim)
    closer = Closer(None, record.engine.place(record.home or holders[0]), None)
    yield from _close_managed(exit_, claim, closer)
    failure = (*closer.report.take_failed(), closer.report.cancelled)[0]
    closer.report.cancelled = None
    if failure is not None:
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame (L16)


def forget_value(engine: Any, key: Any) -> None:
    """Drop the value of *key* from every scope; it is owed nothing, and the next request makes another."""
    with engine.lock:
        for scope in every_scope(engine.root):
            scope.cache.pop(key, None)
