"""
`inspection_of`: a container of either face as it is now, for `tenure top`, the dashboard and whoever else looks on.

Reads the engine's tables at this moment; makes, opens, asks and waits for nothing. Any thread may call it.
"""

import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tenure.binder import Binder
from tenure.errors import BindingError, MissingBindingError
from tenure.health.states import state_of
from tenure.keys import Key, class_of
from tenure.lifecycle.exits import Exit
from tenure.model.binding import NOTHING, Binding, Make
from tenure.model.bounds import check_count
from tenure.model.graph import Graph
from tenure.observe.inspection import BindingNow, HealthNow, Inspection, PoolNow, ResourceNow, ScopeNow
from tenure.observe.watch import Watch
from tenure.runtime.scope import Scope, State, every_scope

MOST = 1000
"""How many resources, and how many scopes, an inspection lists where nothing else is said."""


def inspection_of(container: Any, watch: Watch | None = None, *, limit: int = MOST) -> Inspection:
    """
    Return *container* as it is now; opens nothing, checks nothing and raises nothing of the user's.

    Args:
        container: of either face.
        watch: of that container, made before what it shall tell of; None: times of openings, ages of scopes, errors
            and the slowest are not known.
        limit: how many resources and how many scopes are listed, >= 1; the container's own and the oldest come first,
            and the inspection says how many there are.

    Raises:
        BindingError: *container* is none, or *limit* is less than 1.
    """
    check_count("limit", limit)
    engine = engine_of(container)
    now = time.perf_counter()
    bindings = [binding for binding in list(engine.graph) if not binding.is_self]
    names = names_of(bindings)
    scopes = [scope for scope in every_scope(engine.root) if scope.state is not State.CLOSED]
    found: dict[Any, tuple[ResourceNow, Key]] = {}
    pools: dict[int, PoolNow] = {}
    owned: Counter[int] = Counter()
    for scope in scopes:
        for identity, resource, key, value in _resources_in(scope, names, watch, now):
            if identity not in found:
                found[identity] = resource, key
                owned[scope.number] += 1
                _note_pool(pools, value)
    resources = [resource for resource, _ in found.values()]
    inner = [_scope_now(each, watch, now, owned[each.number]) for each in scopes if each.parent is not None]
    counts, slowest = watch.counts_and_slowest() if watch is not None else (None, ())
    return Inspection(
        time.time(), os.getpid(), state_of(engine),
        tuple(_bindings_now(engine.graph, bindings, names, list(found.values()))),
        tuple(resources[:limit]), tuple(inner[:limit]), tuple(pools.values()), slowest,
        watch.errors() if watch is not None else (), counts, _health(container, names), len(resources), len(inner),
    )  # fmt: skip


def engine_of(container: Any) -> Any:
    """
    Return the engine of *container*, with every provider of a declarative one in its graph.

    Raises:
        BindingError: it is no container.
    """
    if isinstance(container, Binder):
        return container.engine
    if isinstance(container, type) or not hasattr(type(container), "__tenure_engine__"):
        raise BindingError(f"a container is inspected, not {container!r}")
    engine = container.__tenure_engine__
    for provider in container.traverse():
        if provider not in engine.graph.bindings:
            engine.graph.find(provider)
    return engine


def names_of(bindings: Iterable[Binding]) -> dict[Key, str]:
    """Return a name for each key: as shown, with the module before it where another is shown alike."""
    listed = list(bindings)
    n_of = Counter(binding.label for binding in listed)
    names: dict[Key, str] = {}
    taken: Counter[str] = Counter()
    for binding in listed:
        name = binding.label
        cls = class_of(binding.key)
        if n_of[name] > 1 and cls is not None:
            name = f"{cls.__module__}.{name}"
        taken[name] += 1
        names[binding.key] = name if taken[name] == 1 else f"{name} ({taken[name]})"
    return names


def _resources_in(
    scope: Scope, names: Mapping[Key, str], watch: Watch | None, now: float
) -> Iterator[tuple[Any, ResourceNow, Key, Any]]:
    """Yield the resources of *scope*, each with what tells it from others, its key and its value."""
    for exit_ in list(scope.exits.values()):
        if not (exit_.is_over or exit_.is_foreign):
            yield exit_.number, _open_now(exit_, scope, names, watch, now), exit_.binding.key, exit_.value
    for claim in list(scope.inflight.values()):
        for binding in claim.bindings:
            if binding.lifecycle is not None and not claim.closes:
                resource = _opening_now(claim, binding, scope, names, watch, now)
                yield (id(claim), binding.key), resource, binding.key, None


def _open_now(exit_: Exit, scope: Scope, names: Mapping[Key, str], watch: Watch | None, now: float) -> ResourceNow:
    binding = exit_.binding
    return ResourceNow(
        exit_.number, names.get(binding.key, binding.label), scope.name, scope.number,
        "closing" if exit_.done else "open", is_async(binding), now - exit_.opened_at,
        watch.open_s(exit_.number) if watch is not None else None,
        tuple(need.number for need in exit_.needs if not need.is_over),
    )  # fmt: skip


def _opening_now(
    claim: Any, binding: Binding, scope: Scope, names: Mapping[Key, str], watch: Watch | None, now: float
) -> ResourceNow:
    below = [each for each in tuple(claim.waits_for) if not each.done.is_set]
    waits_for = tuple(names.get(each.binding.key, each.binding.label) for each in below)
    began = watch.opening_at(binding.key, scope.number) if watch is not None else None
    return ResourceNow(
        0, names.get(binding.key, binding.label), scope.name, scope.number,
        "waiting" if waits_for and began is None else "opening", is_async(binding),
        None if began is None else now - began, None, (), waits_for,
    )  # fmt: skip


def _scope_now(scope: Scope, watch: Watch | None, now: float, n_resources: int) -> ScopeNow:
    entered = watch.entered_at(scope.number) if watch is not None else None
    age_s = None if entered is None else now - entered
    parent_id = scope.parent.number if scope.parent is not None else None
    return ScopeNow(scope.number, scope.name, parent_id, scope.state.value, age_s, n_resources)


def _note_pool(pools: dict[int, PoolNow], value: Any) -> None:
    from tenure.pool import Pool  # noqa: PLC0415 - imported on use: who looks on has the time

    if isinstance(value, Pool) and id(value) not in pools:
        s = value.stats()
        pools[id(value)] = PoolNow(
            s.name, s.state, s.min_size, s.max_size, s.n_idle, s.n_out, s.n_making, s.n_waiting, s.n_timeouts, s.n_late
        )


def _bindings_now(
    graph: Graph, bindings: Iterable[Binding], names: Mapping[Key, str], found: list[tuple[ResourceNow, Key]]
) -> Iterator[BindingNow]:
    states: dict[Key, set[str]] = {}
    n_open: Counter[Key] = Counter()
    for resource, key in found:
        states.setdefault(key, set()).add("opening" if resource.state == "waiting" else resource.state)
        n_open[key] += resource.state == "open"
    for binding in bindings:
        key, own = binding.key, states.get(binding.key, ())
        state = next((each for each in ("opening", "open", "closing") if each in own), "not open")
        yield BindingNow(
            names[key], binding.lifetime, binding.lifecycle is not None, is_async(binding),
            tuple(_needed(graph, binding, names)), binding.where, state, n_open[key], key,
        )  # fmt: skip


def is_async(binding: Binding) -> bool:
    """Tell whether *binding* has to be awaited, to be made or to be closed."""
    lifecycle = binding.lifecycle
    return binding.make is Make.AWAIT or (lifecycle is not None and lifecycle.is_async)


def _needed(graph: Graph, binding: Binding, names: Mapping[Key, str]) -> dict[str, None]:
    """Return the names of what *binding* needs; what nothing makes is left out."""
    found: dict[str, None] = {}
    for need in binding.needs:
        if need.key is NOTHING:
            continue
        try:
            sources = graph.edge(binding, need).sources
        except MissingBindingError:
            continue
        found.update((names.get(source.key, source.label), None) for _, source in sources)
    asked = (*binding.later, *tuple(graph.learned.get(binding.key, ())))
    found.update((names[key], None) for key in asked if key in names)
    return found


def _health(container: Any, names: Mapping[Key, str]) -> HealthNow | None:
    """Return what the last checks said; makes none."""
    from tenure.health.reporting import look_sync, nothing  # noqa: PLC0415 - imported on use, as above

    try:
        report = look_sync(container, nothing)
    except Exception:  # noqa: BLE001 - it reads what the user declared, which may raise anything
        return None
    reasons = [f"{name}: {reason}" for name, probe in (
        ("live", report.liveness), ("ready", report.readiness), ("started", report.startup)
    ) for reason in probe.reasons]  # fmt: skip
    resources = tuple((names.get(each.key, each.label), each.status) for each in report.resources)
    return HealthNow(
        report.status, bool(report.liveness), bool(report.readiness), bool(report.startup), tuple(reasons), resources
    )
