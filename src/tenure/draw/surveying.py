"""
From a graph to its view: each binding looked at once, what is not served shown as missing.

Reads the model and runs no code of the user's; nothing that a key is bound to is shown but by its name.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from tenure.draw.grouping import grouped
from tenure.draw.view import FUNCTION, GIVEN, MISSING, RESOURCE, VALUE, Link, Node, Note, View
from tenure.errors import Finding, MissingBindingError
from tenure.keys import class_of, show
from tenure.model.binding import NOTHING, TRANSIENT, Binding, Make
from tenure.model.check import Consumer, findings_of
from tenure.model.explaining import explained, maker_of
from tenure.model.graph import Graph, declares_binding
from tenure.record import replace


def view_of(
    graph: Graph,
    ladder: Sequence[str],
    consumers: Sequence[Consumer] = (),
    *,
    title: str = "",
    by: str = "scope",
    critical: Iterable[str] = (),
) -> View:
    """
    Return what a drawing of *graph* shows.

    Args:
        graph: all bindings; concrete classes that are needed are added to it, as `check` does.
        ladder: names of scopes, widest first.
        consumers: functions with injected parameters.
        title: what is drawn, as `app.main:container`; any text.
        by: what nodes are grouped by, one of `view.BY`.
        critical: labels on the critical path of a timeline.

    Raises:
        ValueError: nothing can be grouped by *by*.
    """
    survey = _Survey(graph, findings_of(graph, ladder, consumers), frozenset(critical))
    for binding in list(graph):
        if binding.declared and not binding.is_self:
            survey.add(binding)
    for consumer in consumers:
        survey.add_function(consumer)
    survey.connect()
    nodes = tuple(_told_apart(_in_modules(survey.nodes)))
    return grouped(View(title, nodes, tuple(survey.links), ()), ladder, by)


class _Survey:
    def __init__(self, graph: Graph, findings: Iterable[Finding], critical: frozenset[str]) -> None:
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self._graph = graph
        self._critical = critical
        self._ids: dict[Any, str] = {}
        self._queue: list[tuple[str, Binding]] = []
        self._notes: dict[Any, list[Note]] = {}
        self._at_fault: set[tuple[str, str]] = set()
        for finding in findings:
            name = finding.key if finding.key in graph.bindings else show(finding.key)
            self._notes.setdefault(name, []).append(Note(finding.level, finding.kind, finding.text))

    def add(self, binding: Binding) -> str:
        """Return the id of the node of *binding*, or of what it only stands for, which is made if need be."""
        if (
            getattr(binding.target, "__module__", "") == "tenure.binder" and binding.needs
        ):  # a name of what was included
            stands_for = self._graph.find(binding.needs[0].key)
            if stands_for is not None:
                return self.add(stands_for)
        known = self._ids.get(binding.key)
        if known is not None:
            return known
        told = explained(self._graph, binding)
        kind = RESOURCE if told.is_resource else GIVEN if binding.make is Make.GIVEN else VALUE
        id_ = self._ids[binding.key] = f"n{len(self.nodes)}"
        is_async = told.opens_async or told.closes_async or binding.make is Make.AWAIT
        node = Node(
            id_, told.label, kind, binding.lifetime, "", is_async, module_of(binding),
            made_by=_maker(binding), place=told.place, opens=told.opens, closes=told.closes,
            notes=tuple(self._notes.get(binding.key, ())), is_critical=told.label in self._critical, key=binding.key,
        )  # fmt: skip
        self.nodes.append(node)
        self._queue.append((id_, binding))
        return id_

    def add_function(self, consumer: Consumer) -> None:
        """Add a node for an injected function."""
        id_, label = f"n{len(self.nodes)}", f"{consumer.name}()"
        notes = tuple(self._notes.get(label, ()))
        self.nodes.append(
            Node(id_, label, FUNCTION, TRANSIENT, "", consumer.is_async, "", place=consumer.where, notes=notes)
        )
        self._queue.append((id_, Binding(label, Make.CALL, None, TRANSIENT, consumer.needs)))

    def connect(self) -> None:
        """Add a link for each need, and nodes for what is bound by itself because it is needed."""
        for id_, binding in self._queue:  # it grows while it is walked
            names: dict[str, list[str]] = {}
            for need in binding.needs:
                try:
                    sources = [source for _, source in self._graph.edge(binding, need).sources]
                except MissingBindingError:
                    names.setdefault(self._missing(need.key, need.name), []).append(need.name)
                    continue
                for source in sources:
                    names.setdefault(self.add(source), []).append(need.name)
            for key in (*binding.later, *sorted(self._graph.learned.get(binding.key, ()), key=show)):
                asked = self._graph.find(key)
                if asked is not None and not asked.is_self:
                    names.setdefault(self.add(asked), [])
            self.links += [Link(id_, target, tuple(found)) for target, found in names.items()]

    def _missing(self, key: Any, name: str) -> str:
        label = name if key is NOTHING else show(key)
        known = self._ids.get((MISSING, label))
        if known is None:
            known = self._ids[MISSING, label] = f"n{len(self.nodes)}"
            self.nodes.append(Node(known, label, MISSING, TRANSIENT, "", False, ""))
        return known


def module_of(binding: Binding) -> str:
    """Return where what makes *binding* is written, as a module where that is known, else as a file, else ""."""
    candidates = (binding.source, None if binding.make is Make.VALUE else binding.target, class_of(binding.key))
    for each in candidates:
        module = str(getattr(each, "__module__", None) or "")
        if module and not _is_ours(module):
            return module
    if isinstance(binding.source, str):
        return binding.source.replace("\\", "/").rpartition("/")[2].rpartition(":")[0]
    return ""


def _maker(binding: Binding) -> str:
    """Return the name of what makes it; where that is our own code, or nothing, the kind of provider."""
    is_ours = binding.make is Make.VALUE or _is_ours(str(getattr(binding.target, "__module__", "")))
    if declares_binding(binding.key) and is_ours:
        return type(binding.key).__name__
    return maker_of(binding) or ""


def _is_ours(module: str) -> bool:
    return module.startswith(("tenure.providers", "tenure.compile", "tenure.containers"))


def _in_modules(nodes: Sequence[Node]) -> list[Node]:
    """Give those that only their place is known of the module of others in the same file, else the name of the file."""
    files = {_file(node): node.module for node in nodes if node.place and node.module}
    return [
        replace(node, module=files.get(_file(node)) or _file(node).rpartition("/")[2])
        if node.place and not node.module
        else node
        for node in nodes
    ]


def _file(node: Node) -> str:
    return (node.place or "").replace("\\", "/").rpartition(":")[0]


def _told_apart(nodes: Sequence[Node]) -> list[Node]:
    """Say more of nodes whose labels are the same: the module, then a number."""
    found = _with_more(nodes, [node.module for node in nodes])
    return _with_more(found, [node.id[1:] for node in nodes])


def _with_more(nodes: Sequence[Node], more: Sequence[str]) -> list[Node]:
    counts = Counter(node.label for node in nodes)
    return [
        replace(node, label=f"{node.label} ({said})") if said and counts[node.label] > 1 else node
        for node, said in zip(nodes, more, strict=True)
    ]
