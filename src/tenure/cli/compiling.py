"""`tenure compile`: write the resolvers of a container ahead of time."""

import argparse
import contextlib
import os
from pathlib import Path

from tenure import Container, __version__
from tenure.cli.finding import Refused, container_at, shown
from tenure.cli.output import print_json
from tenure.cli.traces import with_notes
from tenure.compile.ahead import compiling
from tenure.compile.ahead_writer import written
from tenure.errors import GraphError
from tenure.model.plan import Plans

__all__ = ["DESCRIPTION", "add_arguments", "run"]

DESCRIPTION = """
Imports the module, checks the container, and writes its resolvers as a Python module that the container takes by
`Container(compiled="package.wiring")`. Exit status: 0; 1 if the graph has findings that are errors (nothing is written
then), or with --check if the file is not what would be written; 2 if there is no such container.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument(
        "container",
        metavar="MODULE:CONTAINER",
        help="where the container is, or a function without parameters that makes it, as in `app.main:container`",
    )
    parser.add_argument("-o", dest="path", default="wiring.py", metavar="FILE", help="what to write (%(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing; tell whether the file is up to date")
    parser.add_argument("--json", action="store_true", help="tell it as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    source, path = arguments.container, Path(arguments.path)
    token = compiling.set(True)
    try:
        container = _container(source)
        _check(container)
    finally:
        compiling.reset(token)
    engine = container.engine
    text, n_written, n_left = written(
        engine.graph, Plans(engine.graph), engine.ladder, source=source, path=path.as_posix(), version=__version__
    )
    if arguments.check:
        is_current = _read(path) == text
        _tell(arguments, path, f"{path} is {'up to date' if is_current else 'not what would be written'}", is_current)
        return 0 if is_current else 1
    _replace(path, text)
    left = f", {n_left} left to the running program" if n_left else ""
    _tell(arguments, path, f"{path}: resolvers of {n_written} bindings{left}", True, n_written, n_left)
    return 0


def _tell(arguments: argparse.Namespace, path: Path, text: str, is_current: bool, *counts: int) -> None:
    if arguments.json:
        n_written, n_left = counts or (None, None)
        print_json({
            "shape": 1, "container": arguments.container, "path": str(path), "is_current": is_current,
            "n_written": n_written, "n_left": n_left,
        })  # fmt: skip
    else:
        print(text)


def _container(source: str) -> Container:
    found = container_at(source)
    if not isinstance(found, Container):
        raise Refused(f"{source!r} is {shown(found)}, no tenure.Container")
    return found


def _check(container: Container) -> None:
    try:
        container.check()
    except GraphError as error:
        raise Refused(with_notes(error), 1) from None


def _read(path: Path) -> str | None:
    """Return what stands in the file; None where there is none, or none that was ever written here."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    except OSError as error:
        raise Refused(f"{str(path)!r} cannot be read: {error.strerror}") from None


def _replace(path: Path, text: str) -> None:
    """Write *text* so that whoever reads the file meanwhile sees the old one or the new one."""
    if not path.name:
        raise Refused(f"{str(path)!r} is no name of a file")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise Refused(f"{str(path)!r} cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):  # of a folder that is not there, or not to be written in
            draft.unlink()
