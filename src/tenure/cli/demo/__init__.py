"""
`tenure demo`: a small application whose every part is wired by Tenure, run under traffic and held to account.

Uses the public face of Tenure only, and the standard library. `wiring.py` is where to begin reading.
"""

import argparse
import asyncio
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any

from tenure import Container
from tenure.cli.demo.checks import Evidence, findings, judge
from tenure.cli.demo.play import play
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.signals import Stop
from tenure.cli.demo.tables import check_lines, tally_lines, total
from tenure.cli.demo.wiring import wire_application
from tenure.cli.output import print_json
from tenure.cli.screen import Screen, open_screen
from tenure.cli.text import EMPTY, Span, Tone, count, line, quiet, strong

__all__ = ["DESCRIPTION", "add_arguments", "container", "run"]

DESCRIPTION = """
Runs an HTTP server, its clients, a database, files, a background worker and a log, all wired by Tenure, under real
traffic on the loopback interface; stops it in order; then holds what Tenure says against what the clients were told
and what the operating system shows. Exit status: 0 if all agree, 1 if anything does not (it is named), 130 or 143 if
all agree and SIGINT or SIGTERM ended the run early. The first signal lets requests in flight finish, the second cuts
them off; either way everything is closed in order.
"""


def container() -> Container:
    """Return the container of the application, for the other commands: `tenure check tenure.cli.demo:container`."""
    return wire_application(Settings())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the demo's options to *parser*."""
    defaults = Settings()
    parser.add_argument(
        "--requests",
        type=_up_to(1_000_000),
        default=defaults.n_requests,
        metavar="N",
        help="requests in all (%(default)s)",
    )
    parser.add_argument(
        "--clients", type=_up_to(400), default=defaults.n_clients, metavar="N", help="clients at a time (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="write the verdict as JSON; the report goes to stderr")


def run(arguments: argparse.Namespace) -> int:
    """Run the demo and return its exit status: 0, 1, 130 or 143 (see `DESCRIPTION`)."""
    settings = Settings(n_requests=arguments.requests, n_clients=arguments.clients)
    screen = open_screen(sys.stderr if arguments.json else sys.stdout)
    intro = f"{count(settings.n_requests)} requests by {settings.n_clients} clients; Ctrl-C ends it early"
    screen.say([line(strong("tenure demo"), quiet(f"  {intro}")), EMPTY])
    stop = Stop()
    evidence = asyncio.run(play(settings, screen, stop))
    is_right = _say_verdict(evidence, screen)
    if arguments.json:
        print_json(_verdict(evidence))
    if screen.is_broken and not arguments.json:  # the reader has gone: what is left in the buffer must not fail at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if not is_right:
        return 1
    return 0 if stop.signal is None else 128 + stop.signal


def _verdict(evidence: Evidence) -> dict[str, Any]:
    wrong, whole = findings(evidence, judge(evidence)), total(evidence.tallies)
    tallies = {
        label: {"opened": tally.n_opened, "closed": tally.n_closed, "owed": tally.n_owed}
        for label, tally in evidence.tallies.items()
    }
    counts = {"opened": whole.n_opened, "closed": whole.n_closed}
    return {"shape": 1, "ok": not wrong, **counts, "disagreements": wrong, "resources": tallies}


def _say_verdict(evidence: Evidence, screen: Screen) -> bool:
    checks = judge(evidence)
    wrong = findings(evidence, checks)
    width, glyphs = screen.width, screen.glyphs
    screen.say([*tally_lines(evidence.tallies, width, glyphs), EMPTY])
    screen.say([*check_lines(checks, width, glyphs), EMPTY])
    if wrong:
        screen.say([line(Span(f"{glyphs.bad} {len(wrong)} disagreements", Tone.BAD))])
        screen.say([line(f"  {finding}") for finding in wrong], whole=True)
        for failure in evidence.failures:
            traceback.print_exception(failure)
        return False
    sum_ = total(evidence.tallies)
    screen.say(
        [
            line(
                Span(f"{glyphs.good} all agree", Tone.GOOD),
                f": {count(sum_.n_opened)} opened, {count(sum_.n_closed)} closed",
            )
        ]
    )
    return True


def _up_to(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {most}")
        return int(text)

    return number
