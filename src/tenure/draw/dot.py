"""A graph in the language of Graphviz, which draws and converts it: scopes as clusters, shapes as in the SVG."""

from collections.abc import Mapping

from tenure.draw.telling import told_of_link, told_of_node
from tenure.draw.view import FUNCTION, GIVEN, MISSING, RESOURCE, VALUE, Link, Node, View
from tenure.model.binding import TRANSIENT

_SHAPES = {
    RESOURCE: {"shape": "box", "style": "rounded,filled", "fillcolor": "#e3f4f1", "color": "#0f766e"},
    VALUE: {"shape": "box"},
    FUNCTION: {"shape": "cds"},
    GIVEN: {"shape": "note"},
    MISSING: {"shape": "box", "style": "dashed", "color": "#b3261e"},
}


def dot_of(view: View) -> str:
    """Return *view* as a Graphviz digraph, with a line end after each line."""
    lines = [f"digraph {_quoted(view.title or 'graph')} {{"]
    lines += [f"  graph{_attributes({'rankdir': 'LR', 'fontname': 'sans-serif', 'label': view.title})};"]
    lines += ['  node [fontname="sans-serif"];']
    for number, group in enumerate(view.groups):
        lines += [f"  subgraph cluster_{number} {{", f"    label={_quoted(group.name)};"]
        lines += [f"    {node.id}{_attributes(_look(node))};" for node in view.nodes if node.group == group.name]
        lines.append("  }")
    nodes = {node.id: node for node in view.nodes}
    for link in view.links:
        look = _look_of_link(link, nodes[link.source], nodes[link.target])
        lines.append(f"  {link.source} -> {link.target}{_attributes(look)};")
    return "\n".join([*lines, "}", ""])


def _look(node: Node) -> dict[str, str]:
    found = {"label": f"{'~ ' * node.is_async}{node.label}", **_SHAPES[node.kind], "tooltip": told_of_node(node)}
    if node.lifetime == TRANSIENT and node.kind in (RESOURCE, VALUE):
        found["peripheries"] = "2"
    if node.is_critical or node.level:
        found |= {"penwidth": "3", "color": "#0b62b8" if node.is_critical else "#b3261e"}
    return found


def _look_of_link(link: Link, source: Node, target: Node) -> dict[str, str]:
    found = {"tooltip": told_of_link(link, source, target)}
    if not link.names:
        found["style"] = "dashed"
    if link.is_wrong:
        return found | {"color": "#b3261e", "penwidth": "2", "arrowhead": "tee"}
    return found | {"penwidth": "3"} if source.is_critical and target.is_critical else found


def _attributes(said: Mapping[str, str]) -> str:
    return f" [{', '.join(f'{name}={_quoted(value)}' for name, value in said.items())}]"


def _quoted(said: str) -> str:
    r"""Return *said* in quotes; a backslash would begin an escape such as `\N`, which stands for a name."""
    found = said.replace("\\", "\\\\").replace('"', '\\"').replace("\r", " ").replace("\x00", " ")
    return '"' + found.replace("\n", "\\n") + '"'
