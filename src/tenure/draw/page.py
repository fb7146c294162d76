"""
A graph as a page of its own: the SVG with search, zoom, the neighbourhood of what is chosen and its details.

One file that fetches nothing; a content security policy in it forbids that. Works from 320 pixels on, with a keyboard
alone, and without a script as far as the drawing goes.
"""

import json
from typing import Any

from tenure.draw.markup import element, escaped
from tenure.draw.page_script import SCRIPT
from tenure.draw.page_style import STYLE
from tenure.draw.svg import svg_of
from tenure.draw.telling import facts_of, kind_in_words
from tenure.draw.view import View, summary

POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_KEYS = "/ search, arrows move, Enter chooses, + and - zoom, 0 shows all, 1 true size, Esc back"

_BUTTONS = {
    "out": ("&minus;", "zoom out"),
    "in": ("+", "zoom in"),
    "fit": ("all", "show all"),
    "one": ("1:1", "true size"),
}
_DEPTHS = {"1": "1 need away", "2": "2 needs away", "all": "all"}


def page_of(view: View) -> str:
    """Return *view* as an HTML document."""
    title = view.title or "graph"
    search = element(
        "input", type="search", id="search", placeholder="search", aria_label="search by name", autocomplete="off"
    )
    buttons = "".join(
        element("button", sign, type="button", id=id_, title=said, aria_label=said)
        for id_, (sign, said) in _BUTTONS.items()
    )
    depths = element("select", _options(_DEPTHS), id="depth", aria_label="neighbours that are shown")
    near = element("label", element("span", "neighbours ", class_="word") + depths)
    head = element("header", element("h1", escaped(title)) + search + element("div", near + buttons, class_="tools"))
    drawing = element("div", svg_of(view), id="drawing", tabindex="0", role="application", aria_label="drawing")
    panel = element(
        "aside",
        element("div", "", id="details", aria_live="polite")
        + element("h2", escaped(summary(view)), id="list-name")
        + element("ul", "", id="list", aria_labelledby="list-name")
        + element("p", escaped(_KEYS), class_="keys"),
        aria_label="details",
    )
    body = head + element("main", drawing + panel)
    facts = element("script", _embedded(_facts(view)), type="application/json", id="facts")
    return document(title, STYLE, body + facts + element("script", SCRIPT))


def document(title: str, style: str, body: str) -> str:
    """Return an HTML document that may fetch nothing."""
    head = "".join([
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        element("title", escaped(title)),
        element("style", style),
    ])  # fmt: skip
    return f'<!doctype html>\n<html lang="en">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'


def _options(said: dict[str, str]) -> str:
    return "".join(element("option", word, value=value) for value, word in said.items())


def _facts(view: View) -> dict[str, Any]:
    nodes = {
        node.id: {
            "label": node.label,
            "kind": kind_in_words(node),
            "group": node.group,
            "level": node.level,
            "facts": [*facts_of(node), *([("place", node.place)] if node.place else [])],
        }
        for node in view.nodes
    }
    return {"nodes": nodes, "links": [[link.source, link.target, list(link.names)] for link in view.links]}


def _embedded(found: Any) -> str:
    """Return JSON that may stand in a `script` element: nothing in it looks like the end of one, or a comment."""
    said = json.dumps(found, ensure_ascii=True, separators=(",", ":"))
    return said.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
