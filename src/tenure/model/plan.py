"""
What follows from the graph for one binding: its nearest resources, what must be awaited, how deep it goes.

Each fact is worked out once, dependencies first, so that a chain longer than Python's stack is no trouble.
"""

from tenure.keys import Key
from tenure.model.binding import AMBIENT, SINGLETON, TRANSIENT, Binding, Make
from tenure.model.graph import Graph
from tenure.record import record

_NO_SCOPE: frozenset[str] = frozenset()
"""One for all facts that reach none: an empty set is as large as everything else in them."""


@record(unguarded=True)
class Facts:
    """What is known of one binding and everything below it."""

    resources: tuple[Binding, ...]
    """The nearest resources below it: reached directly or through plain values only."""
    shared: tuple[Key, ...]
    """Keys of the nearest plain values below it that are made once and kept, reached likewise."""
    awaited: bool
    """Whether `aget` of it may have to wait: it, or something below it, is a resource or made by a coroutine."""
    touches_async: bool
    """Whether it, or something below it, is asynchronous."""
    reaches: frozenset[str]
    """Names of the scopes whose values it needs, directly or through what lives as long as its user."""
    depth: int
    """Length of the longest chain below it, itself included."""


class Plans:
    """The facts of every binding of one graph, worked out when first asked for."""

    __slots__ = ("_asynchronous", "_facts", "graph")

    def __init__(self, graph: Graph) -> None:
        self.graph: Graph = graph
        self._facts: dict[Key, Facts] = {}
        self._asynchronous: dict[Key, tuple[Binding, ...]] = {}

    def tell(self, key: Key, facts: Facts) -> None:
        """Take *facts* for those of *key*: they were worked out, from the same graph, by an earlier run."""
        self._facts[key] = facts

    def facts(self, binding: Binding) -> Facts:
        """Return the facts of *binding*; raises what `Graph.order` raises."""
        known = self._facts.get(binding.key)
        if known is not None and self.graph.bindings.get(binding.key) is binding:
            return known
        if self.graph.is_variant(binding):
            for edge in self.graph.edges(binding):
                for _, source in edge.sources:
                    self.facts(source)
            return self._surely(binding)
        if known is None:
            known = self._work_out(binding)
            if known is None:
                for each in self.graph.order((binding.key,), self._facts):
                    self._facts[each.key] = self._surely(each)
                known = self._facts[binding.key]
            self._facts[binding.key] = known
        return known

    def _surely(self, binding: Binding) -> Facts:
        """Return the facts of *binding*; those of what is below it were worked out, but it may be renewed meanwhile."""
        while (found := self._work_out(binding)) is None:
            for edge in self.graph.edges(binding):
                for _, source in edge.sources:
                    self.facts(source)
        return found

    def asynchronous(self, binding: Binding) -> tuple[Binding, ...]:
        """Return whatever is asynchronous among *binding* and everything below it, dependencies first."""
        if not self.facts(binding).touches_async:
            return ()
        if self.graph.is_variant(binding):
            below = (source.key for edge in self.graph.edges(binding) for _, source in edge.sources)
            return tuple(filter(_is_async, (*self.graph.order(below), binding)))
        found = self._asynchronous.get(binding.key)
        if found is None:
            found = tuple(filter(_is_async, self.graph.order((binding.key,))))
            self._asynchronous[binding.key] = found
        return found

    def _work_out(self, binding: Binding) -> Facts | None:
        """Return the facts of *binding*, None where those of something directly below it are not known."""
        nearest: dict[Key, Binding] = {}
        shared: dict[Key, None] = {}
        awaited = binding.make in (Make.AWAIT, Make.MAYBE) or binding.lifecycle is not None
        touches_async = _is_async(binding)
        depth, reaches = 0, _NO_SCOPE
        for edge in self.graph.edges(binding):
            for _, source in edge.sources:
                below = self._facts.get(source.key)
                if below is None:
                    return None
                awaited |= below.awaited
                touches_async |= below.touches_async
                depth = max(depth, below.depth)
                if source.lifetime != SINGLETON:
                    reaches |= below.reaches if source.lifetime in (TRANSIENT, AMBIENT) else {source.lifetime}
                if source.lifecycle is not None:
                    nearest[source.key] = source
                else:
                    _add_below(source, below, nearest, shared)
        return Facts(tuple(nearest.values()), tuple(shared), awaited, touches_async, reaches or _NO_SCOPE, depth + 1)


def _add_below(source: Binding, below: Facts, nearest: dict[Key, Binding], shared: dict[Key, None]) -> None:
    """Add what is nearest below *source*, a plain value."""
    if below.resources:
        nearest.update((resource.key, resource) for resource in below.resources)
    if source.lifetime == TRANSIENT:
        shared.update(dict.fromkeys(below.shared))
    elif source.make not in (Make.VALUE, Make.GIVEN):
        shared[source.key] = None


def _is_async(binding: Binding) -> bool:
    return binding.make is Make.AWAIT or (binding.lifecycle is not None and binding.lifecycle.is_async)
