"""
What may stand where the cursor is: asked by the scripts of the shells, a line for each candidate.

Subcommands are of the table, options of the parser; modules are files, names in them are read from their source. Only
the keys of a container take an import.
"""

import argparse
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tenure.cli.commands import COMMANDS

IMPORT_LIMIT_S = 3.0
"""Seconds that the import of a module may take until it is given up: somebody waits at the keyboard."""


def answer(words: Sequence[str]) -> Iterator[str]:
    """
    Yield candidates for the last of *words*, which stand behind `tenure`; each with a tab and what it is, if known.

    Args:
        words: as far as they are written, the last one at the cursor; it may be "".
    """
    *before, current = words or [""]
    command = next((each for each in before if not each.startswith("-")), None)
    if command is None:
        known = [(each.name, each.summary) for each in COMMANDS] + [("--help", ""), ("--version", "")]
        yield from _lines(known, current)
    elif command in [each.name for each in COMMANDS]:
        yield from _lines(_of_command(command, before[before.index(command) + 1 :], current), current)


def _lines(candidates: Sequence[tuple[str, str]], current: str) -> Iterator[str]:
    for value, said in candidates:
        is_option = value.startswith("-")
        if value.startswith(current) and is_option is current.startswith("-"):
            yield f"{value}\t{said}" if said else value


def _of_command(command: str, before: Sequence[str], current: str) -> list[tuple[str, str]]:
    from tenure.cli import parser_of  # noqa: PLC0415 - which imports this

    actions = _actions(parser_of(command), command)
    option, positionals = _before_cursor(actions, before)
    if option is not None:
        return _values(option, current, positionals)
    if current.startswith("-"):
        return [(name, _short(each.help)) for each in actions for name in each.option_strings if name.startswith("--")]
    places = [each for each in actions if not each.option_strings]
    if len(positionals) >= len(places):
        return []
    return _values(places[len(positionals)], current, positionals)


def _actions(parser: argparse.ArgumentParser, command: str) -> list[argparse.Action]:
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to look at a parser
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return list(action.choices[command]._actions)  # noqa: SLF001 - as above
    return []


def _before_cursor(
    actions: Sequence[argparse.Action], before: Sequence[str]
) -> tuple[argparse.Action | None, list[str]]:
    """Return the option that the word at the cursor is the value of, None if it is none's, and the positionals."""
    by_name = {name: each for each in actions for name in each.option_strings}
    expected: argparse.Action | None = None
    positionals: list[str] = []
    for word in before:
        if expected is not None:
            expected = None
        elif word.startswith("-"):
            option = by_name.get(word)
            expected = option if option is not None and option.nargs != 0 else None
        else:
            positionals.append(word)
    return expected, positionals


def _values(action: argparse.Action, current: str, positionals: Sequence[str]) -> list[tuple[str, str]]:
    if action.choices is not None:
        return [(str(each), "") for each in action.choices]
    metavar = str(action.metavar or "")
    if metavar.startswith("MODULE:"):
        from tenure.cli.completion.sources import targets  # noqa: PLC0415 - reads sources: not for each press

        kind, _, other = metavar.removeprefix("MODULE:").partition("|")
        return [(each, "") for each in [*targets(current, kind), *(_errors(current) if other == "ERROR" else ())]]
    if metavar == "KEY" and positionals:
        return _keys(positionals[0])
    if metavar == "PROCESS":
        from tenure.observe.serving import inspection_directory  # noqa: PLC0415 - as above

        return [(path.stem, "") for path in sorted(inspection_directory().glob("*.sock"))]
    return []


def _errors(current: str) -> list[str]:
    """Return the error classes that have a section, once a letter says that one may be meant."""
    from tenure.cli.errors_page import sections  # noqa: PLC0415 - reads a page: as above

    return list(sections()) if current else []


def _keys(source: str) -> list[tuple[str, str]]:
    from tenure.cli.finding import Refused, container_at  # noqa: PLC0415 - imports what the user names
    from tenure.observe.snapshot import engine_of, names_of  # noqa: PLC0415 - as above

    try:
        with _limited():
            container = container_at(source)
    except (Refused, TimeoutError):
        return []
    bindings: list[Any] = [each for each in engine_of(container).graph if not each.is_self]
    return [(name.strip("'"), _short(binding.lifetime)) for name, binding in
            zip(names_of(bindings).values(), bindings, strict=True)]  # fmt: skip


@contextmanager
def _limited() -> Iterator[None]:
    """Raise TimeoutError in the body when it takes too long; where there is no alarm, it may."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def give_up(*_: object) -> None:
        raise TimeoutError

    handler = signal.signal(signal.SIGALRM, give_up)
    left_s, interval_s = signal.setitimer(signal.ITIMER_REAL, IMPORT_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left_s, interval_s)
        signal.signal(signal.SIGALRM, handler)


def _short(text: str | None) -> str:
    return " ".join((text or "").split()).replace("%%", "%").partition(";")[0]
