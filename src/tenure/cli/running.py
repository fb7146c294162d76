"""`tenure run`: start a container, serve a main in it, close it; signals are answered by `tenure.run`."""

import argparse
import inspect
import sys
from collections.abc import Callable
from typing import Any

from tenure.cli.amounts import seconds
from tenure.cli.applications import is_command_line, protocol_of
from tenure.cli.finding import Refused, container_at, containers_in, found_at, is_container, module_named, shown
from tenure.cli.output import screen_on
from tenure.cli.progress import Progress
from tenure.cli.traces import trimmed, with_notes
from tenure.errors import AsyncInSyncError, TenureError

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Starts the container, showing who is opening and who waits for whom, then calls main, and closes everything when main
has ended or a signal says so (docs/running.md). What main returns, a whole number, is the exit status; 1 if it or an
opening or closing raised; 2 if there is no such thing; 130 after Ctrl-C, 143 after SIGTERM. Progress goes to stderr.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument(
        "target",
        metavar="MODULE:MAIN",
        help="a function whose parameters the container fills in, or a container, which is then run as a service",
    )
    parser.add_argument(
        "arguments", metavar="ARGUMENT", nargs="*", default=[], help="what main gets for its first parameters"
    )
    parser.add_argument(
        "--in", dest="container", metavar="MODULE:CONTAINER", help="the container; else the only one in main's module"
    )
    parser.add_argument(
        "--backend",
        choices=("asyncio", "uvloop", "trio"),
        help="what runs main; else asyncio, or no event loop where nothing is asynchronous",
    )
    parser.add_argument(
        "--drain-timeout", type=seconds(), default=10.0, metavar="SECONDS",
        help="from the signal until main is interrupted; 0: no limit (%(default)g)",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="show no progress")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    from tenure.runner import run as run_inside  # noqa: PLC0415 - imported on use: --help needs none
    from tenure.runner.verdict import exit_status  # noqa: PLC0415 - as above

    container, main = _container_and_main(arguments.target, arguments.container)
    try:
        progress = Progress(container, screen_on(sys.stderr), is_quiet=arguments.quiet)
    except TenureError as error:
        raise Refused(with_notes(error), 1) from None
    if main is None and arguments.backend is None and not progress.needs_loop:
        main = _serve
    try:
        with progress:
            result = run_inside(
                container, main, *arguments.arguments, backend=arguments.backend,
                drain_timeout=arguments.drain_timeout or None,
            )  # fmt: skip
    except AsyncInSyncError as error:
        raise Refused(with_notes(error, "make main asynchronous, or say --backend asyncio"), 1) from None
    except Exception as error:  # noqa: BLE001 - the user's code may raise anything
        raise Refused(f"{arguments.target!r} did not end well", 1, trimmed(error)) from None
    made = protocol_of(result)
    if made is not None:
        raise Refused(
            f"{arguments.target!r} has made an application of {made.name}, and nobody serves it: say "
            f"`{made.by_factory.format(arguments.target)}`; setup(app, container) starts the container there, and "
            "closes it",
            1,
        )
    return exit_status(result)


def _serve() -> None:
    """Serve without an event loop, until the run is asked to stop."""
    from tenure.workers.stop import stopping  # noqa: PLC0415 - imported on use, as the runner is

    stopping().wait_sync()


def _container_and_main(target: str, container: str | None) -> tuple[Any, Callable[..., Any] | None]:
    if ":" not in target:
        return container_at(target, is_quiet=False), None
    found = found_at(target, "main", is_quiet=False)
    _refuse_no_main(target, found)
    if is_container(found) or isinstance(found, type) or _makes_container(found):
        if container is not None:
            raise Refused(f"{target!r} is a container, and so is --in {container}; say one of them, or a main")
        return container_at(target, is_quiet=False), None
    if not callable(found):
        raise Refused(f"{target!r} is {shown(found)}, neither a function nor a container")
    if container is not None:
        return container_at(container, is_quiet=False), found
    module = module_named(target.partition(":")[0])
    known = containers_in(module)
    if len(known) != 1:
        names = f"; there are {', '.join(known)}" if known else ""
        raise Refused(f"say in which container {target!r} is to run: --in module:container{names}")
    return next(iter(known.values())), found


def _refuse_no_main(target: str, found: Any) -> None:
    """Refuse what can be called, but not as a main."""
    protocol = protocol_of(found) if not is_container(found) else None
    if protocol is not None:
        raise Refused(
            f"{target!r} is an application of {protocol.name}, which a server calls, not a main: say "
            f"`{protocol.server} {target}`; setup(app, container) starts the container there, and closes it"
        )
    if is_command_line(found):
        raise Refused(
            f"{target!r} is a command line, not a main: run it as the program it is, such as "
            f"`python -m {target.partition(':')[0]}`; setup(app, container) starts the container around each command, "
            "and closes it"
        )
    if inspect.isgeneratorfunction(found) or inspect.isasyncgenfunction(found):
        raise Refused(
            f"{target!r} is a generator function, no main: calling it runs nothing of it; bind it, and say a main or a "
            "container"
        )


def _makes_container(found: Any) -> bool:
    """Tell whether *found* is a function that says that it returns a container."""
    if not inspect.isfunction(found) or inspect.iscoroutinefunction(found):
        return False
    try:
        returned = inspect.get_annotations(found, eval_str=True).get("return")
    except Exception:  # noqa: BLE001 - annotations of the user's may raise anything when they are read
        return False
    return isinstance(returned, type) and hasattr(returned, "aget") and hasattr(returned, "resource_scope")
