"""A part of a view: one node and what is near it."""

import difflib
from collections.abc import Iterable, Sequence

from tenure.draw.view import Node, View
from tenure.record import replace


def focused(view: View, name: str, depth: int | None = None) -> View:
    """
    Return *view* with only the node called *name*, what it needs and what needs it.

    Args:
        view: any.
        name: a label, or the end of one behind a dot where no other label ends so.
        depth: how many needs away a node may be, >= 0, up and down apart; None: any number.

    Raises:
        ValueError: there is no such node, or several; the text has near names. Or *depth* is less than 0.
    """
    if depth is not None and depth < 0:
        raise ValueError(f"depth is {depth}, but it says how many needs away from {name!r} is shown: 0 or more")
    centre = named(view.nodes, name).id
    below: dict[str, list[str]] = {}
    above: dict[str, list[str]] = {}
    for link in view.links:
        below.setdefault(link.source, []).append(link.target)
        above.setdefault(link.target, []).append(link.source)
    kept = _within(centre, below, depth) | _within(centre, above, depth)
    nodes = tuple(node for node in view.nodes if node.id in kept)
    links = tuple(link for link in view.links if link.source in kept and link.target in kept)
    groups = {node.group for node in nodes}
    return replace(view, nodes=nodes, links=links, groups=tuple(group for group in view.groups if group.name in groups))


def named(nodes: Sequence[Node], name: str) -> Node:
    """Return the one of *nodes* that is called *name*; see `focused`."""
    for spelled in (lambda label: label, _bare, lambda label: _bare(label).rpartition(".")[2]):
        found = [node for node in nodes if spelled(node.label) == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"{name!r} could be {_or(node.label for node in found)}")
    close = difflib.get_close_matches(name, [node.label for node in nodes], n=3, cutoff=0.5)
    hint = f"; did you mean {_or(close)}?" if close else ""
    raise ValueError(f"nothing in the drawing is called {name!r}{hint}")


def _bare(label: str) -> str:
    """Return *label* as one would type it: a name that is a string without its quotes, a function without "()"."""
    return label.removesuffix("()").strip("'")


def _or(names: Iterable[str]) -> str:
    return " or ".join(names)


def _within(centre: str, next_to: dict[str, list[str]], depth: int | None) -> set[str]:
    found, ring, n_steps = {centre}, [centre], 0
    while ring and (depth is None or n_steps < depth):
        ring = [other for id_ in ring for other in next_to.get(id_, ()) if other not in found]
        found.update(ring)
        n_steps += 1
    return found
