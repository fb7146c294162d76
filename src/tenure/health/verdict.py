"""What outcomes mean for the whole: root causes, the three probes, the status. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from tenure.health.answers import Outcome
from tenure.health.records import HealthReport, Overall, Probe, ResourceHealth, State, Status
from tenure.health.subjects import Subject
from tenure.keys import Key

FAILING = ("unhealthy", "degraded")


def status_of(subject: Subject, outcome: Outcome | None) -> Status:
    """Return the status of *subject*, whose check, if it has one, ended with *outcome*."""
    if subject.state != "open":
        return "not open"
    if outcome is None:
        return "unknown"
    if outcome.status in FAILING and subject.exit is not None and subject.exit.done:
        return "not open"  # it was closed while it was being asked
    return outcome.status


def resource_health(
    subject: Subject, outcome: Outcome | None, status: Status, since: datetime, causes: tuple[str, ...]
) -> ResourceHealth:
    """Return what a report tells of *subject*."""
    common = {
        "key": subject.key, "label": subject.label, "status": status, "since": since, "root_causes": causes,
        "is_critical": subject.health.critical, "is_liveness": subject.health.liveness,
    }  # fmt: skip
    if status == "not open":
        return ResourceHealth(**common, state="closing" if subject.state == "open" else subject.state)
    if outcome is None:
        return ResourceHealth(**common)
    return ResourceHealth(
        **common, took_s=outcome.took_s, error=outcome.error, error_type=outcome.error_type, checked_at=outcome.at,
        details=outcome.details,
    )  # fmt: skip


def causes_of(failing: Iterable[Key], above: Mapping[Key, Sequence[Key]]) -> dict[Key, list[Key]]:
    """
    Return, for everything above one of *failing*, which of them explain it: those that nothing failing explains.

    Args:
        failing: keys.
        above: by key, the keys that need it directly.
    """
    failing = list(dict.fromkeys(failing))
    explained = _reach(failing, above)
    causes: dict[Key, list[Key]] = {}
    for key in failing:
        if key not in explained:
            for dependent in _reach((key,), above):
                causes.setdefault(dependent, []).append(key)
    return causes


def _reach(keys: Iterable[Key], above: Mapping[Key, Sequence[Key]]) -> dict[Key, None]:
    """Return everything that needs one of *keys*, directly or not; one of them only where another leads to it."""
    queue = list(keys)
    found: dict[Key, None] = {}
    while queue:
        for dependent in above.get(queue.pop(), ()):
            if dependent not in found:
                found[dependent] = None
                queue.append(dependent)
    return found


def report_of(state: State, has_started: bool, resources: tuple[ResourceHealth, ...], took_s: float) -> HealthReport:
    """Return the report of *resources*, in a container in *state*."""
    liveness = _probe(_reasons(resources, lambda each: each.is_liveness))
    serving = () if state == "started" else (f"the container is {state}",)
    readiness = _probe((*serving, *_reasons(resources, lambda each: each.is_critical or each.is_liveness)))
    startup = _probe(() if has_started else (f"the container is {state}",))
    status = _overall(liveness, readiness, resources)
    return HealthReport(status, state, liveness, readiness, startup, resources, took_s)


def _reasons(resources: Iterable[ResourceHealth], counts: Callable[[ResourceHealth], bool]) -> tuple[str, ...]:
    return tuple(
        f"{each.label} is unhealthy" + (f" because of {', '.join(each.root_causes)}" if each.root_causes else "")
        for each in resources
        if each.status == "unhealthy" and counts(each)
    )


def _probe(reasons: tuple[str, ...]) -> Probe:
    return Probe(not reasons, reasons)


def _overall(liveness: Probe, readiness: Probe, resources: Iterable[ResourceHealth]) -> Overall:
    if not (liveness and readiness):
        return "unhealthy"
    return "degraded" if any(each.status in FAILING for each in resources) else "healthy"
