"""A dependency path, as errors keep and show it."""

from collections.abc import Sequence

from tenure.keys import Key, show
from tenure.record import record


@record
class PathStep:
    """One step of a dependency path: *key*, needed through *parameter* of the step before, made at *where*."""

    key: Key
    parameter: str | None
    """Name of the parameter of the previous step; None for what was asked for."""
    where: str | None
    """`file:line` of what makes the key; None where it is not bound."""


def draw_path(path: Sequence[PathStep]) -> str:
    """Return *path* as an indented tree, one step a line, each with its file and line."""
    lines = []
    for depth, step in enumerate(path):
        branch = "  " + "   " * (depth - 1) + "└─ " if depth else "  "
        parameter = f"{step.parameter}: " if step.parameter else ""
        name = "?" if repr(step.key) == "NOTHING" else show(step.key)
        lines.append(f"{branch}{parameter}{name}" + (f"   ({step.where})" if step.where else ""))
    return "\n".join(lines)
