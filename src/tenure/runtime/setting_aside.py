"""
Put out of the way what was made from a binding that is replaced for a while, and bring it back (L57).

What is set aside stays open and owed by its scope. Replacements that overlap may end in any order: each knows what was
there before it, and hands that to the one that came after it where both concern the same key.
"""

from collections.abc import Iterable
from typing import Any

from tenure.keys import Key, show
from tenure.lifecycle.claim import openings
from tenure.lifecycle.effects import drive
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.outcome import group
from tenure.runtime.emptying import close_some, forget_elsewhere
from tenure.runtime.registry import records
from tenure.runtime.scope import Scope, State, every_scope

_TABLES = ("cache", "records", "exits")


class Aside:
    """
    What was taken out of the tables of every scope.

    Attributes:
        affected: keys whose meaning changed.
        taken: entries by scope, table and key.
        instances: records of bound instances.
    """

    __slots__ = ("affected", "instances", "taken")

    def __init__(self, affected: set[Key]) -> None:
        self.affected: set[Key] = affected
        self.taken: dict[Scope, dict[str, dict[Any, Any]]] = {}
        self.instances: dict[Key, Any] = {}


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
    return aside


def _taken(entries: dict[Any, Any], keys: set[Key]) -> dict[Any, Any]:
    found = {key: entries[key] for key in keys if key in entries}
    for key in found:
        del entries[key]
    return found


def bring_back(engine: Any, aside: Aside) -> None:
    """Under the engine's lock: put everything in *aside* back where it was, save in scopes that are closed since."""
    for key, record in aside.instances.items():
        engine.instances[key] = records[id(record.obj)] = record
    for scope, taken in aside.taken.items():
        if scope.state is not State.OPEN:
            continue
        scope.cache.update(taken["cache"])
        scope.records.update(taken["records"])
        for key, exit_ in taken["exits"].items():
            if scope.exits.pop(exit_.number, None) is not None:
                scope.exits[key] = exit_


class Replacement:
    """
    One replacement that stands.

    Attributes:
        key: what is replaced.
        by: what replaces it.
        aside: what was made before.
    """

    __slots__ = ("aside", "by", "key")

    def __init__(self, key: Key, by: Key, aside: Aside) -> None:
        self.key: Key = key
        self.by: Key = by
        self.aside: Aside = aside


def begin(engine: Any, key: Key, by: Key) -> None:
    """Set aside what was made from *key*, which *by* is about to replace."""
    affected = engine.graph.dependents(key)
    forget_elsewhere(affected)
    with engine.lock:
        _withdraw(engine, affected)
        engine.replacements.append(Replacement(key, by, take(engine, affected)))


def end(engine: Any, key: Key, by: Key) -> None:
    """
    Close what was made while *by* replaced *key*, and bring back what was made before.

    What would have to be awaited for closing stays owed by its scope.

    Raises:
        CloseError: what closing code raised; everything else is done all the same.
    """
    affected = engine.graph.dependents(key)
    forget_elsewhere(affected)
    stands = [each for each in engine.replacements if each.key is key and each.by is by]
    ended = stands[-1] if stands else Replacement(key, by, Aside(affected))
    with engine.lock:
        under_way = _withdraw(engine, ended.aside.affected | affected)
        dead = take(engine, ended.aside.affected | affected)
        exits = _exits(dead)
        later = engine.replacements[engine.replacements.index(ended) + 1 :] if stands else []
        for entry in later:
            exits += _exits(_handed_on(ended.aside, entry.aside))
        bring_back(engine, ended.aside)
        engine.replacements = [each for each in engine.replacements if each is not ended]
    if not under_way:  # what is being opened may have taken it: it stays owed
        _close(engine, exits, by)


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


def _handed_on(ended: Aside, later: Aside) -> Aside:
    """Give *later* what *ended* kept for the keys that concern both; return what *later* kept for them till now."""
    both = ended.affected & later.affected
    dead, own = _split(later, both), _split(ended, both)
    for scope, taken in own.taken.items():
        kept = later.taken.setdefault(scope, {table: {} for table in _TABLES})
        for table in _TABLES:
            kept[table].update(taken[table])
    later.instances.update(own.instances)
    return dead


def _split(aside: Aside, keys: set[Key]) -> Aside:
    found = Aside(keys)
    for scope, taken in aside.taken.items():
        found.taken[scope] = {table: _taken(entries, keys) for table, entries in taken.items()}
    found.instances = _taken(aside.instances, keys)
    return found


def _close(engine: Any, exits: Iterable[tuple[Scope, Exit]], by: Key) -> None:
    failed: list[BaseException] = []
    by_scope: dict[Scope, list[int]] = {}
    for scope, exit_ in exits:
        if not exit_.needs_await and exit_.owner is None:
            by_scope.setdefault(scope, []).append(exit_.number)
    for scope in sorted(by_scope, key=lambda scope: -scope.number):
        failed += drive(close_some(engine, scope, by_scope[scope], None))
    failure = group(failed, f"what was made while {show(by)} stood in")
    if failure is not None:
        raise failure
