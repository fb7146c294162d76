"""What is open now, as frozen records: for screens, health and tests. Opens nothing."""

import time
from collections.abc import Iterator
from typing import Any

from tenure.keys import Key
from tenure.lifecycle.exits import Exit
from tenure.record import record
from tenure.runtime.scope import Scope, State


@record
class ResourceView:
    """One resource that is open, opening or closing."""

    id: int
    """As in its events; 0 while it opens."""
    key: Key
    label: str
    scope: str
    scope_id: int
    state: str
    """"opening", "open" or "closing"."""
    age_s: float
    """Seconds since it was opened; 0 while it opens."""


@record
class ScopeView:
    """One scope that has been entered and not been left."""

    id: int
    name: str
    parent_id: int | None
    state: str
    """"open" or "closing"."""


@record
class Snapshot:
    """A container at one moment."""

    state: str
    """"open", "closing" or "closed"."""
    resources: tuple[ResourceView, ...]
    scopes: tuple[ScopeView, ...]
    """Open scopes, the root first."""


def snapshot(engine: Any) -> Snapshot:
    """Return what *engine* holds now."""
    now = time.perf_counter()
    scopes = list(_scopes(engine.root))
    resources: dict[Any, ResourceView] = {}
    for scope in scopes:
        for exit_ in list(scope.exits.values()):
            if not exit_.is_over:
                resources.setdefault(exit_.number, _view(exit_, scope, now))
        for claim in list(scope.inflight.values()):
            for b in claim.bindings:
                if b.lifecycle is not None:
                    view = ResourceView(0, b.key, b.label, scope.name, scope.number, "opening", 0.0)
                    resources[claim, b.key] = view
    views = tuple(
        ScopeView(s.number, s.name, s.parent.number if s.parent else None, s.state.value)
        for s in scopes
        if s.state is not State.CLOSED
    )
    return Snapshot(engine.root.state.value, tuple(resources.values()), views)


def _view(exit_: Exit, scope: Scope, now: float) -> ResourceView:
    binding = exit_.binding
    state = "closing" if exit_.done else "open"
    return ResourceView(
        exit_.number, binding.key, binding.label, scope.name, scope.number, state, now - exit_.opened_at
    )


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for child in sorted(scope.children, key=lambda child: child.number):
        yield from _scopes(child)


def open_exits(scope: Scope) -> Iterator[Exit]:
    """Return the open resources that *scope* sees, outer ones first."""
    chain = []
    at: Scope | None = scope
    while at is not None:
        chain.append(at)
        at = at.parent
    for each in reversed(chain):
        yield from (exit_ for exit_ in list(each.exits.values()) if not exit_.done)
