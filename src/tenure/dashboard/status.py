"""
What changes while somebody looks, as data for JSON: states, ages, scopes, pools, errors, health, timelines. Names only.

Times of the past are told as seconds since 1970, so that what has not changed is told in the same words again. Of an
error its class is told; its text, which may hold any value, only on request, masked.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tenure.dashboard.failures import Failures
from tenure.health.records import HealthReport, ResourceHealth
from tenure.keys import Key
from tenure.observe.inspection import BindingNow, ErrorNow, Inspection, ResourceNow, ScopeNow
from tenure.observe.masking import masked
from tenure.observe.timeline import Timeline

MOST_SCOPES = 50
"""How many open scopes are listed, the oldest first; the page says how many there are."""
MOST_SPANS = 400
"""How many openings or closings of a timeline are told, the first ones."""
LONGEST = 300
"""How many characters of an error's text are told."""


def status_of(
    seen: Inspection,
    report: HealthReport | None,
    failures: Failures,
    ids: Mapping[Key, str],
    started: Timeline | None,
    *,
    details: bool,
) -> dict[str, Any]:
    """
    Return what the page shows besides the graph and the timelines.

    Args:
        seen: the container now.
        report: its health, None where that cannot be told.
        failures: of its openings.
        ids: of the nodes on the page, by key.
        started: the last start that was seen; it knows how long openings took before somebody looked.
        details: whether texts of errors are told.
    """
    took_s = {span.label: span.elapsed_s for span in started.spans} if started is not None else {}
    health = {each.key: each for each in report.resources} if report is not None else {}
    by_name = _by_name(seen.resources)
    nodes = {
        ids[binding.key]: _node(binding, by_name.get(binding.name, []), health, failures, seen.at, took_s)
        for binding in seen.bindings
        if binding.key in ids
    }
    return {
        "state": seen.state,
        "pid": seen.pid,
        "watched": seen.counts is not None,
        "nodes": nodes,
        "n_resources": seen.n_resources,
        "n_scopes": seen.n_scopes,
        "n_entered": failures.n_entered,
        "scopes": [_scope(each, seen.at) for each in seen.scopes[:MOST_SCOPES]],
        "pools": [{name: getattr(pool, name) for name in _POOL} for pool in seen.pools],
        "errors": [_error(each, details=details) for each in seen.errors],
        "n_errors": seen.counts.errors if seen.counts is not None else 0,
        "health": _health(report, details=details) if report is not None else None,
    }


_POOL = ("name", "state", "min_size", "max_size", "n_idle", "n_out", "n_making", "n_waiting", "n_timeouts", "n_late")


def _by_name(resources: Iterable[ResourceNow]) -> dict[str, list[ResourceNow]]:
    found: dict[str, list[ResourceNow]] = {}
    for resource in resources:
        found.setdefault(resource.name, []).append(resource)
    return found


def _node(
    binding: BindingNow, open_: list[ResourceNow], health: Mapping[Key, ResourceHealth], failures: Failures, now: float,
    took_s: Mapping[str, float],
) -> dict[str, Any]:  # fmt: skip
    failed = failures.of(binding.key)
    state = "failed" if failed is not None and binding.state == "not open" else binding.state
    found: dict[str, Any] = {"state": state, "n": binding.n_open}
    oldest = max(open_, key=lambda each: each.age_s or 0.0, default=None)
    if oldest is not None and oldest.age_s is not None:
        found["since"] = _past(now, oldest.age_s)
    if oldest is not None and oldest.state in ("open", "closing"):
        found["open_s"] = oldest.open_s if oldest.scope != "root" else oldest.open_s or took_s.get(oldest.name)
    if oldest is not None and oldest.state == "waiting":
        found["waits_for"] = list(oldest.waits_for)
    if failed is not None:
        found["error"] = failed
    status = health.get(binding.key)
    if status is not None and status.status not in ("unknown", "not open"):
        found["health"] = status.status
    return found


def _past(now: float, age_s: float) -> float:
    return round(now - age_s, 1)


def _scope(scope: ScopeNow, now: float) -> dict[str, Any]:
    since = None if scope.age_s is None else _past(now, scope.age_s)
    return {"id": scope.id, "name": scope.name, "state": scope.state, "since": since, "n": scope.n_resources}


def _error(error: ErrorNow, *, details: bool) -> dict[str, Any]:
    name, _, text = error.error.partition(": ")
    if error.act == "abandon":  # no error of the user's: its text is ours
        name, text, details = "", error.error, True
    found = {"at": round(error.at, 3), "act": error.act, "name": error.name, "scope": error.scope, "error": name}
    return found | ({"text": text[:LONGEST]} if details and text else {})


def _health(report: HealthReport, *, details: bool) -> dict[str, Any]:
    probes = {"live": report.liveness, "ready": report.readiness, "started": report.startup}
    return {
        "status": report.status,
        "probes": {name: [probe.ok, list(probe.reasons)] for name, probe in probes.items()},
        "resources": [_checked(each, details=details) for each in report.resources if each.status != "unknown"],
        "n_unknown": sum(each.status == "unknown" for each in report.resources),
    }


def _checked(each: ResourceHealth, *, details: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": each.label, "status": each.status, "critical": each.is_critical, "causes": list(each.root_causes),
        "error": each.error_type,
    }  # fmt: skip
    if each.took_s is not None:
        found["took_s"] = round(each.took_s, 6)
    if each.since is not None:
        found["since"] = round(each.since.timestamp(), 1)
    if details and each.error is not None:
        found["text"] = masked(each.error)[:LONGEST]
    return found


def timeline_of(timeline: Timeline, *, details: bool) -> dict[str, Any]:
    """Return what the page draws of *timeline*."""
    labels = {span.id: span.label for span in timeline.spans}
    critical = frozenset(timeline.critical)
    return {
        "act": timeline.act,
        "elapsed_s": timeline.elapsed_s,
        "critical_s": timeline.critical_s,
        "error": _told(timeline.error, details=details),
        "n_more": max(len(timeline.spans) - MOST_SPANS, 0) + timeline.n_dropped,
        "spans": [
            {
                "label": span.label, "scope": span.scope, "began_s": span.began_s, "elapsed_s": span.elapsed_s,
                "idle_s": span.idle_s, "after": [labels[id] for id in span.waited_for if id in labels],
                "critical": span.id in critical, "outcome": span.outcome, "retries": span.n_retries,
                "error": _told(span.error, details=details),
            }
            for span in timeline.spans[:MOST_SPANS]
        ],
    }  # fmt: skip


def _told(error: str | None, *, details: bool) -> str | None:
    """Return the class of an error that is told as its class and text; with *details* the text as well, masked."""
    if error is None:
        return None
    return masked(error)[:LONGEST] if details else error.partition(":")[0]
