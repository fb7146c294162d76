"""The formats that a view can be drawn in."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenure.draw.dot import dot_of
from tenure.draw.mermaid import mermaid_of
from tenure.draw.page import page_of
from tenure.draw.svg import svg_of
from tenure.draw.tree import tree_of
from tenure.draw.view import View


def json_of(view: View) -> str:
    """Return *view* as a JSON object: `title`, `groups`, `nodes` and `links`, as in `View`."""
    return json.dumps(view.as_dict(), indent=2) + "\n"


FORMATS: Mapping[str, Callable[[View], str]] = MappingProxyType(
    {"tree": tree_of, "mermaid": mermaid_of, "dot": dot_of, "svg": svg_of, "html": page_of, "json": json_of}
)
"""By name, what draws a view."""
