"""
`tenure completion`: what a shell needs to complete the command line.

The script of a shell asks `tenure __complete WORDS...` at each press of the key (`answering`).
"""

import argparse

from tenure.cli.completion.scripts import SCRIPTS

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Writes the script that makes a shell complete subcommands, options, modules, containers and keys. For bash:
eval "$(tenure completion bash)" in ~/.bashrc; for zsh the same in ~/.zshrc, after compinit; for fish:
tenure completion fish > ~/.config/fish/completions/tenure.fish. Completing the key of a container imports its module,
as the command itself does; nothing else imports anything of yours. Exit status: 0.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument("shell", choices=sorted(SCRIPTS), help="which shell")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    print(SCRIPTS[arguments.shell], end="")
    return 0
