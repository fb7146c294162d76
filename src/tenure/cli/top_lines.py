"""What `tenure top` shows of one inspection. Pure: a dict of `Inspection.as_dict` in, lines out."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from tenure.cli.output import number_of, table
from tenure.cli.text import EMPTY, Glyphs, Line, Span, Tone, line, quiet, shorten, strong

_TONES = {
    "open": Tone.GOOD,
    "opening": Tone.ACCENT,
    "waiting": Tone.QUIET,
    "closing": Tone.ACCENT,
    "healthy": Tone.GOOD,
    "degraded": Tone.ACCENT,
    "unhealthy": Tone.BAD,
}
N_SCOPES, N_SLOWEST, N_ERRORS = 5, 5, 5


def top_lines(seen: Mapping[str, Any], width: int, height: int | None, glyphs: Glyphs) -> list[Line]:
    """
    Return what is shown of the inspection *seen*.

    Args:
        seen: as `Inspection.as_dict` gives it.
        width: columns that there are.
        height: lines that there are; resources are left out, and counted, where they would not fit. None: all.
        glyphs: the signs to draw with.
    """
    below = [
        *_section(_pools(seen)),
        *_section(_scopes(seen)),
        *_section(_slowest(seen)),
        *_section(_errors(seen, width, glyphs)),
    ]
    head = _head(seen)
    rows = _resources(seen)
    room = len(rows) if height is None else max(height - len(head) - len(below) - 3, 3)
    shown = rows[:room]
    lines = [*head, EMPTY, *table(("resource", "scope", "state", "age", "opened in", "needs"), shown, right=(3, 4))]
    if len(shown) < len(rows):
        lines.append(line(quiet(f"{glyphs.more} {len(rows) - len(shown)} more")))
    return [*lines, *below]


def _head(seen: Mapping[str, Any]) -> list[Line]:
    resources = seen["resources"]
    n_busy = sum(each["state"] != "open" for each in resources)
    parts = [strong(f"{seen.get('program') or 'process'} "), quiet(f"(pid {seen['pid']})  ")]
    parts += [Span(seen["state"], Tone.GOOD if seen["state"] == "started" else Tone.ACCENT), Span("  ")]
    parts += [Span(f"{number_of(seen['n_resources'], 'resource')}, {n_busy} opening or closing, ")]
    parts += [Span(number_of(seen["n_scopes"], "scope"))]
    lines = [tuple(parts)]
    health = seen["health"]
    if health is not None:
        unwell = [name for name, status in health["resources"].items() if status in ("unhealthy", "degraded")]
        why = "; ".join([*health["reasons"], *([", ".join(unwell)] if unwell else [])])
        said = quiet(f": {why}" if why else "")
        lines.append(line("health  ", Span(health["status"], _TONES[health["status"]]), said))
    counts = seen["counts"]
    if counts is not None:
        told = f"{counts['opened']} opened, {counts['closed']} closed, {number_of(counts['errors'], 'error')}, "
        lines.append(line("since   ", age(counts["watched_s"]), f": {told}{counts['retries']} retried"))
    return lines


def _resources(seen: Mapping[str, Any]) -> list[list[str | Span]]:
    """Return a row for each resource of the container, and one for those of each name in inner scopes."""
    names = {each["id"]: each["name"] for each in seen["resources"] if each["id"]}
    rows: list[list[str | Span]] = []
    inner: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for each in seen["resources"]:
        if each["scope"] != "root":
            inner.setdefault((each["name"], each["scope"], each["state"]), []).append(each)
            continue
        needs = each["waits_for"] or [names[id] for id in each["depends_on"] if id in names]
        rows.append(_row(each["name"], each, ", ".join(needs)))
    for (name, _, _), several in inner.items():
        oldest = max(several, key=lambda each: each["age_s"] or 0.0)
        rows.append(_row(name if len(several) == 1 else f"{name} x {len(several)}", oldest, ""))
    return rows


def _row(name: str, each: Mapping[str, Any], needs: str) -> list[str | Span]:
    state = Span(each["state"], _TONES.get(each["state"], Tone.PLAIN))
    return [name, quiet(each["scope"]), state, age(each["age_s"]), age(each["open_s"]), quiet(needs)]


def _pools(seen: Mapping[str, Any]) -> list[Line]:
    rows = [
        [each["name"], each["state"], f"{each['n_out']} of {each['max_size']}", str(each["n_idle"]),
         Span(str(each["n_waiting"]), Tone.BAD if each["n_waiting"] else Tone.PLAIN), str(each["n_timeouts"])]
        for each in seen["pools"]
    ]  # fmt: skip
    return table(("pool", "state", "lent", "idle", "waiting", "timed out"), rows, right=(2, 3, 4, 5)) if rows else []


def _scopes(seen: Mapping[str, Any]) -> list[Line]:
    oldest = sorted(seen["scopes"], key=lambda each: -(each["age_s"] or 0.0))[:N_SCOPES]
    rows = [[each["name"], each["state"], age(each["age_s"]), str(each["n_resources"])] for each in oldest]
    return table(("oldest scopes", "state", "age", "resources"), rows, right=(2, 3)) if rows else []


def _slowest(seen: Mapping[str, Any]) -> list[Line]:
    rows: Sequence[Sequence[str | Span]] = [
        [each["name"], f"to {each['act']}", age(each["elapsed_s"]), quiet(each["scope"])]
        for each in seen["slowest"][:N_SLOWEST]
    ]
    return table(("slowest", "", "took", "scope"), rows, right=(2,)) if rows else []


def _errors(seen: Mapping[str, Any], width: int, glyphs: Glyphs) -> list[Line]:
    lines = []
    for each in seen["errors"][:N_ERRORS]:
        at = time.strftime("%H:%M:%S", time.localtime(each["at"]))
        text = f"{at}  {each['act']} {each['name']}: {each['error']}"
        lines.append(line(Span(shorten(text, width, glyphs.more), Tone.BAD)))
    return [line(quiet("last errors")), *lines] if lines else []


def _section(lines: list[Line]) -> list[Line]:
    return [EMPTY, *lines] if lines else []


def age(seconds: float | None) -> str:
    """Return *seconds* in two figures or three, with its unit: "12.3 s", "4 min", "2.5 h", "3 d"; "-" for None."""
    if seconds is None:
        return "-"
    if seconds < 0.9995:
        return f"{seconds * 1000:.3g} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"
    for unit, size, most in (("s", 1, 120), ("min", 60, 120), ("h", 3600, 48)):
        if seconds < size * most:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 86400:.3g} d"
