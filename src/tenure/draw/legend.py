"""What shapes and marks mean, below the drawing: only what is in it."""

from tenure.draw.layout import MARGIN, Box
from tenure.draw.markup import element, number, text
from tenure.draw.shapes import badge, outline, wave
from tenure.draw.view import FUNCTION, GIVEN, MISSING, RESOURCE, VALUE, Node, View
from tenure.draw.words import SMALL_PX, width_of

_ROW = 26.0
_WIDEST = 860.0
_WORDS = {
    RESOURCE: "resource: opened and closed",
    VALUE: "plain value",
    GIVEN: "given to the scope",
    FUNCTION: "injected function",
    MISSING: "nothing is bound to it",
}


def legend(view: View, top: float) -> tuple[str, float, float]:
    """Return the legend of *view* as markup, its height and its width; *top* is where it begins."""
    x, y, right = MARGIN, top + 8, 0.0
    parts = []
    for mark, said in _entries(view):
        width = 40 + width_of(said, SMALL_PX) + 22
        if x > MARGIN and x + width > _WIDEST:
            x, y = MARGIN, y + _ROW
        parts += [_mark(mark, x, y), text(said, x + 40, y + 4, "note")]
        x += width
        right = max(right, x)
    return element("g", "".join(parts), class_="legend"), y - top + 24, right


def _entries(view: View) -> list[tuple[str, str]]:
    nodes, links = view.nodes, view.links
    kinds = {node.kind for node in nodes}
    found = [(kind, said) for kind, said in _WORDS.items() if kind in kinds]
    if any(node.lifetime == "transient" and node.kind in (RESOURCE, VALUE) for node in nodes):
        found.append(("transient", "a new one each time"))
    marks = {
        "wave": ("asynchronous", any(node.is_async for node in nodes)),
        "asked": ("asked for when it runs", any(not link.names for link in links)),
        "wrong": ("must not be", any(link.is_wrong for link in links)),
        "critical": ("critical path", any(node.is_critical for node in nodes)),
        "error": ("error", any(node.level == "error" for node in nodes)),
        "warning": ("warning", any(node.level == "warning" for node in nodes)),
    }
    return found + [(mark, said) for mark, (said, is_there) in marks.items() if is_there]


def _mark(mark: str, x: float, y: float) -> str:
    if mark in _WORDS or mark == "transient":
        kind = VALUE if mark == "transient" else mark
        node = Node("", "", kind, "", "", False, "")
        box = Box("", x + 2, y - 8, 30, 16, 0, "")
        behind = outline(node, box, is_behind=True) if mark == "transient" else ""
        return element("g", behind + outline(node, box), class_=f"node {kind}")
    if mark == "wave":
        return wave(x + 10, y)
    if mark in ("error", "warning"):
        return badge(mark, x + 17, y)
    return element("g", element("path", "", class_="line", d=f"M{number(x + 2)} {number(y)}h30"), class_=f"link {mark}")
