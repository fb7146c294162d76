"""
The command line: one subcommand, one room.

Knows argparse and which room answers which subcommand. A room brings `add_arguments(parser)` and
`run(arguments) -> int`; what it needs is imported by the room, and nothing here opens anything.
"""

import argparse
from collections.abc import Sequence

from tenure.cli import compiling, demo, explaining

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command line and give back the exit status.

    Args:
        argv: the arguments without the program's name; None takes those of the process.

    Raises:
        SystemExit: with status 2 on arguments that cannot be understood, with 0 after `--help`.
    """
    parser = argparse.ArgumentParser(
        prog="tenure", description="Everything that is opened is closed: once, in order, whatever happens."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, room in (("compile", compiling), ("demo", demo), ("explain", explaining)):
        command = commands.add_parser(name, help=room.SUMMARY, description=room.DESCRIPTION)
        room.add_arguments(command)
        command.set_defaults(run=room.run)

    arguments = parser.parse_args(argv)
    status: int = arguments.run(arguments)
    return status
