"""The table of subcommands, and what is imported for one of them."""

import json
import subprocess
import sys

import pytest

from tenure import __version__
from tenure.cli import main
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


def test_help_tells_of_every_command(capsys):
    """Its name and what it does."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    shown = " ".join(capsys.readouterr().out.split())
    assert ended.value.code == 0
    assert all(f" {each.name} {each.summary}" in shown for each in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["check"], ["check", "shop", "--nonsense"]])
def test_usage(arguments, capsys):
    """What cannot be understood is status 2, and stderr says how it is used."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: tenure")


def test_version(capsys):
    """`--version` says it."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert (ended.value.code, capsys.readouterr().out) == (0, f"tenure {__version__}\n")


@pytest.mark.slow
def test_a_reader_that_goes_away():
    """`tenure check ... | head -1` ends quietly."""
    with subprocess.Popen(
        [sys.executable, "-m", "tenure", "check", "tenure.cli.demo:container", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        process.stdout.close()
        told = process.stderr.read()

    assert (process.returncode, told) == (141, "")


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
