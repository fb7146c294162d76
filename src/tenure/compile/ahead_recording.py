"""
What the emitter writes, with the name of each thing that it calls in place of the thing.

The emitter is the same that writes resolvers at run time, and is given links that answer with symbols. A new kind of
generated function is added to `EMITTERS` here and to `KINDS` in `ahead`; nothing else knows how many there are.
"""

import linecache
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from tenure.compile.ahead_rows import KINDS
from tenure.compile.ahead_words import WORDS
from tenure.compile.emitter import MISSING, preparer_of, resolver_of
from tenure.compile.expressions import instead_of
from tenure.keys import Key
from tenure.model.binding import NOTHING, Binding, Make
from tenure.model.graph import Edge, Graph
from tenure.model.plan import Plans

EMITTERS: dict[str, Callable[[Binding, Any], Any]] = {
    "resolver": lambda binding, links: resolver_of(binding, links, is_async=False),
    "aresolver": lambda binding, links: resolver_of(binding, links, is_async=True),
    "preparer": lambda binding, links: preparer_of(binding, links, is_async=False),
    "apreparer": lambda binding, links: preparer_of(binding, links, is_async=True),
}
assert tuple(EMITTERS) == KINDS, "each kind has what writes it"


class Unwritable(Exception):  # noqa: N818 - nobody sees it: the function is generated at run time
    """Something that a function calls has no name."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """
    One generated function.

    Attributes:
        source: as the emitter gave it; "" where there is none, and the one symbol is what the runtime calls.
        names: what its globals stand for.
    """

    source: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """Stands for something that generated code calls."""

    symbol: str


class Recorder:
    """
    Links that answer with names.

    Args:
        graph: the graph that is compiled.
        plans: its plans.
        texts: the names of bindings, by key; what has none cannot be written.
    """

    def __init__(self, graph: Graph, plans: Plans, texts: dict[Key, str]) -> None:
        self.graph: Any = _NamedConstants(graph, texts)
        self.plans: Plans = plans
        self._texts = texts
        self._keys: dict[int, list[Binding]] = {}
        self._targets: dict[int, list[Binding]] = {}
        for binding in graph:
            if binding.key in texts:
                self._keys.setdefault(id(binding.key), []).append(binding)
                self._targets.setdefault(id(binding.target), []).append(binding)

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        """Return what stands for the method *verb* of the links."""

        def call(*arguments: Any) -> _Named:
            bindings = [each for each in arguments if isinstance(each, Binding)]
            others = [each for each in arguments if each is not None and not isinstance(each, Binding | bool)]
            word = f"a{verb}" if True in arguments else verb
            if others or len(bindings) > 1 or word not in WORDS:
                raise Unwritable
            return _Named(" ".join([word, *map(self._text, bindings)]))

        return call

    def _text(self, binding: Binding) -> str:
        try:
            return self._texts[binding.key]
        except KeyError:
            raise Unwritable from None

    def record(self, kind: str, binding: Binding) -> Recorded | None:
        """Return the function of *kind* for *binding*; None where it has to be generated at run time."""
        try:
            made = EMITTERS[kind](binding, self)
            if isinstance(made, _Named):
                return Recorded("", {"made": self._own(made.symbol, binding)})
            if not isinstance(made, FunctionType) or made.__globals__.get("__name__") != "tenure.compile.generated":
                return None
            names = {n: v for n, v in made.__globals__.items() if not n.startswith("__")}
            source = "".join(linecache.getlines(made.__code__.co_filename))
            symbols = {name: self._symbol(name, value, binding) for name, value in names.items()}
            return Recorded(source, {name: self._own(symbol, binding) for name, symbol in symbols.items()})
        except Unwritable:
            return None

    def _own(self, symbol: str, binding: Binding) -> str:
        """Return *symbol* without the name of *binding* itself."""
        return symbol.removesuffix(f" {self._text(binding)}")

    def _symbol(self, name: str, value: Any, binding: Binding) -> str:
        if isinstance(value, _Named):
            return value.symbol
        if value is MISSING:
            return "missing"
        if value is binding.target and name[0] != "k":  # a class is bound to itself: the emitter's `k` is a key
            return f"target {self._text(binding)}"
        if value is binding.key:
            return f"key {self._text(binding)}"
        if value is binding.lifetime:
            return "lifetime"
        for verb, found in (("target", self._targets.get(id(value), ())), ("key", self._keys.get(id(value), ()))):
            # one object bound to two keys may be two objects in the next run
            if len(found) == 1 or (found and found[0].make is not Make.VALUE):
                return f"{verb} {self._text(found[0])}"
        raise Unwritable


class _NamedConstants:
    """A graph whose edges have the names of constants in place of them: a constant may be another in the next run."""

    def __init__(self, graph: Graph, texts: dict[Key, str]) -> None:
        self._graph = graph
        self._texts = texts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def edges(self, binding: Binding) -> tuple[Edge, ...]:
        """Return the edges of *binding*."""
        return tuple(self._named(binding, number, edge) for number, edge in enumerate(self._graph.edges(binding)))

    def _named(self, binding: Binding, number: int, edge: Edge) -> Edge:
        if edge.sources:
            if instead_of(edge) not in (NOTHING, None):
                raise Unwritable
            return edge
        if binding.key not in self._texts:
            raise Unwritable
        return Edge(edge.need, constant=_Named(f"constant {number} {self._texts[binding.key]}"))
