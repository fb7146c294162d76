"""
Records of objects that exist apart from their being open: bound instances, and classes with opening methods.

A record with a home is opened and closed there. One without (the user made the object, or it was got before any scope
was open) belongs to the scopes that use it: opened by the first, closed when the last leaves.
"""

import weakref
from typing import Any

from tenure.errors import ScopeNotOpenError
from tenure.lifecycle.claim import Claim, is_part_of, opening, openings
from tenure.lifecycle.exits import Exit
from tenure.model.binding import AMBIENT, SINGLETON, TRANSIENT, Binding, Make
from tenure.runtime.registry import adopt_orphan, is_opened_by_user, orphan, record_of, records
from tenure.runtime.scope import Scope, every_scope


def is_managed(binding: Binding) -> bool:
    """Tell whether what *binding* makes has a record."""
    lifecycle = binding.lifecycle
    return lifecycle is not None and (binding.make is Make.VALUE or lifecycle.opens_itself)


class Managed:
    """
    The record of one object.

    Attributes:
        obj: the object.
        home: the scope that owns it, None for one that belongs to whoever uses it.
        exit: what is owed while it is open, else None.
        claim: the opening or closing under way, else None.
        holders: without a home: the scopes that keep it open.
        seen: without a home: the scopes that it was got in.
        due: the claim of whoever is about to close it, None if nobody is.
        late: exits of resources that were made from it before it was open.
        needs: exits of what its object was made from.
        asked: keys that the code which made its object asked for.
        is_discarded: whether it was made from what is closed, and must not be opened any more.
        is_aside: whether something stands in for it for a while; its exit has a number for a place then.
        mark: tells its own code, in whatever task, without a reference to it.
        rivals: the records that other containers have of the same object.
    """

    __slots__ = (
        "__weakref__",
        "asked",
        "binding",
        "claim",
        "due",
        "engine",
        "exit",
        "holders",
        "home",
        "is_aside",
        "is_discarded",
        "late",
        "mark",
        "needs",
        "obj",
        "rivals",
        "seen",
    )

    def __init__(self, engine: Any, binding: Binding, obj: Any, home: Scope | None) -> None:
        self.engine: Any = engine
        self.binding: Binding = binding
        self.obj: Any = obj
        self.home: Scope | None = home
        self.exit: Exit | None = None
        self.claim: Claim | None = None
        self.holders: list[Scope] = []
        self.seen: weakref.WeakSet[Scope] = weakref.WeakSet()
        self.due: Claim | None = None
        self.late: list[Exit] = []
        self.needs: list[Exit] = []
        self.asked: set[Any] = set()
        self.is_discarded: bool = False
        self.is_aside: bool = False
        self.mark: object = object()
        self.rivals: tuple[weakref.ref[Managed], ...] = ()

    def __repr__(self) -> str:
        return f"<Managed {self.binding.label} {'open' if self.is_open else 'not open'}>"

    @property
    def is_open(self) -> bool:
        """Whether it is open and its closing has not begun."""
        return self.exit is not None and not self.exit.done

    @property
    def is_due(self) -> bool:
        """Whether somebody is about to close it, and the running code is no part of that."""
        return self.due is not None and not self.due.done.is_set and not is_part_of(self.due)

    @property
    def came_open(self) -> bool:
        """Whether somebody else opened it, by hand or in another container: it is theirs to close."""
        return is_opened_by_user(self.obj) or any((other := ref()) is not None and other.is_open for ref in self.rivals)

    @property
    def value(self) -> Any:
        """What consumers get."""
        return self.exit.value if self.exit is not None and not self.exit.done else self.obj

    def is_own_code(self) -> bool:
        """Whether the running code is part of its own opening or closing."""
        return any(claim.mark is self.mark for claim in opening.get())


def is_open(obj: Any) -> bool | None:
    """Return whether *obj* is open; None if no container manages it."""
    record = record_of(obj)
    return None if record is None else record.is_open


def adopt(engine: Any, binding: Binding, home: Scope, obj: Any) -> None:
    """Make the record of *obj*, just made for *home*."""
    lifecycle = binding.lifecycle
    chain = openings()  # the last claim in it is that of the object itself
    floats = home.parent is None and binding.lifetime == AMBIENT and lifecycle is not None and lifecycle.is_lazy
    record = Managed(engine, binding, obj, None if floats and len(chain) == 1 else home)
    record.needs, record.asked = list(chain[-1].needs), set(chain[-1].asked)  # what its opening will be owed after
    records[id(obj)] = record
    adopt_orphan(obj)
    home.records[id(obj) if binding.lifetime == TRANSIENT else binding.key] = record


def bind_instance(engine: Any, binding: Binding) -> Managed:
    """Return the record of the bound instance of *binding*, made when first needed."""
    record: Managed | None = engine.instances.get(binding.key)
    if record is not None and record.obj is binding.target:
        return record
    known: Managed | None = records.get(id(binding.target))
    if known is not None and known.engine is engine and known in engine.instances.values():
        engine.instances[binding.key] = known  # one object under two keys is one resource
        return known
    adopt_orphan(binding.target)
    record = Managed(engine, binding, binding.target, engine.root if binding.lifetime == SINGLETON else None)
    if known is not None and known.engine is not engine:
        record.rivals = (weakref.ref(known), *known.rivals)
    engine.instances[binding.key] = records[id(binding.target)] = record
    return record


def drop(record: Managed) -> None:
    """Forget *record*, whose object must not be opened any more: the next request makes another."""
    key = record.binding.key
    with record.engine.lock:
        orphan(record.obj, record.binding.label)
        for scope in every_scope(record.engine.root):
            if scope.records.get(key) is record:
                del scope.records[key]
                scope.cache.pop(key, None)


def find_record(engine: Any, binding: Binding, scope: Scope) -> Managed | None:
    """Return the record that *scope* sees, None if the object is not made yet."""
    if binding.make is Make.VALUE:
        return bind_instance(engine, binding)
    if binding.lifetime == TRANSIENT:
        return None
    if binding.lifetime != AMBIENT:
        found: Managed | None = home_of(engine, binding, scope).records.get(binding.key)
        return found
    home: Scope | None = scope
    while home is not None:
        if binding.key in home.records:
            record: Managed = home.records[binding.key]
            return record
        home = home.parent
    return None


def home_of(engine: Any, binding: Binding, scope: Scope) -> Scope:
    """Return the scope that owns what *binding* makes when *scope* asks; ScopeNotOpenError if none is open."""
    if binding.lifetime == SINGLETON:
        return engine.root  # type: ignore[no-any-return]  # the engine's root is a Scope
    if binding.lifetime in (AMBIENT, TRANSIENT):
        return scope
    home: Scope | None = scope
    while home is not None and home.name != binding.lifetime:
        home = home.parent
    if home is None:
        raise ScopeNotOpenError(binding.key, binding.lifetime)
    return home


def note_dependent(engine: Any, binding: Binding, home: Scope, exit_: Exit) -> None:
    """Remember that *exit_* was made from objects that are not open yet: it will have to be closed before them."""
    for resource in engine.plans.facts(binding).resources:
        if is_managed(resource) and resource.lifetime != TRANSIENT:
            below = find_record(engine, resource, home)
            if below is not None and not below.is_open:
                below.late.append(exit_)
