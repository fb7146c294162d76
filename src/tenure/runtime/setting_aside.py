"""
Put out of the way what was made from a binding that is replaced for a while, and bring it back (L57).

What is set aside stays open and owed by its scope. What is being made when a replacement begins is set aside as well:
who asked for it before gets it, who asks afterwards gets what is made of the replacement.
"""

from collections.abc import Collection
from typing import Any, TypeAlias

from tenure.keys import Key
from tenure.lifecycle.claim import Claim, openings
from tenure.lifecycle.exits import Exit
from tenure.model.binding import TRANSIENT
from tenure.runtime.registry import orphan, records
from tenure.runtime.scope import Scope, State, every_scope

_TABLES = ("cache", "records", "exits", "inflight", "made")
"""Those of a scope; "made" holds the exits of what is made anew each time, by number."""
Taken: TypeAlias = dict[str, dict[Any, Any]]
"""Entries of a scope, by table and key."""


class Aside:
    """
    What was taken out of the tables of every scope.

    Attributes:
        taken: entries by scope, table and key.
        instances: records of bound instances.
        ages: what those of the keys that keep values themselves called their present ones.
        opened: what was open then, and what was opened for it since, by key.
    """

    __slots__ = ("ages", "instances", "opened", "taken")

    def __init__(self) -> None:
        self.taken: dict[Scope, Taken] = {}
        self.instances: dict[Key, Any] = {}
        self.ages: dict[Key, Any] = {}
        self.opened: list[tuple[Key, Exit]] = []

    def of(self, scope: Scope) -> Taken:
        """Return the entries of *scope*, to be added to."""
        return self.taken.setdefault(scope, {table: {} for table in _TABLES})

    @property
    def owed(self) -> list[tuple[Scope, Exit]]:
        """What is owed for it, with the scope that owes it: what was opened of its objects since as well."""
        exits = [
            (scope, exit_) for scope, t in self.taken.items() for exit_ in (*t["exits"].values(), *t["made"].values())
        ]
        exits += [(holder, record.exit) for record in self.records if record.is_open for holder in record.holders]
        return list({(scope, exit_.number): (scope, exit_) for scope, exit_ in exits}.values())

    @property
    def records(self) -> list[Any]:
        """Records of its objects, those that the user made left out."""
        return [record for taken in self.taken.values() for record in taken["records"].values()]

    @property
    def under_way(self) -> list[Claim]:
        """Openings of it, and openings and closings of its objects, that have not ended."""
        claims = [claim for taken in self.taken.values() for claim in taken["inflight"].values()]
        claims += [record.claim for record in self.records if record.claim is not None]
        return [claim for claim in claims if not claim.done.is_set]


def take(engine: Any, affected: Collection[Key]) -> Aside:
    """Under the engine's lock: take whatever was made for *affected* out of every scope, still owed by it."""
    aside = Aside()
    mine = openings()
    for scope in every_scope(engine.root):
        found = {table: _taken(getattr(scope, table), affected, mine) for table in _TABLES[:-1]}
        found["made"] = _made(scope, affected)
        _mark_under_way(scope, affected, mine, aside)
        if not any(found.values()):
            continue
        for exit_ in found["exits"].values():  # a close of the scope meanwhile must still find what it owes
            scope.exits[exit_.number] = exit_
            scope.unordered = True
        for key, claim in list(found["inflight"].items()):
            scope.inflight[claim] = claim
            if claim.is_prepared:
                claim.aside = aside
            else:
                claim.is_stale = True
                del found["inflight"][key]
        aside.taken[scope] = found
    aside.instances = _taken(engine.instances, affected, mine)
    _mark(aside, is_aside=True)
    for key in affected:
        age_of = getattr(type(key), "__tenure_forget__", None)
        if age_of is not None:
            aside.ages[key] = age_of(key)
    return aside


def _taken(entries: dict[Any, Any], keys: Collection[Key], mine: Collection[Claim]) -> dict[Any, Any]:
    found = {key: entries[key] for key in keys if key in entries and not _stays(entries[key], mine)}
    for key in found:
        del entries[key]
    return found


def _made(scope: Scope, affected: Collection[Key]) -> dict[int, Exit]:
    made = {
        exit_.number: exit_
        for exit_ in scope.exits.values()
        if exit_.binding.lifetime == TRANSIENT and exit_.binding.key in affected and not exit_.is_aside
    }
    for exit_ in made.values():
        exit_.is_aside = True
    return made


def _mark_under_way(scope: Scope, affected: Collection[Key], mine: Collection[Claim], aside: Aside) -> None:
    for place, claim in scope.inflight.items():
        is_new = place is claim and claim.binding.lifetime == TRANSIENT and claim.aside is None
        if is_new and claim.binding.key in affected and not _stays(claim, mine):
            claim.aside = aside


def _mark(aside: Aside, is_aside: bool) -> None:
    """Let records know whether their exits have a place of their own now."""
    for record in (*aside.instances.values(), *aside.records):
        record.is_aside = is_aside


def _stays(entry: Any, mine: Collection[Claim]) -> bool:
    """Tell whether *entry* is a closing, for which everybody waits, or an opening that the running code is part of."""
    return isinstance(entry, Claim) and (entry.closes or entry in mine)


def by_key(aside: Aside) -> dict[Key, Aside]:
    """Return *aside* in parts, one for each key; openings under way know which part they belong to."""
    found: dict[Key, Aside] = {}
    for scope, taken in aside.taken.items():
        for table, entries in taken.items():
            for place, entry in entries.items():
                key = entry.binding.key if table == "made" else place
                one = found.setdefault(key, Aside())
                one.of(scope)[table][place] = entry
                if table == "inflight":
                    entry.aside = one
    for name in ("instances", "ages"):
        for key, entry in getattr(aside, name).items():
            getattr(found.setdefault(key, Aside()), name)[key] = entry
    return found


def keep(aside: Aside, home: Scope, claim: Claim, value: Any, exit_: Exit | None) -> None:
    """Under the engine's lock: take up what *claim*, which is set aside, has made and opened."""
    key, taken = claim.binding.key, aside.of(home)
    aside.opened = [*aside.opened, *((need.binding.key, need) for need in claim.needs)]
    if exit_ is not None:
        aside.opened.append((key, exit_))
    home.inflight.pop(claim, None)
    taken["inflight"].pop(key, None)
    if claim.binding.lifetime == TRANSIENT:
        if exit_ is not None:
            exit_.is_aside = True
            taken["made"][exit_.number] = home.exits[exit_.number] = exit_
        return
    taken["cache"][key] = value
    if exit_ is not None:
        taken["exits"][key] = home.exits[exit_.number] = exit_
        home.unordered = True


def bring_back_objects(engine: Any, aside: Aside, stale: Collection[Key]) -> None:
    """Under the engine's lock: let objects that the user made, and keys that keep values themselves, be as before."""
    for key, age in aside.ages.items():
        if key not in stale:
            key.__tenure_remember__(age)
    for key, record in aside.instances.items():
        engine.instances[key] = records[id(record.obj)] = record
        for holder in record.holders:
            _give_place(holder, key, record.exit)


def bring_back(aside: Aside, stale: Collection[Key]) -> None:
    """Under the engine's lock: put *aside* back, save what is *stale* or of scopes that are closed since."""
    _mark(aside, is_aside=False)
    for scope, taken in aside.taken.items():
        if scope.state is not State.OPEN:
            continue
        for table in ("cache", "records"):
            getattr(scope, table).update({key: each for key, each in taken[table].items() if key not in stale})
        for exit_ in taken["made"].values():
            exit_.is_aside = False
        opened = {key: record.exit for key, record in taken["records"].items()}
        for key, exit_ in {**opened, **taken["exits"]}.items():
            _give_place(scope, key, exit_)
        for key, claim in taken["inflight"].items():
            if scope.inflight.pop(claim, None) is not None:
                scope.inflight[key] = claim
                claim.aside = None


def discard(aside: Aside) -> None:
    """Under the engine's lock: let the objects of *aside* be opened no more, whoever has them: theirs is closed."""
    for record in aside.records:
        record.is_discarded = True
        orphan(record.obj, record.binding.label)


def _give_place(scope: Scope, key: Key, exit_: Exit | None) -> None:
    if exit_ is not None and not exit_.is_due and scope.exits.pop(exit_.number, None) is not None:
        scope.exits[key] = exit_
        scope.unordered = True


def leave_behind(engine: Any, scope: Scope) -> list[Any]:
    """Under the engine's lock: forget what was set aside in *scope*, which is closed; return the records among it."""
    asides = [aside for states in engine.stash.values() for aside in states.values()]
    taken = [aside.taken.pop(scope) for aside in asides if scope in aside.taken]
    return [record for each in taken for record in each["records"].values()]
