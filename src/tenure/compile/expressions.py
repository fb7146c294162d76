"""What the writers of generated code have in common: names for what goes in, and arguments as they stand in a call."""

import keyword
from typing import Any

from tenure.model.binding import NOTHING, Binding, Collect, Need
from tenure.model.graph import Edge, Graph


class Writer:
    """
    Collects the globals of one function while its expressions are written.

    Subclasses say what the expression for a dependency is.

    Attributes:
        graph: knows the edges of every binding concerned.
        names: the globals.
        calls: how many calls of users' targets were written.
    """

    __slots__ = ("calls", "graph", "names")

    def __init__(self, graph: Graph) -> None:
        self.graph: Graph = graph
        self.names: dict[str, Any] = {}
        self.calls: int = 0

    def name(self, prefix: str, value: Any) -> str:
        """Return a name, which begins with *prefix*, that means *value* in the function."""
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name

    def value_of(self, source: Binding) -> str:
        """Return the expression for one dependency."""
        raise NotImplementedError

    def lenient_value_of(self, source: Binding, instead: Any) -> str:
        """Return the expression for an optional resource that gives *instead* where it is unavailable."""
        raise NotImplementedError

    def argument(self, edge: Edge) -> str:
        """Return the expression for one argument."""
        if not edge.sources:
            return self.name("c", edge.constant)
        if edge.need.collect is Collect.LIST:
            return f"[{', '.join(self.value_of(source) for _, source in edge.sources)}]"
        if edge.need.collect is Collect.DICT:
            return f"{{{', '.join(f'{name!r}: {self.value_of(source)}' for name, source in edge.sources)}}}"
        source = edge.sources[0][1]
        return self.value_of(source) if instead_of(edge) is NOTHING else self.lenient_value_of(source, instead_of(edge))

    def arguments(self, binding: Binding) -> list[str]:
        """Return the arguments of a call, positional ones first as they are in any signature."""
        return [passed(edge.need, self.argument(edge)) for edge in self.graph.edges(binding)]


def instead_of(edge: Edge) -> Any:
    """Return what the need of *edge* takes instead of an optional resource that is unavailable, NOTHING: nothing."""
    if edge.need.collect is not Collect.ONE or not edge.sources or not edge.sources[0][1].options.optional:
        return NOTHING
    if edge.need.default is not NOTHING:
        return edge.need.default
    return None if edge.need.optional else NOTHING


def passed(need: Need, value: str) -> str:
    """Return *value* as it stands in a call."""
    if need.by_position:
        return value
    is_name = need.name.isidentifier() and not keyword.iskeyword(need.name)
    return f"{need.name}={value}" if is_name else f"**{{{need.name!r}: {value}}}"
