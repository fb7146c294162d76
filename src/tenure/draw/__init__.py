"""
Pictures of graphs and timelines: pure functions from a view to text.

`drawing` draws a container in one go; `view_of`, `focused`, `laid_out` and the functions of `FORMATS` are its steps.
"""

from collections.abc import Iterable
from typing import Protocol

from tenure.draw.focusing import focused
from tenure.draw.formats import FORMATS
from tenure.draw.layout import laid_out
from tenure.draw.surveying import view_of
from tenure.draw.svg import svg_of
from tenure.draw.view import View
from tenure.draw.waterfall import waterfall_of

__all__ = ["FORMATS", "drawing", "focused", "laid_out", "svg_of", "view_of", "waterfall_of"]


class Drawable(Protocol):
    """A container, type-driven or declarative."""

    def __tenure_view__(self, *, title: str, by: str, critical: Iterable[str]) -> View:
        """Return what a drawing of it shows."""
        ...


def drawing(
    container: Drawable,
    form: str = "svg",
    *,
    title: str = "",
    by: str = "scope",
    focus: str | None = None,
    depth: int | None = None,
    critical: Iterable[str] = (),
) -> str:
    """
    Return a drawing of what *container* binds; opens nothing, and shows no value of anything.

    Args:
        container: a type-driven container, or an instance of a declarative one.
        form: one of `FORMATS`: "tree", "mermaid", "dot", "svg", "html" or "json".
        title: what stands above it.
        by: what things are grouped by: "scope", "module" or "type".
        focus: name of a key as it is drawn, or the end of one; only it, what it needs and what needs it is drawn.
        depth: with *focus*, how many needs away at most, >= 0; None: any number.
        critical: names of keys that are marked, as those on the critical path of a timeline.

    Raises:
        ValueError: there is no such format or grouping, nothing is called *focus*, or *depth* is less than 0 or given
            without *focus*.
    """
    if form not in FORMATS:
        raise ValueError(f"there is no format {form!r}; there are {', '.join(FORMATS)}")
    if depth is not None and focus is None:
        raise ValueError("depth says how far from the focus things are drawn; say which")
    view = container.__tenure_view__(title=title, by=by, critical=critical)
    return FORMATS[form](view if focus is None else focused(view, focus, depth))
