"""
A graph as text for terminals: what nobody needs stands to the left, what it needs below it and further in.

What was shown before is named again, with a mark instead of what is below it, so that the text is as long as the graph
has needs. Lines of findings follow.
"""

from collections.abc import Iterator

from tenure.draw.telling import kind_in_words
from tenure.draw.view import FUNCTION, GIVEN, MISSING, RESOURCE, VALUE, Node, View, summary
from tenure.record import record


@record
class Signs:
    """The characters that a tree is made of."""

    kinds: dict[str, str]
    branch: str
    last: str
    bar: str
    before: str
    """Stands behind what was shown before."""


UNICODE = Signs(
    {RESOURCE: "●", VALUE: "○", GIVEN: "◇", FUNCTION: "▷", MISSING: "✗"}, "├─ ", "└─ ", "│  ", "↑"
)  # fmt: skip
ASCII = Signs({RESOURCE: "*", VALUE: "o", GIVEN: "+", FUNCTION: ">", MISSING: "!"}, "|- ", "`- ", "|  ", "^")


def tree_of(view: View, *, signs: Signs = UNICODE) -> str:
    """Return *view* as lines of text, with a line end after each."""
    below: dict[str, list[str]] = {node.id: [] for node in view.nodes}
    for link in view.links:
        below[link.source].append(link.target)
    tree = _Tree({node.id: node for node in view.nodes}, below, signs)
    needed = {link.target for link in view.links if link.source != link.target}
    lines = [": ".join(filter(None, [view.title, summary(view)]))]
    for group in view.groups:
        members = [node.id for node in view.nodes if node.group == group.name]
        roots = [id_ for id_ in members if id_ not in needed]
        if roots:
            lines += ["", f"{group.name}{f' ({group.note})' if group.note else ''}"]
            lines += [line for root in roots for line in tree.lines(root)]
    left = [node.id for node in view.nodes if node.id not in tree.shown]  # circles that nothing leads into
    if left:
        lines += ["", "in circles", *(line for id_ in left if id_ not in tree.shown for line in tree.lines(id_))]
    notes = [f"{note.level}: {note.text}" for node in view.nodes for note in node.notes if note.level != "info"]
    lines += ["", *dict.fromkeys(notes)] if notes else []
    used = dict.fromkeys(node.kind for node in view.nodes)
    said = [f"{signs.kinds[kind]} {kind}" for kind in used] + [f"{signs.before} shown above"] * tree.repeats
    return "\n".join([*lines, "", "  ".join(said), ""]) if used else "\n".join([*lines, ""])


class _Tree:
    def __init__(self, nodes: dict[str, Node], below: dict[str, list[str]], signs: Signs) -> None:
        self.shown: set[str] = set()
        self.repeats = False
        self._nodes, self._below, self._signs = nodes, below, signs

    def lines(self, root: str) -> Iterator[str]:
        """Return the lines of *root* and of what it needs, without recursion: chains may be long."""
        signs = self._signs
        stack = [(root, "", "", "")]
        while stack:
            id_, indent, branch, deeper = stack.pop()
            is_known = id_ in self.shown
            yield f"{indent}{branch}{self._line(self._nodes[id_], is_known=is_known)}"
            if is_known:
                continue
            self.shown.add(id_)
            needed = self._below[id_]
            inner = indent + deeper
            stack += [
                (target, inner, signs.last if at == 0 else signs.branch, "   " if at == 0 else signs.bar)
                for at, target in enumerate(reversed(needed))
            ]

    def _line(self, node: Node, *, is_known: bool) -> str:
        sign = f"{self._signs.kinds[node.kind]} {node.label}"
        if is_known and self._below[node.id]:
            self.repeats = True
            return f"{sign} {self._signs.before}"
        if is_known:
            return sign
        said = [kind_in_words(node)] if node.kind in (RESOURCE, MISSING, GIVEN) or node.is_async else []
        said += [node.lifetime] if node.kind not in (FUNCTION, MISSING) else []
        said += [f"by {node.made_by}"] if node.made_by and node.made_by != node.label else []
        said += ["on the critical path"] if node.is_critical else []
        said += [f"{node.level}!"] if node.level else []
        return f"{sign}  {', '.join(said)}".rstrip()
