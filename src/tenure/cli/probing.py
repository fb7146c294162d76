"""`tenure health`: start a container and ask how it is, or ask a running program at its address."""

import argparse
import contextlib
import http
import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from tenure.cli.amounts import seconds
from tenure.cli.finding import Refused, container_at
from tenure.cli.output import print_json, screen_on, table
from tenure.cli.planning import needs_loop, planned
from tenure.cli.text import Line, Span, Tone, duration, line, quiet, strong
from tenure.cli.traces import trimmed
from tenure.health.records import HealthReport, ResourceHealth
from tenure.observe.masking import masked

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Starts the container, makes every check of its health, tells what they said, and closes it; or, with --url, asks a
running program, whose probes docs/health.md describes. Exit status: 0 if it is healthy, or degraded without --strict;
1 if it is not, does not start, or does not answer; 2 if there is no such container or address.
"""

_TONES = {"healthy": Tone.GOOD, "pass": Tone.GOOD, "degraded": Tone.ACCENT, "warn": Tone.ACCENT, "unhealthy": Tone.BAD,
          "fail": Tone.BAD}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument("container", metavar="MODULE:CONTAINER", nargs="?", help="where the container is")
    parser.add_argument(
        "--url", metavar="URL", help="ask there instead, as in http://127.0.0.1:8000/readyz; without a path, /readyz"
    )
    parser.add_argument(
        "--timeout", type=seconds(or_more=False), default=10.0, metavar="SECONDS", help="for --url (%(default)g)"
    )
    parser.add_argument("--json", action="store_true", help="write JSON instead of text")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 if it is degraded")
    parser.add_argument(
        "--backend",
        choices=("asyncio", "uvloop", "trio"),
        help="what runs it; else asyncio, or no event loop where nothing is asynchronous",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    if (arguments.container is None) is (arguments.url is None):
        raise Refused("say either MODULE:CONTAINER or --url")
    return _ask_there(arguments) if arguments.url is not None else _start_and_ask(arguments)


def _start_and_ask(arguments: argparse.Namespace) -> int:
    from tenure.health.reporting import report, report_sync  # noqa: PLC0415 - imported on use: --url needs none
    from tenure.runner import run as run_inside  # noqa: PLC0415 - as above

    container = container_at(arguments.container)

    async def ask() -> HealthReport:
        return await report(container)

    def ask_sync() -> HealthReport:
        return report_sync(container)

    try:
        with contextlib.redirect_stdout(sys.stderr):  # what the resources say is not the answer
            has_loop = arguments.backend or needs_loop(planned(container))
            found: HealthReport = run_inside(container, ask if has_loop else ask_sync, backend=arguments.backend)
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        raise Refused("it did not start and close well", 1, trimmed(error)) from None
    if arguments.json:
        print_json(_told(arguments.container, found))
    else:
        screen_on(sys.stdout).say(_lines(arguments.container, found), whole=True)
    fine = ("healthy",) if arguments.strict else ("healthy", "degraded")
    return 0 if found.status in fine else 1


def _told(source: str, report: HealthReport) -> dict[str, Any]:
    return {
        "shape": 1, "container": source, "status": report.status, "state": report.state,
        **{name: {"ok": probe.ok, "reasons": list(probe.reasons)} for name, probe in _probes(report).items()},
        "resources": [_told_resource(each) for each in report.resources],
    }  # fmt: skip


def _probes(report: HealthReport) -> dict[str, Any]:
    return {"live": report.liveness, "ready": report.readiness, "started": report.startup}


def _told_resource(each: ResourceHealth) -> dict[str, Any]:
    return {
        "name": each.label, "status": each.status, "state": each.state, "took_s": each.took_s,
        "error": None if each.error is None else masked(each.error), "error_type": each.error_type,
        "root_causes": list(each.root_causes), "is_critical": each.is_critical, "is_liveness": each.is_liveness,
    }  # fmt: skip


def _lines(source: str, report: HealthReport) -> list[Line]:
    said = ", ".join(name if probe.ok else f"not {name}" for name, probe in _probes(report).items())
    lines = [line(strong(source), " is ", Span(report.status, _TONES[report.status]), quiet(f" ({said})"))]
    lines += [line(f"  {reason}") for probe in _probes(report).values() for reason in probe.reasons]
    rows: list[list[str | Span]] = []
    for each in report.resources:
        took = "-" if each.took_s is None else duration(each.took_s).strip()
        because = f"because of {', '.join(each.root_causes)}" if each.root_causes else ""
        note = masked(each.error) if each.error is not None else because
        rows.append([each.label, Span(each.status, _TONES.get(each.status, Tone.QUIET)), each.state, took, quiet(note)])
    return [*lines, *(table(("resource", "status", "state", "check took", ""), rows, right=(3,)) if rows else [])]


def _ask_there(arguments: argparse.Namespace) -> int:
    address = _address(arguments.url)
    code, body = _get(address, arguments.timeout)
    if arguments.json:
        print_json({"shape": 1, "url": arguments.url, "code": code, "answer": body})
    else:
        screen_on(sys.stdout).say(_answer_lines(arguments.url, code, body), whole=True)
    is_warned = isinstance(body, dict) and body.get("status") == "warn"
    return 0 if code == 200 and not (arguments.strict and is_warned) else 1


def _address(url: str) -> str:
    no_address = Refused(f"{url!r} is no address; say it as http://127.0.0.1:8000/readyz")
    try:
        parts = urllib.parse.urlsplit(url)
        port = parts.port
    except ValueError:  # brackets that do not match, a port that is none
        raise no_address from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise no_address
    path = parts.path if parts.path.strip("/") else "/readyz"
    return urllib.parse.urlunsplit(parts._replace(path=path, query=parts.query or "verbose", fragment=""))


def _get(address: str, timeout_s: float) -> tuple[int, Any]:
    request = urllib.request.Request(address, headers={"Accept": "application/health+json, application/json"})  # noqa: S310 - http or https, as seen
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310 - as above
            return answer.status, _parsed(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _parsed(error.read())
    except (OSError, ValueError, http.client.HTTPException) as error:  # refused, unknown, too late, no HTTP
        reason = getattr(error, "reason", error)
        said = str(reason).strip() or type(reason).__name__
        who = "no server of HTTP" if isinstance(error, http.client.HTTPException) else "nobody"
        raise Refused(f"{who} answers at {address}: {said}", 1) from None


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _answer_lines(url: str, code: int, body: Any) -> list[Line]:
    status = body.get("status") if isinstance(body, dict) else None
    if status not in _TONES:
        example = urllib.parse.urlunsplit(urllib.parse.urlsplit(url)._replace(path="/health/readyz", query=""))
        hint = f"; say where the probe is, as in {example}" if code == http.HTTPStatus.NOT_FOUND else ""
        return [line(strong(url), f" answers {code}, ", "and no report of health", hint)]
    lines = [line(strong(url), " says ", Span(status, _TONES[status]), quiet(f" ({code})"))]
    lines += [line(f"  {note}") for note in body.get("notes", ())]
    rows: list[list[str | Span]] = []
    for name, checks in body.get("checks", {}).items():
        for check in checks:
            took = duration(check["observedValue"]).strip() if "observedValue" in check else "-"
            health = str(check.get("health", check.get("status", "")))
            note = str(check.get("output", "")) or ", ".join(check.get("rootCauses", ()))
            label = name.removesuffix(":responseTime")
            rows.append([label, Span(health, _TONES.get(health, Tone.QUIET)), str(check.get("state", "")), took, note])
    return [*lines, *(table(("resource", "status", "state", "check took", ""), rows, right=(3,)) if rows else [])]
