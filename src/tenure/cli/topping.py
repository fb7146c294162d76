"""`tenure top`: what a running process has open, as it changes."""

import argparse
import sys
import threading
from typing import Any

from tenure.cli.amounts import seconds
from tenure.cli.finding import Refused
from tenure.cli.looking import Gone, Look, path_of
from tenure.cli.output import print_json, screen_on
from tenure.cli.screen import Screen
from tenure.cli.top_lines import top_lines

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Shows what a running process has open: resources with their states and ages, pools, request scopes, errors, what was
slowest. The process has to let it: run it with TENURE_INSPECT=1, with run(inspect=True), or call
tenure.observe.serve_inspection. Nothing can be changed from here, and no value of any object is shown. Where stdout is
no terminal it shows once. Exit status: 0, also when the process ends meanwhile; 2 if there is none to look at.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument(
        "process", metavar="PROCESS", nargs="?",
        help="the number of the process, or the path of its socket; else the only one that can be looked at",
    )  # fmt: skip
    parser.add_argument("--once", action="store_true", help="show it once")
    parser.add_argument("--json", action="store_true", help="write it once, as JSON")
    parser.add_argument(
        "--interval", type=seconds(0.1), default=1.0, metavar="SECONDS", help="between two looks, >= 0.1 (%(default)g)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    if not hasattr(__import__("socket"), "AF_UNIX"):
        raise Refused("top needs sockets in the file system, which this system does not have")
    path = path_of(arguments.process)
    screen = screen_on(sys.stdout)
    try:
        with Look(path) as look:
            seen = look.once()
            if arguments.json:
                print_json(seen)
            elif arguments.once or not screen.is_live:
                screen.say(top_lines(seen, screen.width if screen.is_live else 120, None, screen.glyphs), whole=True)
            else:
                _show_on(look, seen, screen, arguments.interval)
    except Gone as gone:
        raise Refused(f"nobody answers at {path}: {gone}") from None
    return 0


def _show_on(look: Look, seen: dict[str, Any], screen: Screen, interval_s: float) -> None:
    """Show what is seen, again and again, until Ctrl-C or the end of the process."""
    pause = threading.Event()
    try:
        while True:
            screen.region(top_lines(seen, screen.columns, screen.rows - 2, screen.glyphs))
            pause.wait(interval_s)
            seen = look.once()
    except KeyboardInterrupt:  # how one leaves it
        pass
    except Gone:
        screen.end()
        print(f"process {seen['pid']} has ended", file=sys.stderr)
    finally:
        screen.end()
