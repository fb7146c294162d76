"""
The graph: all bindings, and which binding serves which need.

Immutable in meaning: `add` may name a key for the first time, nothing that was answered once changes. A replaced
binding makes a new graph (`replaced`).
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, ForwardRef, TypeVar

from tenure.errors import CircularDependencyError, MissingBindingError, PathStep
from tenure.keys import Key, base_of, class_of, is_union, near, qualifiers_of, show
from tenure.model.binding import NOTHING, Binding, Collect, Need
from tenure.model.detect import is_abstract


@dataclass(frozen=True, slots=True)
class Edge:
    """One need of a binding with what serves it."""

    need: Need
    sources: tuple[tuple[str, Binding], ...] = ()
    """The serving bindings with their qualifier; one of them unless the need collects."""
    constant: Any = NOTHING
    """What is passed where no binding serves the need."""


class Graph:
    """
    All bindings of a container.

    Args:
        bindings: by key.
        autobind: makes a binding for a concrete class that nothing is bound to, or says None.
    """

    __slots__ = ("_autobind", "_by_base", "_edges", "bindings")

    def __init__(self, bindings: dict[Key, Binding], autobind: Callable[[Key], Binding | None]) -> None:
        self.bindings: dict[Key, Binding] = bindings
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
        if binding is None and not self.bindings_of(key):  # only qualified ones exist: a third would be made silently
            binding = self._autobind(key)
            if binding is not None:
                self.bindings[key] = binding
        return binding

    def _by_name(self, name: str) -> Binding | None:
        """Return the binding of the one class called *name*, its bare one before a qualified one."""
        found = self._all_by_name(name)
        return found[0] if len({class_of(binding.key) for binding in found}) == 1 else None

    def _all_by_name(self, name: str) -> list[Binding]:
        found = [b for b in self.bindings.values() if getattr(class_of(b.key), "__name__", None) == name]
        return sorted(found, key=lambda binding: len(qualifiers_of(binding.key)))

    def bindings_of(self, base: Key) -> list[tuple[str, Binding]]:
        """Return every declared binding of *base*, bare and qualified, with its qualifier ("" for the bare one)."""
        if isinstance(base, ForwardRef):
            named = self._by_name(base.__forward_arg__.rpartition(".")[2])
            base = base_of(named.key) if named is not None else base
        if self._by_base is None:
            self._by_base = {}
            for binding in self.bindings.values():
                if binding.declared:
                    self._by_base.setdefault(base_of(binding.key), []).append(binding)
        return [
            (str(qualifiers_of(binding.key)[0]) if qualifiers_of(binding.key) else "", binding)
            for binding in self._by_base.get(base, ())
        ]

    def edges(self, binding: Binding) -> tuple[Edge, ...]:
        """
        Return the needs of *binding*, each with what serves it.

        Raises:
            MissingBindingError: nothing serves a need; its path has two steps, the binding and the missing key.
        """
        edges = self._edges.get(binding.key)
        if edges is None:
            edges = tuple(self.edge(binding, need) for need in binding.needs)
            self._edges[binding.key] = edges
        return edges

    def edge(self, binding: Binding, need: Need) -> Edge:
        """Return what serves *need* of *binding*; raises as `edges` does."""
        if need.key is NOTHING:
            if need.default is NOTHING:
                raise self._missing(binding, need, _no_annotation(binding, need))
            return Edge(need, constant=need.default)
        if need.collect is not Collect.ONE:
            return self._collected(binding, need)
        source = self._source(need)
        if source is not None:
            return Edge(need, (("", source),))
        if need.default is not NOTHING:
            return Edge(need, constant=need.default)
        if need.optional:
            return Edge(need, constant=None)
        raise self._missing(binding, need, self.reason(need.key, binding, need.name))

    def _source(self, need: Need) -> Binding | None:
        """A need that can do without is served by what is bound, never by a class nobody spoke of."""
        if need.default is NOTHING and not need.optional:
            return self.find(need.key)
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
            return Edge(one, (("", whole),))
        sources = self.bindings_of(need.key)
        if sources:
            return Edge(need, tuple(sources))
        if need.default is not NOTHING:
            return Edge(need, constant=need.default)
        if need.optional:
            return Edge(need, constant=None)
        raise self._missing(binding, need, f"no binding of {show(need.key)} to collect; bind at least one")

    def _missing(self, binding: Binding, need: Need, reason: str) -> MissingBindingError:
        key = need.key if need.key is not NOTHING else Parameter(need.name, binding)
        path = (PathStep(binding.key, None, binding.where), PathStep(need.key, need.name, None))
        close = near(key, self.bindings) if need.key is not NOTHING else ()
        return MissingBindingError(key, path, reason, close)

    def reason(self, key: Key, binding: Binding | None = None, parameter: str = "...") -> str:
        """
        Say why *key* cannot be made without a binding, and what to do.

        Args:
            key: what is not bound.
            binding: what needs it, if anything does.
            parameter: the name of the parameter of *binding* that does.
        """
        owner = show(binding.key) if binding is not None else "..."
        constant = f"give it with bind({owner}, arguments={{{parameter!r}: ...}})"
        if isinstance(key, str):
            return f"a name is bound with container.bind({key!r}, ...)"
        if isinstance(key, ForwardRef):
            named = self._all_by_name(key.__forward_arg__.rpartition(".")[2])
            if len(named) > 1:
                names = " and ".join(f"{b.label} ({b.where})" for b in named)
                return (
                    f"the annotation {key.__forward_arg__!r} cannot be resolved in the module of {owner}, and several "
                    f"bound classes have that name: {names}; import it there, not under TYPE_CHECKING only"
                )
            return (
                f"the annotation {key.__forward_arg__!r} cannot be resolved in the module of {owner}, and no bound "
                "class has that name; import it there, not under TYPE_CHECKING only, or bind the class"
            )
        if qualifiers_of(key):
            name = f", name={qualifiers_of(key)[0]!r}" if isinstance(qualifiers_of(key)[0], str) else ""
            base = show(base_of(key)) if name else show(key)
            return f"a qualified key is never made by itself; bind it: container.bind({base}, ...{name})"
        if others := self.bindings_of(key):
            names = ", ".join(show(other.key) for _, other in others)
            return f"only qualified bindings exist ({names}); ask for one of them, or for list[{show(key)}]"
        return self._reason_by_kind(key, owner, constant)

    def _reason_by_kind(self, key: Key, owner: str, constant: str) -> str:
        bind = f"container.bind({show(key)}, ...)"
        cls = class_of(key)
        if isinstance(key, TypeVar):
            return f"{owner} is generic; ask for {owner}[...] with an argument, or {constant}"
        if key is Any:
            return f"{show(key)} asks for nothing in particular; annotate it with a class, or {constant}"
        if is_union(key):
            return f"a union is never made by itself; bind it: {bind}"
        if cls is None:
            return _reason_of_object(key, self)
        if cls.__module__ in NEVER_BY_THEMSELVES or issubclass(cls, Enum):
            return f"{show(key)} is never made by itself; {constant}"
        if is_abstract(cls):
            return self._reason_abstract(key, cls)
        return f"it was not bound, and the container binds nothing by itself (autobind=False); bind it: {bind}"

    def _reason_abstract(self, key: Key, cls: type) -> str:
        fitting = [
            show(b.key) for b in self if (c := class_of(b.key)) is not None and c is not cls and _is_subclass(c, cls)
        ]
        hint = f"; {' and '.join(fitting)} would do" if fitting else ""
        return f"it is abstract{hint}; bind an implementation: container.bind({show(key)}, Implementation)"

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
            raise MissingBindingError(key, (PathStep(key, None, None),), self.reason(key), near(key, self.bindings))
        return binding

    def _visit(self, root: Binding, ordered: dict[Key, Binding], known: Container[Key]) -> None:
        """Depth first without recursion: a chain may be longer than Python's stack."""
        if root.key in ordered:
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

    def _children(self, binding: Binding, above: list[Any], parameter: str | None) -> list[tuple[str, Binding]]:
        try:
            edges = self.edges(binding)
        except MissingBindingError as error:
            path = [PathStep(b.key, p, b.where) for b, p, _ in above]
            path.append(PathStep(binding.key, parameter, binding.where))
            raise MissingBindingError(error.key, (*path, error.path[-1]), error.reason, error.near) from None
        return [(edge.need.name, source) for edge in edges for _, source in edge.sources]

    def replaced(self, binding: Binding) -> "Graph":
        """Return a graph in which *binding* serves its key."""
        return Graph(self.bindings | {binding.key: binding}, self._autobind)

    def add(self, binding: Binding) -> None:
        """Name a key, for the first time or before anything was made from it; what was worked out is forgotten."""
        self.bindings[binding.key] = binding
        self._by_base = None
        self._edges.clear()

    def dependents(self, *keys: Key) -> set[Key]:
        """Return *keys* and every bound key that needs one, directly or not. Bindings with findings are passed over."""
        above: dict[Key, list[Key]] = {}
        for binding in list(self):
            try:
                edges = self.edges(binding)
            except MissingBindingError:
                continue
            for edge in edges:
                for _, source in edge.sources:
                    above.setdefault(source.key, []).append(binding.key)
        found, queue = set(keys), list(keys)
        while queue:
            for dependent in above.get(queue.pop(), ()):
                if dependent not in found:
                    found.add(dependent)
                    queue.append(dependent)
        return found


class Parameter:
    """Stands for a key where a parameter says nothing of what it wants."""

    __slots__ = ("__qualname__",)

    def __init__(self, name: str, binding: Binding) -> None:
        self.__qualname__ = f"{name} of {binding.label}"


NEVER_BY_THEMSELVES = frozenset({"builtins", "typing", "types", "collections.abc", "enum", "_thread", "threading"})
"""Modules whose classes carry data or protect it: making one out of nothing is never what is meant."""


def _no_annotation(binding: Binding, need: Need) -> str:
    return (
        "the parameter has no annotation and no default; annotate it, or give it with "
        f"bind({binding.label}, arguments={{{need.name!r}: ...}})"
    )


def _reason_of_object(key: Key, graph: "Graph") -> str:
    for binding in graph:
        if binding.target is key:
            return f"it is bound under another key; ask for that: get({binding.label})"
    if callable(key):
        return f"a function is no key; bind it, and ask for what it makes: container.bind({show(key)})"
    return f"an object is no key; ask for its class: get({type(key).__qualname__})"


def _declares_itself(key: Key) -> bool:
    cls = class_of(key)
    return cls is not None and hasattr(cls, "__tenure_options__")


def _is_subclass(cls: type, base: type) -> bool:
    try:
        return issubclass(cls, base)
    except TypeError:  # a Protocol with non-method members
        return False


def _cycle(stack: list[Any], parameter: str, last: Binding) -> list[PathStep]:
    steps = [PathStep(b.key, p, b.where) for b, p, _ in stack]
    start = next(i for i, step in enumerate(steps) if step.key == last.key)
    first = steps[start]
    return [PathStep(first.key, None, first.where), *steps[start + 1 :], PathStep(last.key, parameter, last.where)]
