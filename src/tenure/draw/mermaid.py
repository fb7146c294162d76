"""
A graph as Mermaid: for Markdown of GitHub, GitLab and many others, which draw it.

Shapes say what is what, as in the SVG; what is asynchronous has a "~" before its name.
"""

import json

from tenure.draw.view import FUNCTION, GIVEN, MISSING, RESOURCE, Link, Node, View

_SHAPES = {RESOURCE: ("([", "])"), FUNCTION: (">", "]"), GIVEN: ("[/", "/]"), MISSING: ("{{", "}}")}
_CODES = {ord(char): f"#{ord(char)};" for char in "#&<>\"'`\\[]{}()|"}
"""Mermaid's own escapes; inside quotes most would do as they are, but Markdown around it reads some as well."""
_CLASSES = {
    "resource": "fill:#e3f4f1,stroke:#0f766e,color:#16202c",
    "error": "stroke:#b3261e,stroke-width:3px",
    "warning": "stroke:#8a5a00,stroke-width:3px",
    "critical": "stroke:#0b62b8,stroke-width:4px",
}


def mermaid_of(view: View) -> str:
    """Return *view* as a Mermaid flowchart, with a line end after each line."""
    lines = ["---", f"title: {json.dumps(view.title)}", "---"] if view.title else []
    lines.append("flowchart LR")
    for number, group in enumerate(view.groups):
        lines.append(f'  subgraph g{number}["{_text(group.name)}"]')
        lines += [f"    {_node(node)}" for node in view.nodes if node.group == group.name]
        lines.append("  end")
    critical = {node.id for node in view.nodes if node.is_critical}
    lines += [f"  {link.source} {_arrow(link, critical)} {link.target}" for link in view.links]
    wrong = [str(number) for number, link in enumerate(view.links) if link.is_wrong]
    if wrong:
        lines.append(f"  linkStyle {','.join(wrong)} stroke:#b3261e,stroke-width:2px")
    for name, style in _CLASSES.items():
        members = [node.id for node in view.nodes if name in (node.kind, node.level, "critical" * node.is_critical)]
        if members:
            lines += [f"  classDef {name} {style}", f"  class {','.join(members)} {name}"]
    return "\n".join([*lines, ""])


def _node(node: Node) -> str:
    begin, end = _SHAPES.get(node.kind, ("[", "]"))
    return f'{node.id}{begin}"{"~ " * node.is_async}{_text(node.label)}"{end}'


def _arrow(link: Link, critical: set[str]) -> str:
    if link.is_wrong:
        return "--x"
    if not link.names:
        return "-.->"
    return "==>" if link.source in critical and link.target in critical else "-->"


def _text(said: str) -> str:
    return " ".join(said.split()).translate(_CODES)
