"""
Put out of the way what was made from a binding that is replaced for a while, and bring it back (L57).

What is set aside stays open and owed by its scope. Replacements may end in any order: where the last one ends first,
the very same originals are back; where they end across one another, what more than one concerns is made anew.
"""

from collections.abc import Callable, Iterable
from typing import Any

from tenure.keys import Key, show
from tenure.lifecycle.claim import openings
from tenure.lifecycle.effects import drive
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.outcome import group
from tenure.runtime.emptying import close_some
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
        ages: what those of the keys that keep values themselves called their present ones.
    """

    __slots__ = ("affected", "ages", "instances", "taken")

    def __init__(self, affected: set[Key]) -> None:
        self.affected: set[Key] = affected
        self.taken: dict[Scope, dict[str, dict[Any, Any]]] = {}
        self.instances: dict[Key, Any] = {}
        self.ages: dict[Key, Any] = {}


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
    with engine.lock:
        _withdraw(engine, affected)
        engine.replacements.append(Replacement(key, by, take(engine, affected)))


def end(engine: Any, key: Key, by: Key, reaches: Callable[[Key, Key], bool]) -> None:
    """
    Close what was made while *by* replaced *key*, and bring back what was made before.

    What would have to be awaited for closing stays owed by its scope.

    Args:
        engine: the engine of *key*.
        key: what was replaced.
        by: what replaced it.
        reaches: tells whether one key needs another, whatever replaces either.

    Raises:
        CloseError: what closing code raised; everything else is done all the same.
    """
    affected = engine.graph.dependents(key)
    stands = [each for each in engine.replacements if each.key is key and each.by is by]
    ended = stands[-1] if stands else Replacement(key, by, Aside(affected))
    stale = _kept(ended.aside, closed_in(ended.aside), reaches)
    with engine.lock:
        under_way = _withdraw(engine, ended.aside.affected | affected)
        dead = take(engine, ended.aside.affected | affected)
        exits = _exits(dead)
        # what was not noted began before anything was made, and so before all others
        later = engine.replacements[engine.replacements.index(ended) + 1 if stands else 0 :]
        if later:  # undone across one another: what both concern is made anew
            exits += _exits(_dropped(ended.aside, _kept(ended.aside, [each.key for each in later], reaches)))
        for each in later:
            exits += _exits(_dropped(each.aside, _kept(each.aside, [key], reaches)))
        bring_back(engine, ended.aside, stale)
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


def _kept(aside: Aside, keys: list[Key], reaches: Callable[[Key, Key], bool]) -> set[Key]:
    """Return for which keys *aside* has something that was made from one of *keys*."""
    tables = [entries for taken in aside.taken.values() for entries in taken.values()]
    mine = {each for entries in (*tables, aside.instances, aside.ages) for each in entries}
    return {each for each in mine if any(reaches(each, key) for key in keys)}


def _exits(aside: Aside) -> list[tuple[Scope, Exit]]:
    return [(scope, exit_) for scope, taken in aside.taken.items() for exit_ in taken["exits"].values()]


def _dropped(aside: Aside, keys: set[Key]) -> Aside:
    """Take what is kept for *keys* out of *aside*."""
    found = Aside(keys)
    for scope, taken in aside.taken.items():
        found.taken[scope] = {table: _taken(entries, keys) for table, entries in taken.items()}
    found.instances = _taken(aside.instances, keys)
    found.ages = _taken(aside.ages, keys)
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
