"""
A graph as SVG: one drawing for files, pages, notebooks and the dashboard.

A resource is a box with round ends, a plain value a box with corners, what is given to a scope a box with a cut corner,
an injected function an arrow's head, what is missing a dashed box; a wave says asynchronous, a second outline that a
new one is made each time, a badge that there is a finding. Each node is a `g` with `data-id`, `data-label` and classes,
each link a `g` with `data-source` and `data-target`, for scripts and style sheets of pages around it. No script, no
font, nothing that is fetched.
"""

from collections.abc import Iterable

from tenure.draw.layout import BACK, MARGIN, Box, Layout, Route, laid_out
from tenure.draw.legend import legend
from tenure.draw.looks import LOOKS
from tenure.draw.markup import element, escaped, number, text
from tenure.draw.palette import sheet
from tenure.draw.shapes import badge, outline, wave
from tenure.draw.telling import told_of_link, told_of_node
from tenure.draw.view import RESOURCE, VALUE, Node, View, summary
from tenure.draw.words import FONT, SMALL_PX, width_of
from tenure.model.binding import TRANSIENT

HEAD_PX = 8.0
"""Length of the head of an arrow."""
TITLE = 30.0
"""Height of the line above everything that says what is drawn."""


def svg_of(view: View, layout: Layout | None = None) -> str:
    """
    Return *view* as an SVG document, without an XML declaration, so that it can stand in a page as it is.

    Args:
        view: what is drawn.
        layout: where everything is; None: it is worked out.
    """
    layout = laid_out(view) if layout is None else layout
    nodes = {node.id: node for node in view.nodes}
    key, key_height, key_width = legend(view, layout.height + TITLE)
    width = max(layout.width, key_width, 2 * MARGIN + _title_width(view) + width_of(summary(view), SMALL_PX))
    height = layout.height + TITLE + key_height
    body = [
        element("style", sheet(LOOKS, "svg.tenure-graph")),
        element("rect", "", class_="paper", width="100%", height="100%"),
        *_heading(view),
        '<g transform="translate(0 30)">',
        *_bands(layout),
        *_routes(layout, nodes),
        *(_node(box, nodes[box.id]) for box in layout.boxes),
        "</g>",
        key,
    ]
    said = f"{view.title or 'graph'}: {summary(view)}"
    return element(
        "svg", "\n" + "\n".join(body) + "\n", xmlns="http://www.w3.org/2000/svg", class_="tenure-graph",
        width=number(width), height=number(height), viewBox=f"0 0 {number(width)} {number(height)}",
        role="img", aria_label=said, font_family=FONT,
    )  # fmt: skip


def _title_width(view: View) -> float:
    """The title is larger and bold: bold letters are up to an eighth wider."""
    return width_of(view.title, 15.0) * 1.13 + 14


def _heading(view: View) -> list[str]:
    x = MARGIN
    found = []
    if view.title:
        found.append(text(view.title, x, 28, "title"))
        x += _title_width(view)
    return [*found, text(summary(view), x, 28, "note")]


def _bands(layout: Layout) -> Iterable[str]:
    for at, band in enumerate(layout.bands):
        parts = [
            element(
                "rect", "", class_=f"band band-{at % 2}", x=number(band.x), y=number(MARGIN), rx="10",
                width=number(band.width), height=number(layout.height - 2 * MARGIN),
            ),
            text(band.name, band.x + 14, MARGIN + 23, "band-name"),
            text(band.note, band.x + 14, MARGIN + 39, "note") if band.note else "",
        ]  # fmt: skip
        yield element("g", "".join(parts))


def _routes(layout: Layout, nodes: dict[str, Node]) -> Iterable[str]:
    """What has to be seen is drawn last, above the rest."""
    boxes = {box.id: box for box in layout.boxes}
    for route in sorted(
        layout.routes, key=lambda each: ("wrong" in (said := _classes(each, nodes)), "critical" in said)
    ):
        source, target = nodes[route.link.source], nodes[route.link.target]
        box = boxes[target.id]
        parts = [
            element("title", escaped(told_of_link(route.link, source, target))),
            element("path", "", class_="line", d=path_of(route, box)),
            element("path", "", class_="head", d=_head(box, leads_back=route.leads_back)),
        ]
        classes = " ".join(_classes(route, nodes))
        yield element("g", "".join(parts), class_=classes, data_source=source.id, data_target=target.id)


def _classes(route: Route, nodes: dict[str, Node]) -> list[str]:
    link = route.link
    is_critical = nodes[link.source].is_critical and nodes[link.target].is_critical
    marks = {"asked": not link.names, "critical": is_critical, "wrong": link.is_wrong}
    return ["link", *(name for name, is_so in marks.items() if is_so)]


def path_of(route: Route, box: Box) -> str:
    """Return the line of *route* as path data; *box* is that of what is needed."""
    if not route.points:  # it needs itself
        x, y = box.x + box.width, box.middle
        return f"M{number(x)} {number(y - BACK)}c32 -14 32 {number(2 * BACK)} {number(HEAD_PX)} {number(2 * BACK)}"
    said = []
    before = None
    for (x0, y0), (x1, y1) in zip(route.points[::2], route.points[1::2], strict=True):
        if before is None:
            said.append(f"M{number(x0)} {number(y0)}")
        elif before[0] != x0:
            said.append(f"H{number(x0)}")
        if (x1, y1) == route.points[-1]:  # the head takes the rest
            x1 += HEAD_PX if route.leads_back else -HEAD_PX
        said.append(f"H{number(x1)}" if y0 == y1 else _curve(x0, y0, x1, y1))
        before = x1, y1
    return "".join(said)


def _curve(x0: float, y0: float, x1: float, y1: float) -> str:
    """Level at both ends, and nowhere outside the rectangle between them."""
    middle = number((x0 + x1) / 2)
    return f"C{middle} {number(y0)} {middle} {number(y1)} {number(x1)} {number(y1)}"


def _head(box: Box, *, leads_back: bool) -> str:
    x, y = (box.x + box.width + 1, box.middle + BACK) if leads_back else (box.x - 1, box.middle)
    return f"M{number(x)} {number(y)}l{9 if leads_back else -9} -4.5v9z"


def _node(box: Box, node: Node) -> str:
    is_repeated = node.lifetime == TRANSIENT and node.kind in (RESOURCE, VALUE)
    lines = {"label": (box.label, -2.0 if box.detail else 4.5), "detail": (box.detail, 13.5)}
    parts = [
        element("title", escaped(told_of_node(node))),
        outline(node, box, is_behind=True) if is_repeated else "",
        outline(node, box),
        *(
            text(said, box.text_x, box.middle + down, class_, text_anchor="middle")
            for class_, (said, down) in lines.items()
            if said
        ),
        wave(box.x + 12, box.middle) if node.is_async else "",
        badge(node.level, box.x + box.width - 7, box.y + 1) if node.level else "",
    ]
    classes = ["node", node.kind, *(["critical"] if node.is_critical else []), *([node.level] if node.level else [])]
    return element("g", "".join(parts), class_=" ".join(classes), data_id=node.id, data_label=node.label)
