"""A graph as the rules of `check` read it: each need looked up once, what is not served passed over."""

from collections.abc import Callable, Iterator, Sequence

from tenure.errors import MissingBindingError, PathStep
from tenure.model.binding import Binding, Need
from tenure.model.graph import Graph
from tenure.record import record


@record(unguarded=True)
class Reach:
    """What a binding reaches below it: *goal*, by way of *source*, which serves its parameter."""

    parameter: str
    source: Binding
    goal: Binding


class Survey:
    """
    Everything that is bound, and what is bound by itself below *roots*.

    Args:
        graph: all bindings; concrete classes that are needed are added to it.
        roots: consumers that the graph does not know.

    Attributes:
        everything: the bindings of the graph and *roots*.
        missing: each need that nothing serves, with whose it is and why.
        has_cycle: whether something needs itself.
        upward: *everything* in an order in which dependencies come first, where there is no cycle.
    """

    def __init__(self, graph: Graph, roots: Sequence[Binding]) -> None:
        self.graph: Graph = graph
        self.missing: list[tuple[Binding, Need, MissingBindingError]] = []
        self.has_cycle: bool = False
        self._sources: dict[int, list[tuple[str, Binding]]] = {}
        self.upward: list[Binding] = []
        met: set[int] = set()
        done: set[int] = set()
        for root in [*roots, *graph]:
            if id(root) not in met:
                self._visit(root, met, done)
        self.everything: list[Binding] = [*graph, *roots]

    def sources(self, binding: Binding) -> list[tuple[str, Binding]]:
        """Return what serves *binding*, each with the name of its parameter."""
        found = self._sources.get(id(binding))
        if found is None:
            found = self._sources[id(binding)] = self._look_up(binding)
        return found

    def _look_up(self, binding: Binding) -> list[tuple[str, Binding]]:
        if self.graph.bindings.get(binding.key) is binding:
            try:
                edges = self.graph.edges(binding)  # which remembers them: what is compiled needs them as well
                return [(edge.need.name, source) for edge in edges for _, source in edge.sources]
            except MissingBindingError:
                pass  # this need of it; there may be others
        return list(self._look_up_each(binding))

    def _look_up_each(self, binding: Binding) -> Iterator[tuple[str, Binding]]:
        for need in binding.needs:
            try:
                edge = self.graph.edge(binding, need)
            except MissingBindingError as error:
                self.missing.append((binding, need, error))
                continue
            for _, source in edge.sources:
                yield need.name, source

    def _visit(self, root: Binding, met: set[int], done: set[int]) -> None:
        met.add(id(root))
        stack = [(root, iter(self.sources(root)))]
        while stack:
            binding, children = stack[-1]
            for _, child in children:
                number = id(child)
                if number in done:
                    continue
                if number in met:
                    self.has_cycle = True
                    continue
                met.add(number)
                stack.append((child, iter(self.sources(child))))
                break
            else:
                stack.pop()
                done.add(id(binding))
                self.upward.append(binding)

    def reach(
        self, counts: Callable[[Binding], int], passes: Callable[[Binding], bool]
    ) -> dict[int, tuple[int, Reach]]:
        """
        Return, by `id` of the binding, the weightiest thing that it reaches and the first step there.

        Args:
            counts: weight of what may be reached; 0: it does not count.
            passes: whether what lies below a source counts as reached from above it.
        """
        found: dict[int, tuple[int, Reach]] = {}
        for binding in self.upward:
            best: tuple[int, Reach] | None = None
            for parameter, source in self.sources(binding):
                weight = counts(source)
                if weight and (best is None or weight > best[0]):
                    best = (weight, Reach(parameter, source, source))
                below = found.get(id(source)) if passes(source) else None
                if below is not None and (best is None or below[0] > best[0]):
                    best = (below[0], Reach(parameter, source, below[1].goal))
            if best is not None:
                found[id(binding)] = best
        return found


def steps_to(start: Binding, found: dict[int, tuple[int, Reach]]) -> tuple[PathStep, ...]:
    """Return the path from *start* to what *found* says that it reaches."""
    steps = [PathStep(start.key, None, start.where)]
    goal, at = found[id(start)][1].goal, start
    while at is not goal:
        reach = found[id(at)][1]
        at = reach.source
        steps.append(PathStep(at.key, reach.parameter, at.where))
    return tuple(steps)
