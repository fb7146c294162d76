"""Which exits a resource was made from, and who has to know: what closes before what (L18)."""

from typing import Any

from tenure.keys import Key
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.owner import Owner
from tenure.model.binding import Binding
from tenure.runtime.scope import Scope


def tell_owners(exit_: Exit, owner: Owner | None) -> None:
    """Let the owners of what *exit_* needs know whom they outlive, should the loop end before anybody closes."""
    if owner is not None:
        for need in exit_.needs:
            if need.owner is not None:
                need.owner.outlive(owner.done)


def needs_of(engine: Any, binding: Binding, home: Scope, claim: Claim) -> tuple[Exit, ...]:
    """Return the exits of the resources that *binding* was made from: declared ones and those asked for meanwhile."""
    found = {need.number: need for need in claim.needs if not need.done}
    for resource in engine.plans.facts(binding).resources:
        exit_ = exit_of(engine, resource.key, home)
        if exit_ is not None and not exit_.done:
            found[exit_.number] = exit_
    return tuple(found.values())


def exit_of(engine: Any, key: Key, scope: Scope) -> Exit | None:
    """Return the exit of the resource *key* that *scope* sees, None if it is not open."""
    home: Scope | None = scope
    while home is not None:
        if key in home.exits:
            return home.exits[key]
        home = home.parent
    record = engine.instances.get(key)
    return record.exit if record is not None else None
