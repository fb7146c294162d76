"""The table of subcommands, and what is imported for one of them."""

import json
import subprocess
import sys

import pytest

from tenure.cli.commands import COMMANDS


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each.name)
def test_a_room_answers_each_command(command):
    """It brings what the table promises."""
    room = command.load()

    assert room.DESCRIPTION.strip()
    assert callable(room.add_arguments)
    assert callable(room.run)


def test_the_table_is_in_order():
    """`tenure --help` tells of the commands in order of name."""
    names = [each.name for each in COMMANDS]

    assert sorted(names) == names


def imported_by(*arguments):
    """Return the modules that are imported once the command line has run."""
    program = (
        "import sys, json, contextlib, io\n"
        "from tenure.cli import main\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): main(sys.argv[1:])\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=True
    )
    return set(json.loads(done.stdout))


@pytest.mark.slow
def test_help_imports_no_room():
    """`tenure --help` waits for no command's room, no loop and no optional package."""
    found = imported_by("--help")

    rooms = {f"tenure.cli.{each.room}" for each in COMMANDS}
    assert found & (rooms | {"asyncio", "rich", "json.tool", "urllib.request", "tenure.observe"}) == set()


@pytest.mark.slow
def test_a_command_imports_its_own_room():
    """`tenure check --help` imports what `check` needs and no other room."""
    found = imported_by("check", "--help")

    assert {f"tenure.cli.{each.room}" for each in COMMANDS} & found == {"tenure.cli.checking"}
    assert "asyncio" not in found
