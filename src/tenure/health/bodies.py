"""
What is answered to a request for a probe: status, headers and body, from method, path, query and a report.

Pure. The body is that of draft-inadarei-api-health-check-06, as far as it goes; what a report says beyond it stands
beside it.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from tenure.health.records import HealthReport, Probe, ResourceHealth
from tenure.health.reporting import Wanted, everything, liveness_only, nothing
from tenure.record import record

METHODS = ("GET", "HEAD")
CONTENT_TYPE = "application/health+json"


@record
class Route:
    """One address."""

    wanted: Wanted
    """Which checks are made for it."""
    probe: Callable[[HealthReport], Probe]
    """Whose answer it is."""


ROUTES: dict[str, Route] = {
    "/livez": Route(liveness_only, lambda report: report.liveness),
    "/readyz": Route(everything, lambda report: report.readiness),
    "/startupz": Route(nothing, lambda report: report.startup),
}


@record
class Answer:
    """What is sent."""

    code: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def refusal(method: str, path: str) -> Answer | None:
    """Return the answer to a request that needs no report, None to one that does."""
    if path not in ROUTES:
        return _answer(404, {"status": "fail", "notes": [f"there are only {', '.join(ROUTES)}"]}, method)
    if method not in METHODS:
        return _answer(405, {"status": "fail", "notes": ["only GET and HEAD"]}, method, ("Allow", ", ".join(METHODS)))
    return None


def answer(method: str, path: str, query: str, report: HealthReport, *, details: bool) -> Answer:
    """
    Return the answer to a request for which *report* was made.

    Args:
        method: GET or HEAD.
        path: one of `ROUTES`.
        query: as in the address; with `verbose` the body tells every check.
        report: the report.
        details: whether texts of errors are told, and what checks say besides their status.
    """
    route = ROUTES[path]
    probe = route.probe(report)
    is_warned = path == "/readyz" and report.status == "degraded"
    body: dict[str, Any] = {"status": ("warn" if is_warned else "pass") if probe.ok else "fail"}
    body["notes"] = [f"the container is {report.state}"]
    if _is_verbose(query):
        body["notes"] += [reason for reason in probe.reasons if reason not in body["notes"]]
        body["checks"] = _checks(report, path, details)
    return _answer(200 if probe.ok else 503, body, method)


def _is_verbose(query: str) -> bool:
    said = parse_qs(query, keep_blank_values=True).get("verbose")
    return said is not None and said[-1].lower() not in ("0", "false", "no")


def _checks(report: HealthReport, path: str, details: bool) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for each in report.resources:
        if path != "/livez" or each.is_liveness:
            found.setdefault(f"{each.label}:responseTime", []).append(_check(each, details))
    return found


def _check(each: ResourceHealth, details: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"componentType": "component", "state": each.state, "critical": each.is_critical}
    if each.status in _WORDS:  # the draft has no word for the others
        found["status"] = "warn" if each.status == "unhealthy" and not each.is_critical else _WORDS[each.status]
    found["health"] = each.status
    if each.took_s is not None:
        found |= {"observedValue": round(each.took_s, 6), "observedUnit": "s"}
    if each.checked_at is not None:
        found["time"] = _shown(each.checked_at)
    if each.since is not None:
        found["since"] = _shown(each.since)
    if each.root_causes:
        found["rootCauses"] = list(each.root_causes)
    if details and each.error is not None:
        found["output"] = each.error
    if details and each.details:
        found["details"] = dict(each.details)
    return found


_WORDS: dict[str, str] = {"healthy": "pass", "degraded": "warn", "unhealthy": "fail"}


def _shown(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _answer(code: int, body: dict[str, Any], method: str, *headers: tuple[str, str]) -> Answer:
    text = json.dumps(body).encode()
    usual = (("Content-Type", CONTENT_TYPE), ("Content-Length", str(len(text))), ("Cache-Control", "no-store"))
    return Answer(code, (*usual, *headers), b"" if method == "HEAD" else text)
