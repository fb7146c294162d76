"""Which exits a resource was made from, and who has to know: what closes before what (L18)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tenure.keys import Key
from tenure.lifecycle.claim import Claim
from tenure.lifecycle.exits import Exit
from tenure.lifecycle.owner import Owner
from tenure.model.binding import TRANSIENT, Binding
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
    facts = engine.plans.facts(binding)
    keys = [resource.key for resource in facts.resources]
    if claim.asked or engine.graph.learned:
        keys += _reached(engine, (*claim.asked, *_learned(engine.graph, facts.shared)))
    for key in keys:
        exit_ = exit_of(engine, key, home)
        if exit_ is not None and not exit_.done:
            found[exit_.number] = exit_
    return tuple(found.values())


def learn(engine: Any, binding: Binding, claim: Claim) -> None:
    """Remember what the code of *binding* asked for while it ran: whatever happens to that concerns it (L20)."""
    if claim.asked:
        engine.graph.learned.setdefault(binding.key, set()).update(claim.asked)
        engine.forget_swift()


def note_fed(binding: Binding, claim: Claim) -> None:
    """Let what is made anew each time know which shared value took it: nobody finds that by key."""
    if binding.lifetime != TRANSIENT:
        for need in claim.needs:
            if need.binding.lifetime == TRANSIENT:
                need.fed = (*need.fed, binding.key)


def _learned(graph: Any, keys: Iterable[Key]) -> list[Key]:
    return [asked for key in keys for asked in tuple(graph.learned.get(key, ()))] if graph.learned else []


def _reached(engine: Any, asked: Sequence[Key]) -> Iterator[Key]:
    """Yield the keys of the nearest resources that *asked*, or what plain values among it are made from, leads to."""
    queue, seen = list(asked), set[Key]()
    for key in queue:  # it grows while it is walked
        binding = engine.graph.find(key) if key not in seen else None
        seen.add(key)
        if binding is None:
            continue
        if binding.lifecycle is not None:
            yield binding.key
            continue
        facts = engine.plans.facts(binding)
        yield from (resource.key for resource in facts.resources)
        queue += _learned(engine.graph, (binding.key, *facts.shared))


def exit_of(engine: Any, key: Key, scope: Scope) -> Exit | None:
    """Return the exit of the resource *key* that *scope* sees, None if it is not open."""
    home: Scope | None = scope
    while home is not None:
        exit_ = home.exits.get(key)
        if exit_ is not None:
            return exit_
        home = home.parent
    record = engine.instances.get(key)
    return record.exit if record is not None else None
