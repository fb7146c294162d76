"""
The subcommands, a line each: what it is called, which room answers it, and what `tenure --help` says of it.

A room is a module or package of `tenure.cli` with `DESCRIPTION`, `add_arguments(parser)` and `run(arguments) -> int`.
It is imported when its subcommand is run, so that no other waits for what only this one needs.
"""

from importlib import import_module
from typing import Any

from tenure.record import record


@record
class Command:
    """One subcommand."""

    name: str
    room: str
    """The module in `tenure.cli`."""
    summary: str

    def load(self) -> Any:
        """Import and return its room."""
        return import_module(f"tenure.cli.{self.room}")


COMMANDS: tuple[Command, ...] = (
    Command("check", "checking", "find everything that is wrong with a container, without making anything"),
    Command("compile", "compiling", "write the resolvers of a container as a Python module, for a fast start"),
    Command("completion", "completion", "write what makes bash, zsh or fish complete this command line"),
    Command("dashboard", "dashboarding", "serve a page that shows a container"),
    Command("demo", "demo", "run a small application under traffic and check that everything it opened is closed"),
    Command("explain", "explaining", "say how a resource is made, opened and closed, and why; or what an error means"),
    Command("graph", "graphing", "draw what a container binds and who needs whom, or how long its start takes"),
    Command("health", "probing", "start a container and ask how it is, or ask a running program"),
    Command("run", "running", "start a container, serve a main in it, and close it again"),
    Command("start", "starting", "start a container and close it; tell the order and how long each part took"),
    Command("top", "topping", "show what a running process has open, as it changes"),
)
"""In order of name."""
