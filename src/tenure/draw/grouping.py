"""
Which group each node of a view is drawn in, and in which order groups stand: who asks before what is needed.

A value of no scope of its own (transient, ambient) lives with whoever asked, so it stands where its longest-lived user
does; a link between scopes then leads to what lives longer, and one that does not is at fault (L48).
"""

from collections.abc import Sequence

from tenure.draw.circles import in_circles
from tenure.draw.view import BY, FUNCTION, GIVEN, MISSING, Group, Link, Node, View
from tenure.model.binding import AMBIENT, CALL, SINGLETON, TRANSIENT
from tenure.record import replace

FUNCTIONS = "functions"
_NOTES = {
    FUNCTIONS: "what is injected into",
    TRANSIENT: "a new one each time",
    AMBIENT: "in the scope that needs it first",
    CALL: "one per injected call",
    SINGLETON: "one per container",
}
_TYPES = ("function", "missing", "value", "given", "async value", "resource", "async resource")


def grouped(view: View, ladder: Sequence[str], by: str) -> View:
    """
    Return *view* with a group for each node, and links at fault marked.

    Args:
        view: any; the groups that it has are forgotten.
        ladder: names of scopes, widest first.
        by: one of `view.BY`.

    Raises:
        ValueError: nothing can be grouped by *by*.
    """
    if by not in BY:
        raise ValueError(f"nothing can be grouped by {by!r}; there are {', '.join(BY)}")
    order = [FUNCTIONS, TRANSIENT, AMBIENT, *reversed(ladder), SINGLETON]
    scopes = _scopes(view, order)
    links = tuple(_judged(view, scopes, order))
    if by == "scope":
        names, chosen = order, scopes
    elif by == "module":
        chosen = {node.id: node.module or "elsewhere" for node in view.nodes}
        names = _by_flow(view, chosen)
    else:
        chosen = {node.id: _type(node) for node in view.nodes}
        names = list(_TYPES)
    used = set(chosen.values())
    groups = tuple(Group(name, _note(name, by)) for name in names if name in used)
    nodes = tuple(replace(node, group=chosen[node.id]) for node in view.nodes)
    return replace(view, nodes=nodes, links=links, groups=groups)


def _note(name: str, by: str) -> str:
    return _NOTES.get(name, "one per open scope") if by == "scope" else ""


def _type(node: Node) -> str:
    is_async = node.is_async and node.kind not in (FUNCTION, MISSING, GIVEN)
    return f"async {node.kind}" if is_async else node.kind


def _scopes(view: View, order: list[str]) -> dict[str, str]:
    """Return the scope in which each node lives, by id."""
    users: dict[str, list[str]] = {node.id: [] for node in view.nodes}
    for link in view.links:
        users[link.target].append(link.source)
    rank = {name: number for number, name in enumerate(order)}
    own = {node.id: _own(node, rank) for node in view.nodes}
    is_free = {node.id: node.lifetime in (TRANSIENT, AMBIENT) for node in view.nodes}
    found = dict(own)
    queue = [node.id for node in view.nodes]
    below: dict[str, list[str]] = {}
    for link in view.links:
        below.setdefault(link.source, []).append(link.target)
    for id_ in queue:  # what is free follows its users; ranks only grow, so it ends
        for target in below.get(id_, ()):
            if is_free[target] and found[target] < found[id_]:
                found[target] = found[id_]
                queue.append(target)
    return {id_: order[number] for id_, number in found.items()}


def _own(node: Node, rank: dict[str, int]) -> int:
    if node.kind == FUNCTION:
        return rank[FUNCTIONS]
    return rank.get(node.lifetime, rank[TRANSIENT])


def _judged(view: View, scopes: dict[str, str], order: list[str]) -> list[Link]:
    """Mark the links that a finding is about."""
    rank = {name: number for number, name in enumerate(order)}
    missing = {node.id for node in view.nodes if node.kind == MISSING}
    circle = in_circles([node.id for node in view.nodes], [(link.source, link.target) for link in view.links])
    return [
        replace(
            link,
            is_wrong=link.target in missing
            or rank[scopes[link.source]] > rank[scopes[link.target]]
            or (link.source in circle and circle[link.source] == circle.get(link.target)),
        )
        for link in view.links
    ]


def _by_flow(view: View, chosen: dict[str, str]) -> list[str]:
    """Return groups in an order in which few links lead back: the one that is needed least comes next, each time."""
    weights: dict[str, dict[str, int]] = {name: {} for name in dict.fromkeys(chosen.values())}
    for link in view.links:
        source, target = chosen[link.source], chosen[link.target]
        if source != target:
            weights[source][target] = weights[source].get(target, 0) + 1
    needed = dict.fromkeys(weights, 0)
    for targets in weights.values():
        for target, weight in targets.items():
            needed[target] += weight
    order: list[str] = []
    left = dict.fromkeys(weights)
    while left:
        name = min(left, key=lambda each: (needed[each], -sum(weights[each].get(t, 0) for t in left)))
        order.append(name)
        del left[name]
        for target, weight in weights[name].items():
            needed[target] -= weight
    return order
