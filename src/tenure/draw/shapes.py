"""The shapes of nodes, and the marks on them: what tells them apart without colour."""

from tenure.draw.layout import Box
from tenure.draw.markup import element, number
from tenure.draw.view import FUNCTION, GIVEN, RESOURCE, Node

_CUT = 11.0


def outline(node: Node, box: Box, *, is_behind: bool = False) -> str:
    """Return the outline of *node*; *is_behind*: that of a second one, which looks out from behind it."""
    by = 3.5 if is_behind else 0.0
    path = shape(node.kind, box.x + by, box.y - by, box.width, box.height)
    return element("path", "", class_="behind" if is_behind else "box", d=path)


def shape(kind: str, x: float, y: float, width: float, height: float) -> str:
    """Return the outline of a node of *kind* as path data."""
    half = height / 2
    high, across, right = number(height), number(width - height), number(width - _CUT)
    if kind == RESOURCE:
        end = f"a{number(half)} {number(half)} 0 0 1 0"
        return _path(x + half, y, f"h{across}{end} {high}h-{across}{end} -{high}z")
    if kind == FUNCTION:
        return _path(x, y, f"h{right}l{_CUT} {number(half)}l-{_CUT} {number(half)}h-{right}z")
    if kind == GIVEN:
        return _path(x, y, f"h{right}l{_CUT} {_CUT}v{number(height - _CUT)}h-{number(width)}z")
    return _path(x, y, f"h{number(width)}v{high}h-{number(width)}z")


def _path(x: float, y: float, rest: str) -> str:
    return f"M{number(x)} {number(y)}{rest}"


def wave(x: float, middle: float) -> str:
    """Return the mark of what is asynchronous, 14 pixels wide."""
    return element("path", "", class_="wave", d=f"M{number(x)} {number(middle)}q3.5 -7 7 0t7 0")


def badge(level: str, x: float, y: float) -> str:
    """Return the mark of a finding around *x* and *y*, with a "!": a disc for an error, a triangle for a warning."""
    form = f"M{number(x - 8)} {number(y)}a8 8 0 1 0 16 0a8 8 0 1 0 -16 0z"
    if level == "warning":
        form = f"M{number(x)} {number(y - 9)}l9 16h-18z"
    sign = f"M{number(x)} {number(y - 4)}v5m0 2.4v1.6"
    return element(
        "g", element("path", "", d=form) + element("path", "", class_="sign", d=sign), class_=f"badge {level}"
    )
