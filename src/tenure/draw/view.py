"""
What a drawing of a graph shows, as data: nodes, needs and groups; names only, no value of anything.

Everything that draws reads this and nothing else.
"""

from typing import Any

from tenure.keys import Key
from tenure.record import record

RESOURCE, VALUE, GIVEN, FUNCTION, MISSING = "resource", "value", "given", "function", "missing"
KINDS = (RESOURCE, VALUE, GIVEN, FUNCTION, MISSING)
"""What a node can be: opened and closed, a plain value, given by whoever enters the scope, an injected function, or
needed but bound to nothing."""
BY = ("scope", "module", "type")
"""What nodes can be grouped by."""


@record
class Note:
    """A finding of `check`, of one node."""

    level: str
    """"error", "warning" or "info"."""
    kind: str
    text: str


@record
class Node:
    """One key, or one injected function."""

    id: str
    """"n0", "n1", ... in order of binding."""
    label: str
    """The key as shown; no two nodes of a view have the same."""
    kind: str
    """One of `KINDS`."""
    lifetime: str
    """"singleton", "transient", "ambient" or the name of a scope."""
    group: str
    """Name of the group that it is drawn in."""
    is_async: bool
    """Whether anything of it has to be awaited."""
    module: str
    """Where what makes it is written; "" where that is not known."""
    made_by: str = ""
    """Name of the class or function that makes it; "" where nothing does."""
    place: str | None = None
    """Where that is written, file and line; None where it is not known."""
    opens: str | None = None
    """The call that opens it, or None."""
    closes: str | None = None
    """The call that closes it, or None."""
    notes: tuple[Note, ...] = ()
    """What `check` says of it, worst first."""
    is_critical: bool = False
    """Whether it is on the critical path that was measured."""
    key: Key = None
    """What it stands for; None for functions and for what is missing. No drawing shows it."""

    @property
    def level(self) -> str:
        """The worst level among its notes that calls for something to be done: "error", "warning", else ""."""
        levels = {note.level for note in self.notes} | ({"error"} if self.kind == MISSING else set())
        return next((level for level in ("error", "warning") if level in levels), "")


@record
class Link:
    """That one node needs another."""

    source: str
    """Id of the node that needs."""
    target: str
    """Id of the node that is needed."""
    names: tuple[str, ...] = ()
    """The parameters that it is needed for; () where it is asked for while code runs."""
    is_wrong: bool = False
    """Whether a finding is about it: it closes a circle, leads to what does not live as long, or to nothing."""


@record
class Group:
    """Nodes that are drawn together."""

    name: str
    note: str = ""
    """What it means, in a few words."""


@record
class View:
    """
    What a drawing shows.

    `groups` are in the order in which they are drawn: who asks stands before what is needed, as far as that goes.
    """

    title: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    groups: tuple[Group, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as dicts, lists, strings and numbers, which `json.dumps` takes; without keys."""
        nodes = [_plain(node) for node in self.nodes]
        for node in nodes:
            del node["key"]
            node["notes"] = [_plain(note) for note in node["notes"]]
        links = [_plain(link) | {"names": list(link.names)} for link in self.links]
        return {"title": self.title, "groups": [_plain(group) for group in self.groups], "nodes": nodes, "links": links}


def _plain(found: Any) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__match_args__}


def summary(view: View) -> str:
    """Return in a line what there is to see."""
    kinds = [node.kind for node in view.nodes]
    levels = [note.level for node in view.nodes for note in node.notes]
    counts = {kind: kinds.count(kind) for kind in (RESOURCE, VALUE, FUNCTION)} | {"need": len(view.links)}
    counts |= {level: levels.count(level) for level in ("error", "warning")}
    said = [f"{n} {word}{'' if n == 1 else 's'}" for word, n in counts.items() if n or word == RESOURCE]
    others = {"given": kinds.count(GIVEN), "missing": kinds.count(MISSING)}
    said[1:1] = [f"{n} {word}" for word, n in others.items() if n]
    return ", ".join(said)
