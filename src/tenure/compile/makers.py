"""
The source of a maker: a function of nothing that makes a new object where nothing but calls and settled values go in.

Settled values are bound into it, so that it costs what the same calls cost written by hand. Whoever has taken one of
them out of the root's cache must forget it; see `runtime.hot`.
"""

from collections.abc import Callable
from typing import Any

from tenure.compile.expressions import Writer
from tenure.compile.source import function_from
from tenure.keys import Key
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Binding, Make
from tenure.model.graph import Graph

_LIMIT = 40
"""How many calls one expression may hold; more are made step by step, as everything else is."""


class _TooMuchError(Exception):
    """Something goes in that is neither a call nor settled."""


class _Writer(Writer):
    __slots__ = ("settled",)

    def __init__(self, graph: Graph, settled: Callable[[Key], Any]) -> None:
        super().__init__(graph)
        self.settled: Callable[[Key], Any] = settled

    def call(self, binding: Binding) -> str:
        self.calls += 1
        if self.calls > _LIMIT:
            raise _TooMuchError
        target = self.name("t", binding.target)
        return f"{target}({', '.join(self.arguments(binding))})"

    def value_of(self, source: Binding) -> str:
        if is_made_anew(source):
            return self.call(source)
        if source.is_plain and source.make is Make.VALUE:
            return self.name("v", source.target)
        value = self.settled(source.key) if source.lifetime == SINGLETON else NOTHING
        if value is NOTHING:
            raise _TooMuchError
        return self.name("s", value)

    def lenient_value_of(self, source: Binding, instead: Any) -> str:
        raise _TooMuchError


def is_made_anew(binding: Binding) -> bool:
    """Tell whether each request for *binding* is a plain call of its target."""
    return binding.is_plain and binding.make is Make.CALL and binding.lifetime == TRANSIENT and not binding.later


def maker_of(binding: Binding, graph: Graph, settled: Callable[[Key], Any]) -> Callable[[], Any] | None:
    """
    Return a function that makes a new value of *binding*; None where more than calls and settled values is needed.

    Args:
        binding: of *graph*.
        graph: knows the edges of everything below it.
        settled: gives the value of a singleton that nothing has to be closed for, by key; NOTHING where it has none.
    """
    if not is_made_anew(binding):
        return None
    writer = _Writer(graph, settled)
    try:
        call = writer.call(binding)
    except _TooMuchError:
        return None
    if not graph.edges(binding):
        target: Callable[[], Any] = binding.target
        return target
    made: Callable[[], Any] = function_from(f"def make():\n    return {call}\n", "make", writer.names)
    return made
