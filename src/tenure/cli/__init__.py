"""
The command line: one subcommand, one room; `commands` is the table of them.

Knows argparse and the table; nothing here opens anything.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from tenure import __version__
from tenure.cli.commands import COMMANDS
from tenure.cli.finding import Refused

__all__ = ["main", "parser_of"]

INTERRUPTED, UNREAD = 130, 141
"""Exit status after Ctrl-C, and where whoever read the output has gone; as shells show such ends."""


def parser_of(command: str | None) -> argparse.ArgumentParser:
    """
    Return the parser of the command line.

    Args:
        command: the subcommand whose own arguments it knows; None: it knows the names of all and no arguments.
    """
    parser = argparse.ArgumentParser(
        prog="tenure", description="Everything that is opened is closed: once, in order, whatever happens."
    )
    parser.add_argument("--version", action="version", version=f"tenure {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for each in COMMANDS:
        if each.name != command:
            commands.add_parser(each.name, help=each.summary, add_help=False)
            continue
        room = each.load()
        own = commands.add_parser(each.name, help=each.summary, description=room.DESCRIPTION)
        room.add_arguments(own)
        own.set_defaults(run=room.run, usage=own)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command line and give back the exit status; docs/command-line.md has the table.

    Args:
        argv: the arguments without the program's name; None takes those of the process.

    Raises:
        SystemExit: with status 2 on arguments that cannot be understood, with 0 after `--help`.
    """
    given = sys.argv[1:] if argv is None else list(argv)
    if given[:1] == ["__complete"]:  # the script of a shell asks; see `completion`
        from tenure.cli.completion.answering import answer  # noqa: PLC0415 - not for anybody else

        print(*answer(given[1:]), sep="\n")
        return 0
    command = next((each for each in given if not each.startswith("-")), None)
    names = [each.name for each in COMMANDS]
    if command is not None and command not in names:
        print(f"tenure: there is no command {command!r}{_did_you_mean(command, names)}", file=sys.stderr)
        return 2
    arguments, unknown = parser_of(command).parse_known_args(given)
    if unknown:
        arguments.usage.error(f"unrecognized arguments: {' '.join(unknown)}{_option_meant(unknown, arguments.usage)}")
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except Refused as refused:
        print(f"{refused.trace}tenure {arguments.command}: {refused}", file=sys.stderr)
        return refused.status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left in the buffer must not fail
        return UNREAD
    return status


def _option_meant(unknown: Sequence[str], parser: argparse.ArgumentParser) -> str:
    import difflib  # noqa: PLC0415 - slow to import, and for errors only

    word = next((each.partition("=")[0] for each in unknown if each.startswith("--")), "")
    options = [name for each in parser._actions for name in each.option_strings]  # noqa: SLF001 - as completion does
    close = difflib.get_close_matches(word, options, 1)
    return f"; did you mean {close[0]}?" if close else ""


def _did_you_mean(command: str, names: Sequence[str]) -> str:
    import difflib  # noqa: PLC0415 - slow to import, and for errors only

    close = difflib.get_close_matches(command, names, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(names)}"
