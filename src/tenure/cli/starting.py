"""`tenure start`: what a container opens, in which order and how long that takes; with --dry-run, what it would."""

import argparse
import contextlib
import sys
from collections.abc import Sequence
from typing import Any

from tenure.cli.finding import Refused, container_at
from tenure.cli.output import number_of, print_json, screen_on, short_place, table
from tenure.cli.planning import Step, longest_chain, planned, waves_of
from tenure.cli.progress import Progress
from tenure.cli.text import EMPTY, Glyphs, Line, Span, Tone, bar, duration, line, quiet, strong
from tenure.cli.timing import Whole
from tenure.cli.traces import trimmed, with_notes
from tenure.errors import TenureError
from tenure.observe.masking import told
from tenure.observe.timeline import Timeline

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Starts the container, closes it at once, and tells how long each opening and closing took, what waited for what, and
which path was critical. With --dry-run nothing is opened: it tells the order, and what can open at the same time.
Exit status: 0; 1 if something does not open or close; 2 if there is no such container; 130 or 143 after a signal.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument("container", metavar="MODULE:CONTAINER", help="where the container is")
    parser.add_argument("--dry-run", action="store_true", help="open nothing; tell the order and what is parallel")
    parser.add_argument("--json", action="store_true", help="write JSON instead of text")
    parser.add_argument(
        "--backend",
        choices=("asyncio", "uvloop", "trio"),
        help="what runs it; else asyncio, or no event loop where nothing is asynchronous",
    )


_NOTHING_TO_OPEN = line(
    quiet("no resource lives as long as the container; those that live shorter are opened when they are asked for")
)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    container = container_at(arguments.container)
    try:
        steps = planned(container)
    except TenureError as error:
        raise Refused(with_notes(error, f"what else is wrong: tenure check {arguments.container}"), 1) from None
    if arguments.dry_run:
        _tell_plan(arguments, steps)
        n_errors = sum(finding.level == "error" for finding in container.findings())
        if n_errors:
            found = number_of(n_errors, "error")
            raise Refused(f"the container has {found}, which tenure check {arguments.container} tells", 1)
        return 0
    return _start(arguments, container)


def _tell_plan(arguments: argparse.Namespace, steps: Sequence[Step]) -> None:
    if arguments.json:
        waves = [[_step(step) for step in wave] for wave in waves_of(steps)]
        chain = longest_chain(steps)
        print_json({"shape": 1, "container": arguments.container, "waves": waves, "longest_chain": chain})
    else:
        screen_on(sys.stdout).say(_plan_lines(arguments.container, steps), whole=True)


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name, "scope": step.scope, "is_async": step.is_async, "needs": list(step.needs),
        "where": short_place(step.where) or None,
    }  # fmt: skip


def _plan_lines(source: str, steps: Sequence[Step]) -> list[Line]:
    waves = waves_of(steps)
    head = f" opens {number_of(len(steps), 'resource')} in {number_of(len(waves), 'wave')}; nothing was opened"
    lines = [line(strong(source), head)]
    if not steps:
        return [*lines, _NOTHING_TO_OPEN]
    rows = [
        [str(step.wave), Span(step.name, Tone.ACCENT), "async" if step.is_async else "sync", ", ".join(step.needs),
         quiet(short_place(step.where))]
        for wave in waves for step in wave
    ]  # fmt: skip
    lines += table(("wave", "resource", "kind", "after", "made at"), rows, right=(0,))
    return [*lines, line("longest chain: ", " -> ".join(longest_chain(steps))), line("closed the other way round")]


def _start(arguments: argparse.Namespace, container: Any) -> int:
    from tenure.runner import run as run_inside  # noqa: PLC0415 - imported on use: a dry run needs none

    whole, failure = Whole(container), None
    progress = Progress(container, screen_on(sys.stderr), is_quiet=arguments.json or not sys.stderr.isatty())
    main = _anothing if progress.needs_loop or arguments.backend else _nothing
    with progress:
        try:
            with contextlib.redirect_stdout(sys.stderr) if arguments.json else contextlib.nullcontext():
                run_inside(container, main, backend=arguments.backend)
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything
            failure = error
    started, closed = whole.timelines()
    if arguments.json:
        lives = {"start": started and started.as_dict(), "close": closed and closed.as_dict()}
        ended_by = None if failure is None else told(failure)
        print_json({"shape": 1, "container": arguments.container, **lives, "error": ended_by})
    else:
        screen = screen_on(sys.stdout)
        if failure is None and not planned(container):
            screen.say([_NOTHING_TO_OPEN], whole=True)
        for timeline in (started, closed):
            if timeline is not None:
                screen.say([*timeline_lines(timeline, screen.width, screen.glyphs), EMPTY], whole=not screen.is_live)
    if failure is not None:
        raise Refused("it did not start and close well", 1, trimmed(failure))
    return 0


def _nothing() -> None:
    """End at once: what is started is closed."""


async def _anothing() -> None:
    """End at once, on a loop."""


def timeline_lines(timeline: Timeline, width: int, glyphs: Glyphs) -> list[Line]:
    """Return *timeline* as bars: when each began and how long it took; what is on the critical path is marked."""
    verb = "opened" if timeline.act == "start" else "closed"
    n_done = number_of(sum(span.outcome == "done" for span in timeline.spans), "resource")
    head = line(strong(f"{verb} {n_done} in {duration(timeline.elapsed_s).strip()}"))
    if not timeline.spans:
        return [head]
    whole_s = max(timeline.elapsed_s, 1e-9)
    labels = min(max(len(span.label) for span in timeline.spans), 40)
    bars = max(min(width - labels - 14, 40), 8)
    critical = set(timeline.critical)
    lines = [head]
    for span in timeline.spans:
        tone = Tone.BAD if span.outcome == "failed" else Tone.ACCENT if span.id in critical else Tone.PLAIN
        drawn = bar(max(span.began_s, 0.0) / whole_s, span.ended_s / whole_s, bars, glyphs)
        mark = glyphs.mark if span.id in critical else " "
        note = "" if span.error is None else f"  {span.outcome}: {span.error}"
        label = f"{span.label.ljust(labels)} {duration(span.elapsed_s)} "
        lines.append(
            line(Span(f"{mark} ", Tone.ACCENT), label, Span(drawn.rstrip() if not note else drawn, tone), note)
        )
    path = " -> ".join(span.label for id in timeline.critical for span in timeline.spans if span.id == id)
    return [*lines, line(Span(f"{glyphs.mark} ", Tone.ACCENT), quiet(f"critical path: {path}"))]
