"""
Resolvers that were compiled ahead of time: how an engine takes them.

A module of them is written by `ahead_writer`; what it holds is told in `ahead_rows`. Whatever a resolver calls is
linked in when it is first asked for, so that what is bound here and now counts.
"""

import importlib
import sys
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from tenure.compile.ahead_comparing import bound_of, changes_of
from tenure.compile.ahead_reading import unread
from tenure.compile.ahead_rows import FORMAT, KINDS, Compiled, FactsRow, Row
from tenure.compile.ahead_words import MEANING, constant
from tenure.compile.source import generated
from tenure.errors import StaleResolversError
from tenure.keys import Key
from tenure.model.binding import Binding
from tenure.model.build import Declared
from tenure.model.graph import Graph
from tenure.model.plan import Facts

if TYPE_CHECKING:
    from typing import Protocol

    from tenure.compile.links import Links

    class Served(Links, Protocol):
        """An engine, as far as it takes part in this."""

        ladder: tuple[str, ...]
        resolvers: Any
        aresolvers: Any

        def take(self, binding: Binding, is_async: bool) -> None:
            """Make the resolvers of *binding* that are not there; those of what it needs are."""
            ...


__all__ = [
    "FORMAT",
    "Ahead",
    "Compiled",
    "Row",
    "ahead_of",
    "compiling",
    "path_of",
]  # written modules ask here

_PLACES = {kind: place for place, kind in enumerate(KINDS)}
compiling: ContextVar[bool] = ContextVar("tenure.compiling", default=False)
"""Whether containers are made in order to be compiled, so that they take no resolvers that were compiled before."""


class Ahead:
    """
    The resolvers of one engine that were compiled ahead of time.

    Args:
        name: name of the module that has them, imported here.

    Raises:
        ModuleNotFoundError: there is no such module; a note says how it is made.
        StaleResolversError: another version of Tenure wrote it.
    """

    __slots__ = ("_bound", "_compiled", "_in_order", "_known", "_lock", "_name", "_rows", "_settled", "_shapes")

    def __init__(self, name: str) -> None:
        self._name: str = name
        self._lock: Any = threading.RLock()
        self._compiled: Compiled = _contents(name)
        self._rows: dict[str, Row] = {row[0]: row for row in self._compiled.rows}
        self._in_order: dict[int, Row] = {row[1]: row for row in self._compiled.rows}
        self._bound: dict[str, Binding] = {}
        self._known: dict[str, Binding] = {}
        self._shapes: dict[str, Callable[..., Any]] = {}
        self._settled: dict[Key, tuple[Binding, Row]] | None = None
        if self._compiled.made_by != (version := _version(), FORMAT):
            was = f"Tenure {self._compiled.made_by[0]} wrote it, and this is Tenure {version}"
            raise self._stale([was])

    @property
    def is_settled(self) -> bool:
        """Whether the graph was compared."""
        return self._settled is not None

    def bind(self, key: Any, target: Any, scope: str | None, declared: Declared, graph: Graph) -> bool:
        """
        Bind *key* in *graph* where that is what the next row shows, without reading what it needs.

        Args:
            key: as given to `bind`, with nothing but *target* and *scope* besides.
            target: likewise; NOTHING: *key* itself.
            scope: likewise.
            declared: reads what decorators said.
            graph: nothing was compiled from it yet.

        Returns:
            Whether it is bound.
        """
        row = self._in_order.get(len(graph.bindings) + 1) if self._settled is None else None
        found = unread(key, target, scope, declared, row) if row is not None else None
        if found is None or row is None or found.key in graph.bindings:
            return False
        self._known[row[0]] = found
        graph.add(found)
        return True

    def settle(self, links: "Served") -> None:
        """
        Compare the graph with the one that the module was made from, once: what is bound later is compiled later.

        Raises:
            StaleResolversError: they are not the same.
        """
        with self._lock:  # a second thread must not bring back what an override of a third one has dropped
            if self._settled is None:
                self._settle(links)

    def _settle(self, links: "Served") -> None:
        bound = bound_of(links.graph, self._rows)
        changes = changes_of(self._rows, bound, self._known)
        if self._compiled.ladder != links.ladder:
            changes.insert(0, f"scopes: were {self._compiled.ladder}, are {links.ladder}")
        if changes:
            raise self._stale(changes)
        self._bound = bound
        self._settled = {bound[text].key: (bound[text], row) for text, row in self._rows.items() if row[3] is not None}

    def _stale(self, changes: list[str]) -> StaleResolversError:
        return StaleResolversError(self._name, self._compiled.source, changes)

    def _facts(self, row: FactsRow) -> Facts:
        resources, shared, awaited, touches_async, reaches, depth = row
        bound = self._bound
        return Facts(
            tuple([bound[text] for text in resources]) if resources else (),
            tuple([bound[text].key for text in shared]) if shared else (),
            awaited,
            touches_async,
            frozenset(reaches),
            depth,
        )

    def drop(self, keys: Iterable[Key]) -> None:
        """Have *keys*, whose meaning is another from now on, compiled when they are asked for."""
        settled = self._settled or {}
        for key in keys:
            settled.pop(key, None)

    def link(self, links: "Served", key: Key, is_async: bool) -> bool:
        """Give *links* the resolvers of *key* and of what it needs; return False where that is not known here."""
        settled = self._settled
        if settled is None:
            self.settle(links)
            settled = self._settled or {}
        if key not in settled:
            return False
        table, bound = links.aresolvers if is_async else links.resolvers, self._bound
        stack = [settled[key]]
        while stack:  # a chain may be longer than Python's stack
            binding, row = stack[-1]
            if row[3]:
                below = [each for text in row[3] if (each := bound[text].key) not in table]
                if any(each not in settled for each in below):
                    return False
                if below:
                    stack += [settled[each] for each in below]
                    continue
            stack.pop()
            if row[4] is not None and binding.key not in table:
                links.plans.tell(binding.key, self._facts(row[4]))
                links.take(binding, is_async)
        return True

    def function(self, kind: str, binding: Binding, links: "Links") -> Any:
        """Return what was compiled of *kind* for *binding*, linked to *links*; None where nothing was."""
        known = self._settled.get(binding.key) if self._settled is not None else None
        if known is None or known[0] is not binding:
            return None
        made = known[1][5][_PLACES[kind]]
        if made is None:
            return None
        values = [self._value(symbol, binding, links) for symbol in made[1:]]
        if not made[0]:
            return values[0]
        shape = self._shapes.get(made[0])
        if shape is None:
            shape = self._shapes[made[0]] = generated(self._compiled.shapes[made[0]])
        return shape(*values)

    def _value(self, symbol: str, binding: Binding, links: "Links") -> Any:
        meaning = MEANING.get(symbol)
        if meaning is not None:
            return meaning(links, binding)
        verb, _, rest = symbol.partition(" ")
        if verb == "constant":
            number, _, rest = rest.partition(" ")
            return constant(self._bound[rest] if rest else binding, int(number))
        return MEANING[verb](links, self._bound[rest])


def ahead_of(name: str) -> Ahead | None:
    """Return the resolvers in the module *name*; None where containers are made in order to be compiled."""
    return None if compiling.get() else Ahead(name)


def _version() -> str:
    return str(sys.modules["tenure"].__version__)


def _contents(name: str) -> Compiled:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            error.add_note(f"it is made by `tenure compile <module>:<container> -o {path_of(name)}`")
        raise
    found = getattr(module, "COMPILED", None)
    if not isinstance(found, Compiled):
        raise TypeError(f"{name} is no module of resolvers: `tenure compile` did not write it")
    return found


def path_of(name: str) -> str:
    """Return the file of the module *name* below where its outermost package is."""
    return name.replace(".", "/") + ".py"
