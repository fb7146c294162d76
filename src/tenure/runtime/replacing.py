"""
Replace keys for a while, and undo it: in any order, with the very same originals back at the end (L57).

What was made is known by the replacements that stood then, its *state*. When one begins, what it concerns is set aside
under its state; when one ends, what was made while it stood is closed, and what was made in the state that is back now
is brought back. Whoever asks meanwhile waits for the end of it.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias

from tenure.errors import MissingBindingError
from tenure.keys import Key
from tenure.lifecycle.circles import wait_for_all
from tenure.lifecycle.claim import Claim, opening, openings
from tenure.lifecycle.closing import Closer
from tenure.lifecycle.effects import Steps
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.joint import jointly
from tenure.model.binding import TRANSIENT
from tenure.runtime.emptying import close_exits
from tenure.runtime.patience import all_ended, withdrawn_ended
from tenure.runtime.scope import Scope, closing, every_scope
from tenure.runtime.setting_aside import Aside, bring_back, bring_back_objects, by_key, discard, take

Token: TypeAlias = tuple[Any, ...]
"""Stands for one replacement of a key."""
Under: TypeAlias = frozenset[Token]
"""The replacements that something was made under."""
_NONE: Under = frozenset()


def standing(engine: Any, key: Key) -> Token | None:
    """Return the replacement of *key* that counts now, None if it is not replaced."""
    if key in engine.replaced:
        token: Token = engine.replaced[key][-1]
        return token
    tells = getattr(type(key), "__tenure_standing__", None)
    return None if tells is None else tells(key)


def begin(engine: Any, keys: Collection[Key], others: Collection[Key] = ()) -> None:
    """
    Set aside what was made, or is being made, from *keys*, which are about to be replaced, and what depends on them.

    Args:
        engine: the engine of the keys.
        keys: what is about to be replaced.
        others: what depends on them afterwards.
    """
    states = _states(engine, _known(engine))
    affected = engine.graph.dependents(*keys).union(others)
    with engine.lock:
        owed = [exit_ for scope in every_scope(engine.root) for exit_ in scope.exits.values()]
        opened = [(exit_.binding.key, exit_) for exit_ in owed if not exit_.done]
        for each, kept in by_key(take(engine, affected)).items():
            kept.opened = opened
            engine.stash.setdefault(each, {})[states.get(each, _NONE)] = kept


def made_under(engine: Any, affected: Collection[Key], ended: Collection[Token]) -> list[tuple[Scope, Exit]]:
    """Return what is open and was made while *ended* stood for some of *affected*, with the scope that owes it."""
    ended = set(ended)
    present = [
        (scope, exit_)
        for scope in every_scope(engine.root)
        for place, exit_ in list(scope.exits.items())
        if exit_.binding.key in affected
        and (place == exit_.binding.key or (exit_.binding.lifetime == TRANSIENT and not exit_.is_aside))
    ]
    kept = [aside for states in list(engine.stash.values()) for state, aside in list(states.items()) if ended & state]
    return present + [each for aside in kept for each in aside.owed]


def being_made(engine: Any, affected: Collection[Key], ended: Collection[Token]) -> list[Claim]:
    """Return the openings and closings under way that ending *ended* has to wait for."""
    ended, mine = set(ended), openings()
    claims = [
        claim
        for scope in every_scope(engine.root)
        for place, claim in list(scope.inflight.items())
        if _is_of(claim, affected) and _is_present(place, claim)
    ]
    for states in list(engine.stash.values()):
        claims += [claim for state, aside in list(states.items()) if ended & state for claim in aside.under_way]
    return [claim for claim in claims if claim not in mine and not claim.is_own and not claim.done.is_set]


def _is_of(claim: Claim, affected: Collection[Key]) -> bool:
    """Tell whether what *claim* opens may be made of *affected*: its code may have asked for some of it by now."""
    return claim.binding.key in affected or any(key in affected for key in tuple(claim.asked))


def _is_present(place: Any, claim: Claim) -> bool:
    """Tell whether what *claim* opens is not for what was set aside."""
    return place == claim.binding.key or (claim.aside is None and not getattr(place, "is_aside", claim.is_stale))


def end(
    engine: Any,
    keys: Collection[Key],
    ended: Collection[Token],
    outcome: BaseException | None,
    *,
    others: Collection[Key] = (),
    can_wait: bool,
) -> Steps[list[BaseException]]:
    """
    Close what was made while *ended* stood, and bring back what was made in the state that is back now.

    Args:
        engine: the engine of the keys; nothing of *ended* counts there any more.
        keys: those that were replaced, and whose meaning is another now.
        ended: what `standing` told of them till now.
        outcome: what closing code is shown.
        others: what depended on them before.
        can_wait: whether to wait for openings under way, which are withdrawn. Otherwise what would have to be awaited
            for closing stays owed by its scope.

    Returns:
        What closing code raised, in order, and a cancellation or KeyboardInterrupt that arrived meanwhile, last.
    """
    interrupted: list[BaseException] = []
    is_stopped = not can_wait
    exchange: _Exchange | None = None
    under_way: list[Claim] = []
    while exchange is None:
        states = _states(engine, _known(engine))
        affected = engine.graph.dependents(*keys).union(others) if keys else set[Key]()
        with engine.lock:
            under_way = being_made(engine, affected, ended)
            closings = [claim for claim in under_way if claim.closes]
            if not closings or is_stopped:  # what another end brings back stands in no table meanwhile
                for claim in under_way:
                    claim.withdrawn = "" if claim.closes else "replaced"
                exchange = _Exchange(engine, affected, set(ended), states)
                wait_for_all(exchange.claims, under_way if can_wait else ())
        if exchange is None:
            is_stopped = yield from all_ended(closings, interrupted)
    # code that closes and asks for itself must not wait
    token = opening.set((*opening.get(), *jointly(exchange.claims)))
    try:
        may_be_taken, overran = bool(under_way), list[BaseException]()
        if can_wait:
            may_be_taken, overran = yield from withdrawn_ended(engine, under_way, interrupted)
        # what is being opened may have taken it: it stays owed
        doomed = [] if may_be_taken else exchange.doomed
        failed = yield from _close(engine, doomed, outcome, only_sync=not can_wait)
    finally:
        opening.reset(token)
        exchange.finish()
    return [*overran, *failed, *interrupted]


def closings_ended(engine: Any, affected: Callable[[], Collection[Key]], ended: Token) -> Steps[list[BaseException]]:
    """
    Wait until nothing that ending *ended* concerns is being closed, or put back by another end, while it still stands.

    Returns:
        A cancellation or KeyboardInterrupt that arrived meanwhile.
    """
    interrupted: list[BaseException] = []
    while True:
        with engine.lock:
            closings = [claim for claim in being_made(engine, affected(), (ended,)) if claim.closes]
        if not closings or (yield from all_ended(closings, interrupted)):
            return interrupted


class _Exchange:
    """The moment in which what was made under *ended* goes and what was there before comes back; under the lock."""

    def __init__(self, engine: Any, affected: Collection[Key], ended: set[Token], states: dict[Key, Under]) -> None:
        self._engine = engine
        self._back: list[tuple[Aside, set[Key]]] = []
        self._claimed: dict[tuple[Scope, Key], Claim] = {}
        stale = _stale(engine)
        present = take(engine, affected)
        self._gone = [present]
        for each, kept in list(engine.stash.items()):
            for state in [state for state in kept if not ended.isdisjoint(state)]:
                self._gone.append(kept.pop(state))
            if each in affected and states.get(each) in kept:
                aside = kept.pop(states[each])
                self._back.append((aside, stale.get(id(aside.opened), set())))
            if not kept:
                del engine.stash[each]
        for aside in self._gone:
            discard(aside)
        for aside, old in self._back:
            bring_back_objects(engine, aside, old)
        for aside in (present, *(aside for aside, _ in self._back)):
            self._claim(aside)

    @property
    def claims(self) -> list[Claim]:
        return list(self._claimed.values())

    @property
    def doomed(self) -> list[tuple[Scope, Exit]]:
        """What is owed for it by now."""
        return [each for aside in self._gone for each in aside.owed]

    def _claim(self, aside: Aside) -> None:
        """Have whoever asks for something of *aside* wait until it is settled."""
        for scope, taken in aside.taken.items():
            for key in {**taken["cache"], **taken["exits"]}:
                binding = self._engine.graph.find(key)
                if binding is not None and key not in scope.inflight:
                    claim = self._claimed[scope, key] = Claim(binding, binding)
                    claim.closes = True
                    claim.is_undoing = True
                    scope.inflight[key] = claim

    def finish(self) -> None:
        """Bring back what is back, and let everybody go on."""
        with self._engine.lock:
            for (scope, key), claim in self._claimed.items():
                if scope.inflight.get(key) is claim:
                    del scope.inflight[key]
            for aside, old in self._back:
                bring_back(aside, old)
        for claim in self._claimed.values():
            claim.succeed()


def _close(
    engine: Any, doomed: Iterable[tuple[Scope, Exit]], outcome: BaseException | None, only_sync: bool
) -> Steps[list[BaseException]]:
    by_scope: dict[Scope, list[Exit]] = {}
    for scope, exit_ in doomed:
        if not only_sync or (not exit_.needs_await and exit_.owner is None):
            by_scope.setdefault(scope, []).append(exit_)
    failed: list[BaseException] = []
    for scope in sorted(by_scope, key=lambda scope: -scope.number):
        exits = sorted(by_scope[scope], key=lambda exit_: exit_.number)
        closer = Closer(outcome, engine.place(scope), engine.close_timeout if scope.parent is None else None)
        inside = closing.set((*closing.get(), scope))
        try:
            yield from close_exits(scope, exits, closer)
        finally:
            closing.reset(inside)
            with engine.lock:
                for exit_ in exits:
                    if exit_.done and scope.exits.get(exit_.number) is exit_:
                        del scope.exits[exit_.number]
        failed += closer.report.take_all()
    return failed


def _stale(engine: Any) -> dict[int, set[Key]]:
    """Return what was made from resources that are closed since, by the `id` of what was open when it was set aside."""
    found: dict[int, set[Key]] = {}
    for aside in [each for kept in list(engine.stash.values()) for each in kept.values()]:
        if id(aside.opened) not in found:
            closed = [key for key, exit_ in aside.opened if exit_.done or exit_.is_due]
            found[id(aside.opened)] = set(engine.graph.dependents(*closed)) if closed else set()
    return found


def _known(engine: Any) -> set[Key]:
    """Return everything of which something may have been made."""
    scopes = every_scope(engine.root)
    claimed = {claim.binding.key for scope in scopes for claim in list(scope.inflight.values())}
    kept = {key for scope in scopes for key in (*scope.cache, *scope.records)}
    return {*engine.graph.bindings, *engine.stash, *engine.keepers, *claimed, *kept}


def _states(engine: Any, keys: Iterable[Key]) -> dict[Key, Under]:
    """
    Return which replacements *keys*, and all that they need, are made under as things are.

    What a replacement hides does not count. The graph knows all of it afterwards.
    """
    found: dict[Key, Under] = {}
    seen: set[Key] = set()
    queue = list(keys)
    while queue:
        key = queue[-1]
        below = _below(engine.graph, key)
        if key not in seen:
            seen.add(key)
            queue.extend(each for each in below if each not in seen)
            continue
        queue.pop()
        if key not in found:
            token = standing(engine, key)
            parts = {found[each] for each in below if each in found}
            parts.discard(_NONE)
            own = _NONE if token is None else frozenset((token,))
            found[key] = own.union(*parts) if parts else own
    return found


def _below(graph: Any, key: Key) -> list[Key]:
    """Return what the value of *key* is made from."""
    binding = graph.find(key)
    if binding is None:
        return []
    asked = [*binding.later, *graph.learned.get(key, ())]
    try:
        edges = graph.edges(binding)
    except MissingBindingError:
        return asked
    return [source.key for edge in edges for _, source in edge.sources] + asked
