"""
The graph as the page draws it: nodes, lines and bands with their places, as data for JSON. Names only.

Places, outlines and lines are those of `tenure.draw`. Takes a while for a large graph.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tenure.draw.layout import Box, laid_out
from tenure.draw.shapes import shape
from tenure.draw.surveying import view_of
from tenure.draw.svg import path_of
from tenure.draw.view import Node, View
from tenure.keys import Key


class Picture:
    """
    A graph, laid out.

    Args:
        view: what is drawn.

    Attributes:
        data: for the page.
        ids: the id of each node that stands for a key, by key.
    """

    def __init__(self, view: View) -> None:
        self.ids: dict[Key, str] = {node.key: node.id for node in view.nodes if node.key is not None}
        self.data: dict[str, Any] = _drawn(view)


def picture_of(engine: Any) -> Picture:
    """Return the graph of *engine*, laid out."""
    return Picture(view_of(engine.graph, engine.ladder))


def _drawn(view: View) -> dict[str, Any]:
    found = laid_out(view)
    below: dict[str, list[str]] = {node.id: [] for node in view.nodes}
    for link in view.links:
        below[link.source].append(link.target)
    boxes = {box.id: box for box in found.boxes}
    return {
        "width": found.width,
        "height": found.height,
        "bands": [{"name": band.name, "note": band.note, "x": band.x, "width": band.width} for band in found.bands],
        "lines": [
            {"from": route.link.source, "to": route.link.target, "path": path_of(route, boxes[route.link.target]),
             "ends_at": route.points[-1][1] if route.points else boxes[route.link.target].middle,
             "back": route.leads_back, "wrong": route.link.is_wrong, "asked": not route.link.names}
            for route in found.routes
        ],
        "nodes": [_node(node, boxes[node.id], below[node.id]) for node in view.nodes],
    }  # fmt: skip


def _node(node: Node, box: Box, needs: list[str]) -> Mapping[str, Any]:
    return {
        "id": node.id, "label": node.label, "kind": node.kind, "lifetime": node.lifetime, "async": node.is_async,
        "module": node.module, "made_by": node.made_by, "place": _short(node.place), "opens": node.opens,
        "closes": node.closes, "level": node.level,
        "notes": [[note.level, _short_text(note.text)] for note in node.notes],
        "needs": list(dict.fromkeys(needs)), "x": box.x, "y": box.y, "width": box.width, "height": box.height,
        "short": box.label, "detail": box.detail, "text_x": box.text_x - box.x,
        "outline": shape(node.kind, 0, 0, box.width, box.height),
        "ring": shape(node.kind, -4, -4, box.width + 8, box.height + 8),
    }  # fmt: skip


def _short_text(text: str) -> str:
    return text.replace(f"{Path.cwd()}/", "")


def _short(place: str | None) -> str | None:
    """Return `file:line` without the folder that the program was started in; of what is elsewhere, the end."""
    if place is None:
        return None
    path = Path(place)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(Path(*path.parts[-3:]))
