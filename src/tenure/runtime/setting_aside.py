"""
Put out of the way what was made from a binding that is replaced for a while, and bring it back (L57).

What is set aside stays open and owed by its scope, known by the replacements that it was made under. Replacements may
end in any order: what was made under those that stand when one ends is back, the very same.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeAlias

from tenure.errors import MissingBindingError
from tenure.keys import Key, show
from tenure.lifecycle.claim import openings
from tenure.lifecycle.effects import drive
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.outcome import group
from tenure.runtime.emptying import close_some
from tenure.runtime.registry import records
from tenure.runtime.scope import Scope, State, every_scope

Token: TypeAlias = tuple[Any, ...]
"""Stands for one replacement of a key."""
Under: TypeAlias = frozenset[Token]
"""The replacements that something was made under."""
Standing: TypeAlias = Callable[[Any], Token | None]
_NONE: Under = frozenset()
_TABLES = ("cache", "records", "exits")


class Aside:
    """
    What was taken out of the tables of every scope.

    Attributes:
        affected: keys whose meaning changed.
        taken: entries by scope, table and key.
        instances: records of bound instances.
        ages: what those of the keys that keep values themselves called their present ones.
        opened: what was open then, by key.
    """

    __slots__ = ("affected", "ages", "instances", "opened", "taken")

    def __init__(self, affected: set[Key]) -> None:
        self.affected: set[Key] = affected
        self.taken: dict[Scope, dict[str, dict[Any, Any]]] = {}
        self.instances: dict[Key, Any] = {}
        self.ages: dict[Key, Any] = {}
        self.opened: list[tuple[Key, Exit]] = []


def take(engine: Any, affected: set[Key]) -> Aside:
    """Under the engine's lock: take whatever was made for *affected* out of every scope, still owed by it."""
    aside = Aside(affected)
    for scope in every_scope(engine.root):
        found = {table: _taken(getattr(scope, table), affected) for table in _TABLES}
        if not any(found.values()):
            continue
        for exit_ in found["exits"].values():  # a close of the scope meanwhile must still find what it owes
            scope.exits[exit_.number] = exit_
            scope.unordered = True
        aside.taken[scope] = found
    aside.instances = _taken(engine.instances, affected)
    for key in affected:
        age_of = getattr(type(key), "__tenure_forget__", None)
        if age_of is not None:
            aside.ages[key] = age_of(key)
    return aside


def _taken(entries: dict[Any, Any], keys: set[Key]) -> dict[Any, Any]:
    found = {key: entries[key] for key in keys if key in entries}
    for key in found:
        del entries[key]
    return found


def closed_in(aside: Aside) -> list[Key]:
    """Return the keys of what *aside* holds that was closed since."""
    return [
        key
        for scope, taken in aside.taken.items()
        for key, exit_ in taken["exits"].items()
        if exit_.done or scope.exits.get(exit_.number) is not exit_
    ]


def bring_back(engine: Any, aside: Aside, stale: set[Key]) -> None:
    """Under the engine's lock: put *aside* back, save what is *stale* or of scopes that are closed since."""
    for key, age in aside.ages.items():
        if key not in stale:
            key.__tenure_remember__(age)
    for key, record in aside.instances.items():
        engine.instances[key] = records[id(record.obj)] = record
    for scope, taken in aside.taken.items():
        if scope.state is not State.OPEN:
            continue
        for table in ("cache", "records"):
            getattr(scope, table).update({key: each for key, each in taken[table].items() if key not in stale})
        for key, exit_ in taken["exits"].items():
            if scope.exits.pop(exit_.number, None) is not None:
                scope.exits[key] = exit_


def begin(engine: Any, keys: Collection[Key], standing: Standing) -> None:
    """
    Set aside what was made from *keys*, which are about to be replaced.

    Args:
        engine: the engine of *keys*.
        keys: what is about to be replaced.
        standing: tells of a key which replacement of it counts now, None if none does.
    """
    states = _states(engine, _known(engine), standing)
    affected = engine.graph.dependents(*keys)
    with engine.lock:
        opened = [(exit_.binding.key, exit_) for scope in every_scope(engine.root) for exit_ in scope.exits.values()]
        _withdraw(engine, affected)
        for each, kept in _by_key(take(engine, affected)).items():
            kept.opened = opened
            engine.stash.setdefault(each, {})[states.get(each, _NONE)] = kept


def end(engine: Any, keys: Collection[Key], ended: set[Token], standing: Standing) -> None:
    """
    Close what was made while *ended* stood for *keys*, and bring back what was made in the state that is back now.

    What would have to be awaited for closing stays owed by its scope.

    Args:
        engine: the engine of *keys*.
        keys: what was replaced.
        ended: what *standing* told of them till now.
        standing: tells of a key which replacement of it counts now, None if none does.

    Raises:
        CloseError: what closing code raised; everything else is done all the same.
    """
    states = _states(engine, _known(engine), standing)
    affected = engine.graph.dependents(*keys)
    stale = _stale(engine)
    with engine.lock:
        under_way = _withdraw(engine, affected)
        exits = _exits(take(engine, affected))
        back = []
        for each, kept in list(engine.stash.items()):
            for state in [state for state in kept if not ended.isdisjoint(state)]:
                exits += _exits(kept.pop(state))
            if each in affected and states.get(each) in kept:
                back.append(kept.pop(states[each]))
            if not kept:
                del engine.stash[each]
        for aside in back:
            bring_back(engine, aside, stale.get(id(aside.opened), set()))
    if not under_way:  # what is being opened may have taken it: it stays owed
        _close(engine, exits, keys)


def _by_key(aside: Aside) -> dict[Key, Aside]:
    found: dict[Key, Aside] = {}
    for scope, taken in aside.taken.items():
        for table, entries in taken.items():
            for key, entry in entries.items():
                one = found.setdefault(key, Aside({key}))
                one.taken.setdefault(scope, {each: {} for each in _TABLES})[table][key] = entry
    for name in ("instances", "ages"):
        for key, entry in getattr(aside, name).items():
            getattr(found.setdefault(key, Aside({key})), name)[key] = entry
    return found


def _stale(engine: Any) -> dict[int, set[Key]]:
    """Return what was made from resources that are closed since, by the `id` of what was open when it was set aside."""
    found: dict[int, set[Key]] = {}
    for aside in [each for kept in list(engine.stash.values()) for each in kept.values()]:
        if id(aside.opened) not in found:
            closed = [key for key, exit_ in aside.opened if exit_.done]
            found[id(aside.opened)] = set(engine.graph.dependents(*closed)) if closed else set()
    return found


def _known(engine: Any) -> set[Key]:
    """Return everything of which something may have been made."""
    scopes = every_scope(engine.root)
    claimed = {claim.binding.key for scope in scopes for claim in list(scope.inflight.values())}
    kept = {key for scope in scopes for key in (*scope.cache, *scope.records)}
    return {*engine.graph.bindings, *engine.stash, *engine.keepers, *claimed, *kept}


def _states(engine: Any, keys: Iterable[Key], standing: Standing) -> dict[Key, Under]:
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
            token = standing(key)
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
    try:
        edges = graph.edges(binding)
    except MissingBindingError:
        return list(binding.later)
    return [source.key for edge in edges for _, source in edge.sources] + list(binding.later)


def _withdraw(engine: Any, affected: set[Key]) -> bool:
    """Under the engine's lock: let nobody get what is being made for *affected*; return whether there is any."""
    mine = openings()
    found = [
        claim
        for scope in every_scope(engine.root)
        for claim in scope.inflight.values()
        if claim.binding.key in affected and claim not in mine and not claim.closes and not claim.done.is_set
    ]
    for claim in found:
        claim.withdrawn = True
    return bool(found)


def _exits(aside: Aside) -> list[tuple[Scope, Exit]]:
    return [(scope, exit_) for scope, taken in aside.taken.items() for exit_ in taken["exits"].values()]


def _close(engine: Any, exits: Iterable[tuple[Scope, Exit]], keys: Collection[Key]) -> None:
    failed: list[BaseException] = []
    by_scope: dict[Scope, list[int]] = {}
    for scope, exit_ in exits:
        if not exit_.needs_await and exit_.owner is None:
            by_scope.setdefault(scope, []).append(exit_.number)
    for scope in sorted(by_scope, key=lambda scope: -scope.number):
        failed += drive(close_some(engine, scope, by_scope[scope], None))
    failure = group(failed, f"what was made while {' and '.join(map(show, list(keys)[:3]))} was replaced")
    if failure is not None:
        raise failure
