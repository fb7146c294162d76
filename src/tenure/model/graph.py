"""
The graph: all bindings, and which binding serves which need.

Immutable in meaning: `add` may name a key for the first time, nothing that was answered once changes. A replaced
binding makes a new graph (`replaced`).
"""

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any, ForwardRef

from tenure.errors import CircularDependencyError, MissingBindingError, PathStep
from tenure.keys import Key, base_of, class_of, near, qualifiers_of, show
from tenure.model.binding import NOTHING, Binding, Collect, Need
from tenure.record import record


@record(unguarded=True)
class Edge:
    """One need of a binding with what serves it."""

    need: Need
    source: Binding | None = None
    """The binding that serves it, None where none does or the need collects."""
    collected: tuple[tuple[str, Binding], ...] = ()
    """The serving bindings with their qualifier, where the need collects."""
    constant: Any = NOTHING
    """What is passed where no binding serves the need."""

    @property
    def sources(self) -> tuple[tuple[str, Binding], ...]:
        """The serving bindings with their qualifier; one of them unless the need collects."""
        return self.collected if self.source is None else (("", self.source),)


class Graph:
    """
    All bindings of a container.

    Args:
        bindings: by key.
        autobind: makes a binding for a concrete class that nothing is bound to, or says None.
        learned: what the code of a key was seen to ask for while it ran, by key.
    """

    __slots__ = ("_autobind", "_by_base", "_edges", "bindings", "learned")

    def __init__(
        self,
        bindings: dict[Key, Binding],
        autobind: Callable[[Key], Binding | None],
        learned: dict[Key, set[Key]] | None = None,
    ) -> None:
        self.bindings: dict[Key, Binding] = bindings
        self.learned: dict[Key, set[Key]] = {} if learned is None else learned
        self._autobind = autobind
        self._edges: dict[Key, tuple[Edge, ...]] = {}
        self._by_base: dict[Key, list[Binding]] | None = None

    def __iter__(self) -> Iterator[Binding]:
        """Iterate over the bindings in order of binding."""
        return iter(self.bindings.values())

    def __len__(self) -> int:
        """Return the number of bindings."""
        return len(self.bindings)

    def find(self, key: Key) -> Binding | None:
        """Return the binding of *key*; an unbound concrete class is bound to itself; None: there is none."""
        binding = self.bindings.get(key)
        if binding is None and isinstance(key, ForwardRef):
            return self._by_name(key.__forward_arg__.rpartition(".")[2])
        if binding is not None:
            return binding
        if self.bindings_of(key):  # only qualified ones exist: a third would be made silently
            return self.bindings.get(key)  # another thread was faster, if there is one now
        binding = self._autobind(key)
        return None if binding is None else self.bindings.setdefault(key, binding)

    def _by_name(self, name: str) -> Binding | None:
        """Return the binding of the one class called *name*, its bare one before a qualified one."""
        found = self.all_by_name(name)
        return found[0] if len({class_of(binding.key) for binding in found}) == 1 else None

    def all_by_name(self, name: str) -> list[Binding]:
        """Return the bindings of every class called *name*, bare ones first."""
        found = [b for b in self.bindings.copy().values() if getattr(class_of(b.key), "__name__", None) == name]
        return sorted(found, key=lambda binding: len(qualifiers_of(binding.key)))

    def bindings_of(self, base: Key) -> list[tuple[str, Binding]]:
        """Return every declared binding of *base*, bare and qualified, with its qualifier ("" for the bare one)."""
        if isinstance(base, ForwardRef):
            named = self._by_name(base.__forward_arg__.rpartition(".")[2])
            base = base_of(named.key) if named is not None else base
        by_base = self._by_base
        if by_base is None:
            by_base = {}
            for binding in self.bindings.copy().values():  # other threads may add to them meanwhile
                if binding.declared:
                    by_base.setdefault(base_of(binding.key), []).append(binding)
            self._by_base = by_base  # now that it is whole
        return [
            (str(qualifiers_of(binding.key)[0]) if qualifiers_of(binding.key) else "", binding)
            for binding in by_base.get(base, ())
        ]

    def edges(self, binding: Binding) -> tuple[Edge, ...]:
        """
        Return the needs of *binding*, each with what serves it.

        Raises:
            MissingBindingError: nothing serves a need; its path has two steps, the binding and the missing key.
        """
        if not binding.needs:
            return ()
        if self.bindings.get(binding.key) is not binding and self.is_variant(binding):
            return tuple([self.edge(binding, need) for need in binding.needs])
        edges = self._edges.get(binding.key)
        if edges is None:
            edges = self._edges[binding.key] = tuple([self.edge(binding, need) for need in binding.needs])
        return edges

    def is_variant(self, binding: Binding) -> bool:
        """Tell whether *binding* is for one call, with arguments of its own, and not the one bound to its key."""
        known = self.bindings.get(binding.key)
        if known is binding:
            return False
        if known is None:  # one of a graph before this one must leave no trace here
            return declares_binding(binding.key)
        return True

    def edge(self, binding: Binding, need: Need) -> Edge:
        """Return what serves *need* of *binding*; raises as `edges` does."""
        if need.key is NOTHING:
            if need.default is NOTHING:
                raise self._missing(binding, need, reasons().no_annotation(binding, need))
            return Edge(need, constant=need.default)
        if need.collect is not Collect.ONE:
            return self._collected(binding, need)
        source = self._source(need)
        if source is not None:
            return Edge(need, source)
        if need.default is not NOTHING:
            return Edge(need, constant=need.default)
        if need.optional:
            return Edge(need, constant=None)
        raise self._missing(binding, need, reasons().reason_for(self, need.key, binding, need.name))

    def _source(self, need: Need) -> Binding | None:
        """A need that can do without is served by what is bound, never by a class nobody spoke of."""
        if need.default is NOTHING and not need.optional:
            return self.bindings.get(need.key) or self.find(need.key)
        if isinstance(need.key, ForwardRef):
            return self.find(need.key)
        bound = self.bindings.get(need.key)
        if bound is None or not bound.declared:
            bound = self.find(need.key) if _declares_itself(need.key) else None
        return bound

    def _collected(self, binding: Binding, need: Need) -> Edge:
        inner: Any = need.key
        whole = self.bindings.get(list[inner] if need.collect is Collect.LIST else dict[str, inner])
        if whole is not None and whole.declared:
            one = Need(need.name, whole.key, need.by_position, need.optional, need.default)
            return Edge(one, whole)
        sources = self.bindings_of(need.key)
        if sources:
            return Edge(need, collected=tuple(sources))
        if need.default is not NOTHING:
            return Edge(need, constant=need.default)
        if need.optional:
            return Edge(need, constant=None)
        raise self._missing(binding, need, f"no binding of {show(need.key)} to collect; bind at least one")

    def _missing(self, binding: Binding, need: Need, reason: str) -> MissingBindingError:
        key = need.key if need.key is not NOTHING else reasons().Parameter(need.name, binding)
        path = (PathStep(binding.key, None, binding.where), PathStep(need.key, need.name, None))
        close = near(key, self.bindings) if need.key is not NOTHING else ()
        return MissingBindingError(key, path, reason, close)

    def order(self, keys: Iterable[Key], known: Container[Key] = ()) -> list[Binding]:
        """
        Return everything that *keys* need, themselves included, dependencies first, each once.

        Args:
            keys: where to begin.
            known: keys that are passed over together with everything below them.

        Raises:
            MissingBindingError: with the whole path from one of *keys* to what is missing.
            CircularDependencyError: with the cycle.
        """
        ordered: dict[Key, Binding] = {}
        for key in keys:
            if key not in known:
                self._visit(self.require(key), ordered, known)
        return list(ordered.values())

    def require(self, key: Key) -> Binding:
        """Return the binding of *key*; MissingBindingError if there is none."""
        binding = self.find(key)
        if binding is None:
            raise MissingBindingError(
                key, (PathStep(key, None, None),), reasons().reason_for(self, key), near(key, self.bindings)
            )
        return binding

    def _visit(self, root: Binding, ordered: dict[Key, Binding], known: Container[Key]) -> None:
        """Depth first without recursion: a chain may be longer than Python's stack."""
        if root.key in ordered:
            return
        for _, child in self._children(root, (), None):
            if child.key not in ordered and child.key not in known:
                break
        else:
            ordered[root.key] = root
            return
        stack: list[tuple[Binding, str | None, Iterator[tuple[str, Binding]]]] = []
        on_path: set[Key] = set()

        def enter(binding: Binding, parameter: str | None) -> None:
            stack.append((binding, parameter, iter(self._children(binding, stack, parameter))))
            on_path.add(binding.key)

        enter(root, None)
        while stack:
            binding, _, children = stack[-1]
            for parameter, child in children:
                if child.key in on_path:
                    raise CircularDependencyError(_cycle(stack, parameter, child))
                if child.key not in ordered and child.key not in known:
                    enter(child, parameter)
                    break
            else:
                stack.pop()
                on_path.discard(binding.key)
                ordered[binding.key] = binding

    def _children(self, binding: Binding, above: Sequence[Any], parameter: str | None) -> list[tuple[str, Binding]]:
        try:
            edges = self.edges(binding)
        except MissingBindingError as error:
            path = [PathStep(b.key, p, b.where) for b, p, _ in above]
            path.append(PathStep(binding.key, parameter, binding.where))
            raise MissingBindingError(error.key, (*path, error.path[-1]), error.reason, error.near) from None
        return [(edge.need.name, source) for edge in edges for _, source in edge.sources]

    def replaced(self, binding: Binding) -> "Graph":
        """Return a graph in which *binding* serves its key."""
        return Graph(self.bindings | {binding.key: binding}, self._autobind, self.learned)

    def restored(self, key: Key, binding: Binding | None) -> "Graph":
        """Return a graph in which *binding* serves *key* again; None: nothing that was bound does."""
        if binding is not None:
            return self.replaced(binding)
        return Graph({k: b for k, b in self.bindings.items() if k != key}, self._autobind, self.learned)

    def renewed(self) -> "Graph":
        """Return a graph that asks the same function anew for the bindings of keys that declare their own."""
        kept = {k: b for k, b in self.bindings.copy().items() if not declares_binding(k)}
        return Graph(kept, self._autobind, self.learned)

    def add(self, binding: Binding) -> None:
        """Name a key, for the first time or before anything was made from it; what was worked out is forgotten."""
        self.bindings[binding.key] = binding
        self._by_base = None
        self._edges.clear()

    def dependents(self, *keys: Key) -> set[Key]:
        """
        Return *keys* and every bound key that needs one, directly or not, or was seen to ask for one while it ran.

        Bindings with findings are passed over.
        """
        above = self.needed_by()
        found, queue = set(keys), list(keys)
        while queue:
            for dependent in above.get(queue.pop(), ()):
                if dependent not in found:
                    found.add(dependent)
                    queue.append(dependent)
        return found

    def needed_by(self) -> dict[Key, list[Key]]:
        """Return, by key, the keys that need it directly or were seen to ask for it; findings are passed over."""
        above: dict[Key, list[Key]] = {}
        for binding in list(self):
            try:
                edges = self.edges(binding)
            except MissingBindingError:
                continue
            for edge in edges:
                for _, source in edge.sources:
                    above.setdefault(source.key, []).append(binding.key)
            for key in binding.later:
                above.setdefault(key, []).append(binding.key)
        for asking, asked in list(self.learned.items()):
            for key in tuple(asked):
                above.setdefault(key, []).append(asking)
        return above


def reasons() -> Any:
    """Return the room of the texts that say why something is missing; imported where it is."""
    from tenure.model import reasons  # noqa: PLC0415 - for errors only

    return reasons


def declares_binding(key: Key) -> bool:
    """Tell whether *key* itself says what is bound to it, and may say something else later: a provider."""
    return hasattr(type(key), "__tenure_binding__")


def _declares_itself(key: Key) -> bool:
    cls = class_of(key)
    return cls is not None and hasattr(cls, "__tenure_options__")


def _cycle(stack: list[Any], parameter: str, last: Binding) -> list[PathStep]:
    steps = [PathStep(b.key, p, b.where) for b, p, _ in stack]
    start = next(i for i, step in enumerate(steps) if step.key == last.key)
    first = steps[start]
    return [PathStep(first.key, None, first.where), *steps[start + 1 :], PathStep(last.key, parameter, last.where)]
