"""`tenure check`: everything that is wrong with a container, at once, without making anything."""

import argparse
import inspect
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tenure.cli.asking import looked_at
from tenure.cli.finding import Refused, container_at
from tenure.cli.output import number_of, print_json, screen_on, short_place, short_text, split_place
from tenure.cli.text import Line, Span, Tone, line, quiet, strong
from tenure.errors import Finding, GraphError
from tenure.keys import class_of, show
from tenure.record import replace

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Imports the module and tells everything that is wrong with the container, errors first: what nothing makes, cycles, what
outlives what it needs, what has to be awaited where nothing can be, resources that do not close. Makes and opens
nothing. Exit status: 0; 1 if one finding is an error, or with --strict a warning; 2 if there is no such container.
"""

_LEVELS = ("error", "warning", "info")
_TONES = {"error": Tone.BAD, "warning": Tone.ACCENT, "info": Tone.QUIET}
_NOUNS = {"error": "error", "warning": "warning", "info": "remark"}
_CLOSED = (
    "the container comes closed: until it is started again, whoever asks it for something gets a ContainerClosedError; "
    "a program that is over when its module has been imported belongs under `if __name__ == '__main__':`"
)
_NOTICES = {"error": "error", "warning": "warning", "info": "notice"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument(
        "container",
        metavar="MODULE:CONTAINER",
        help="where the container is, or a function without parameters that makes it, as in `app.main:container`",
    )
    parser.add_argument(
        "--format",
        choices=("text", "json", "github"),
        default="text",
        help="text, JSON, or lines that GitHub shows beside the code (%(default)s)",
    )
    parser.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 if there are warnings")
    parser.add_argument(
        "--sync", action="store_true", help="tell as well what a program without an event loop cannot open"
    )
    parser.add_argument(
        "--level", choices=_LEVELS, default="info", help="the least grave findings that are told (%(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    told = _LEVELS[: _LEVELS.index(arguments.level) + 1]
    found = _found(arguments.container, sync=arguments.sync)
    shown = [_placed(finding) for finding in found if finding.level in told]
    fatal = ("error", "warning") if arguments.strict else ("error",)
    is_fine = not any(finding.level in fatal for finding in found)
    if arguments.format == "json":
        print_json(_report(arguments.container, shown, is_fine))
    elif arguments.format == "github":
        print(*map(annotation, shown), sep="\n", end="\n" if shown else "")
    else:
        screen_on(sys.stdout).say(_lines(arguments.container, shown, is_fine), whole=True)
    return 0 if is_fine else 1


def _found(source: str, *, sync: bool) -> list[Finding]:
    try:
        container = container_at(source)
    except Refused as refused:
        if isinstance(refused.cause, GraphError):  # the module, or the function that makes it, has checked it
            return list(refused.cause.findings)
        raise
    looked = looked_at(source, container)
    found = [*looked.findings, *container.findings(sync=sync or looked.is_sync)]
    if container.snapshot().state == "closed":
        found.append(Finding("info", "closed", source, _CLOSED, None))
    return [each for each in found if each.kind != "unused" or not looked.program.asks_for(each.key)]


def _placed(finding: Finding) -> Finding:
    """Return *finding* with its place, of a class that has no function of its own as well: files may be read here."""
    cls = class_of(finding.key)
    if finding.where is not None or cls is None:
        return finding
    try:
        file, (_, number) = inspect.getsourcefile(cls), inspect.getsourcelines(cls)
    except (OSError, TypeError):  # nowhere to look, or built in
        return finding
    return replace(finding, where=f"{file}:{number}")


def _report(source: str, findings: Sequence[Finding], is_fine: bool) -> dict[str, Any]:
    counts = Counter(finding.level for finding in findings)
    return {
        "shape": 1,
        "container": source,
        "ok": is_fine,
        "counts": {level: counts[level] for level in _LEVELS},
        "findings": [_finding(finding) for finding in findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    file, number = split_place(finding.where)
    return {
        "level": finding.level, "kind": finding.kind, "key": show(finding.key), "text": short_text(finding.text),
        "file": file, "line": number,
    }  # fmt: skip


def annotation(finding: Finding) -> str:
    """
    Return *finding* as a workflow command of GitHub Actions, one line.

    See https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
    """
    file, number = split_place(finding.where)
    properties = {"file": file, "line": number, "title": f"tenure: {finding.kind}"}
    said = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in properties.items() if value is not None)
    return f"::{_NOTICES[finding.level]} {said}::{_escaped(short_text(finding.text))}"


def _escaped(text: str, also: str = "") -> str:
    for sign in ("%", "\r", "\n", *also):  # the percent sign first
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def _lines(source: str, findings: Sequence[Finding], is_fine: bool) -> list[Line]:
    lines: list[Line] = []
    for finding in findings:
        first, *others = short_text(finding.text).splitlines()
        place = short_place(finding.where)
        head: list[Span | str] = [Span(finding.level, _TONES[finding.level]), quiet(f" [{finding.kind}] "), first]
        lines.append(line(*([strong(f"{place}: ")] if place else []), *head))
        lines += [line(f"    {other.strip() if not other.startswith(' ') else other}") for other in others]
    counts = Counter(finding.level for finding in findings)
    said = ", ".join(number_of(counts[each], _NOUNS[each]) for each in _LEVELS if counts[each])
    verdict = Span("fine" if is_fine else "not fine", Tone.GOOD if is_fine else Tone.BAD)
    lines.append(line(f"{source}: ", verdict, f", {said}" if said else ", nothing to say"))
    if counts["error"] or counts["warning"]:
        lines.append(line(quiet("what each kind means and what to do: tenure explain GraphError")))
    return lines
