"""`tenure dashboard`: a page that shows a container, served on this machine."""

import argparse
import os
import sys
import threading
from typing import Any

from tenure.cli.amounts import whole_number
from tenure.cli.finding import Refused, container_at
from tenure.cli.traces import trimmed

__all__ = ["DESCRIPTION", "add_arguments", "run"]

TOKEN = "TENURE_DASHBOARD_TOKEN"  # noqa: S105 - a name

DESCRIPTION = f"""
Serves a page that shows the container (docs/dashboard.md): its graph and, with --start, what happens in it from its
start to its close. Without --start nothing is opened. Ends with Ctrl-C. Only this machine may look, unless a token of
at least 16 characters stands in the environment as {TOKEN}, which the page then asks for. A program that runs already
shows itself by mounting tenure.dashboard.Dashboard. Exit status: 0; 1 if the container does not start or close well;
2 if there is no such container, or nothing can be served there.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument("container", metavar="MODULE:CONTAINER", help="where the container is")
    parser.add_argument("--start", action="store_true", help="start the container, and close it in the end")
    parser.add_argument("--host", default="127.0.0.1", help="any other than loopback takes a token (%(default)s)")
    parser.add_argument(
        "--port", type=whole_number("port", 0, 65535), default=8321, help="0 for any that is free (%(default)s)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in a browser")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    from tenure.dashboard import Dashboard, serving  # noqa: PLC0415 - imported on use: --help needs none

    container = container_at(arguments.container)
    try:
        title = arguments.container.rpartition(":")[0] or arguments.container
        dashboard = Dashboard(container, token=os.environ.get(TOKEN) or None, title=title)
        server = serving(dashboard, host=arguments.host, port=arguments.port)
        with server as address:
            print(address, flush=True)
            print(_advice(started=arguments.start), file=sys.stderr)
            if arguments.open:
                import webbrowser  # noqa: PLC0415 - few ask for it

                webbrowser.open(address)
            return _wait(container, is_to_start=arguments.start)
    except ValueError as error:
        raise Refused(f"{error} (here: the variable {TOKEN})") from None
    except OSError as error:
        raise Refused(f"cannot serve at {arguments.host}:{arguments.port}: {error.strerror or error}") from None


def _advice(*, started: bool) -> str:
    return "Ctrl-C closes the container and ends it" if started else "nothing is opened (--start opens); Ctrl-C ends it"


def _wait(container: Any, *, is_to_start: bool) -> int:
    try:
        if is_to_start:
            _run(container)
        else:
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    return 0


def _run(container: Any) -> None:
    from tenure.runner import run as run_inside  # noqa: PLC0415 - as above

    try:
        run_inside(container, None, backend="asyncio")
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        raise Refused("the container did not start and close well", 1, trimmed(error)) from None
