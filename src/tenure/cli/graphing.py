"""`tenure graph`: draw what a container binds, or how long what it opens takes."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from tenure.cli.asking import looked_at
from tenure.cli.finding import Refused, container_at
from tenure.cli.timing import timed
from tenure.draw import waterfall_text
from tenure.draw.focusing import focused
from tenure.draw.formats import FORMATS
from tenure.draw.tree import ASCII, tree_of
from tenure.draw.view import BY, View
from tenure.draw.waterfall import waterfall_of
from tenure.draw.waterfall_page import waterfall_page_of
from tenure.errors import TenureError
from tenure.observe.masking import told
from tenure.observe.timeline import Timeline
from tenure.record import replace

__all__ = ["DESCRIPTION", "add_arguments", "run", "waterfalls"]

DESCRIPTION = """
Imports the module and draws the graph of the container, with what `check` finds marked; opens nothing, and shows no
value of anything. With --waterfall it starts and closes the container instead, and draws who waited for whom. Exit
status: 0, also where there are findings; 1 if the start or the close failed; 2 if there is no such container or key.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command to *parser*."""
    parser.add_argument(
        "container",
        metavar="MODULE:CONTAINER",
        help="where the container is, or a function without parameters that makes it, as in `app.main:container`",
    )
    parser.add_argument("--format", choices=FORMATS, help="tree, or what the end of FILE says")
    parser.add_argument("--by", choices=BY, help="what things are grouped by (scope)")
    parser.add_argument("--focus", metavar="KEY", help="draw only KEY, what it needs and what needs it")
    parser.add_argument("--depth", type=_depth, metavar="N", help="with --focus: at most N needs away")
    parser.add_argument("--waterfall", action="store_true", help="start it, close it, and draw where the time goes")
    parser.add_argument("-o", dest="path", metavar="FILE", help="write FILE instead of the standard output")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status; see `DESCRIPTION`."""
    form = arguments.format or _format_of(arguments.path)
    _refuse_combinations(arguments)
    found = container_at(arguments.container)
    if arguments.waterfall:
        return _waterfall(found, arguments.container, form, arguments.path)
    try:
        view = _viewed(found, arguments.container, arguments.by or "scope")
        if arguments.focus is not None:
            view = focused(view, arguments.focus, arguments.depth)
    except (TenureError, ValueError) as error:
        raise Refused(str(error)) from None
    _write(_tree(view, arguments.path) if form == "tree" else FORMATS[form](view), arguments.path)
    return 0


def _viewed(container: Any, source: str, by: str) -> View:
    """Return the view of *container*, with what its applications call; what the program asks for is not "unused"."""
    program = looked_at(source, container).program
    view: View = container.__tenure_view__(title=source, by=by)
    nodes = [
        replace(node, notes=tuple(note for note in node.notes if note.kind != "unused"))
        if program.asks_for(node.key)
        else node
        for node in view.nodes
    ]
    return replace(view, nodes=tuple(nodes))


def _refuse_combinations(arguments: argparse.Namespace) -> None:
    if arguments.depth is not None and arguments.focus is None:
        raise Refused("--depth says how far from --focus KEY things are drawn; say which KEY")
    if arguments.waterfall and (arguments.focus is not None or arguments.by is not None):
        raise Refused("a waterfall shows everything that was opened, in order of time; it takes no --focus and no --by")


def _depth(said: str) -> int:
    if not said.isdecimal():
        raise argparse.ArgumentTypeError(f"{said!r} is no number of needs, 0 or more")
    return int(said)


def _format_of(path: str | None) -> str:
    """Return the format that the name of a file says, "tree" where there is none."""
    suffix = Path(path).suffix.lower() if path else ""
    named = {".mmd": "mermaid", ".htm": "html", ".gv": "dot", ".txt": "tree", "": "tree"}
    form = named.get(suffix, suffix[1:])
    if form not in FORMATS:
        raise Refused(f"{path!r} does not say which format is wanted; say --format, one of {', '.join(FORMATS)}")
    return form


def _waterfall(found: Any, source: str, form: str, path: str | None) -> int:
    if form in ("mermaid", "dot"):
        raise Refused(f"a waterfall cannot be drawn as {form}; there are tree, svg, html and json")
    timelines, failure = timed(found)
    text = waterfalls(timelines, form, title=source)
    _write(text if path or _can_be_shown(text) else waterfalls(timelines, form, title=source, ascii_only=True), path)
    if failure is not None:
        raise Refused(f"it failed with {told(failure)}", 1)
    return 0


def waterfalls(timelines: tuple[Timeline, ...], form: str, *, title: str, ascii_only: bool = False) -> str:
    """
    Return *timelines* drawn in a format.

    Args:
        timelines: those of a `TimelineRecorder`.
        form: "tree" for bars as wide as the terminal, "svg", "html" or "json".
        title: of the page, where it is one.
        ascii_only: whether bars are made of ASCII.
    """
    if form == "svg":
        return waterfall_of(*timelines)
    if form == "html":
        return waterfall_page_of(timelines, title=title)
    if form == "json":
        return json.dumps([timeline.as_dict() for timeline in timelines], indent=2) + "\n"
    columns = max(shutil.get_terminal_size().columns, waterfall_text.LEAST_COLUMNS)
    blocks = waterfall_text.ASCII if ascii_only else waterfall_text.UNICODE
    return "\n".join(waterfall_text.bars_of(timeline, columns=columns, blocks=blocks) for timeline in timelines)


def _tree(view: View, path: str | None) -> str:
    text = tree_of(view)
    return text if path or _can_be_shown(text) else tree_of(view, signs=ASCII)


def _can_be_shown(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _write(text: str, path: str | None) -> None:
    if path:
        try:
            Path(path).write_text(text, encoding="utf-8")
        except OSError as error:
            raise Refused(f"{path!r} cannot be written: {error.strerror}") from None
        return
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
