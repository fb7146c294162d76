"""
Resolvers that were compiled ahead of time: what a module of them holds, and how an engine takes them.

Such a module is written by `ahead_writer`. It has functions of a few *shapes*, each of which takes what it calls and
returns a resolver, and a row per binding, which says what shape with what. It knows no value and no file; whatever a
resolver calls is linked in when it is first asked for, so that what is bound here and now counts.
"""

import importlib
import sys
import threading
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from tenure.compile.ahead_reading import unread
from tenure.compile.ahead_text import text_of_binding, text_of_key
from tenure.compile.emitter import MISSING
from tenure.compile.source import generated
from tenure.errors import StaleResolversError
from tenure.keys import Key
from tenure.model.binding import NOTHING, Binding
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


FORMAT = 1
"""Raised when modules that were written before cannot be read any more, or when generated code means another thing."""

KINDS = ("resolver", "aresolver", "preparer", "apreparer")
"""What is generated for one binding, in the order in which a row has it."""
_PLACES = {kind: place for place, kind in enumerate(KINDS)}

Made: TypeAlias = tuple[str, ...]
"""
The name of a shape and what it takes; the name "" stands for the one thing that follows, itself.

What it takes is a word, and behind it a key where that is of another binding: "miss" and "amiss" stand for
`links.miss(<this binding>, False)` and `(…, True)`, "resolver app.Users" for `links.resolver(<that of app.Users>,
False)`, "constant 2" for what the third parameter takes where nothing serves it.
"""
FactsRow: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], bool, bool, tuple[str, ...], int]
"""The fields of `Facts`, keys as text."""
Row: TypeAlias = tuple[str, int, str, tuple[str, ...] | None, FactsRow | None, tuple[Made | None, ...]]
"""
Key, place in the order of binding (0: bound by itself), text (see `ahead_text`), keys of what serves it, facts,
functions by kind.

Nothing but the text is known of what only a running program can tell; its resolver is generated there.
"""

compiling: ContextVar[bool] = ContextVar("tenure.compiling", default=False)
"""Whether containers are made in order to be compiled, so that they take no resolvers that were compiled before."""


class Compiled:
    """
    The contents of a module of resolvers.

    Args:
        source: where the container is found, as `package.module:container`.
        made_by: version of Tenure and format of the module.
        ladder: names of the container's scopes, widest first.
        shapes: functions that take what a resolver calls and return the resolver.
        rows: a row per binding, dependencies first.
    """

    __slots__ = ("ladder", "made_by", "rows", "shapes", "source")

    def __init__(
        self,
        source: str,
        made_by: tuple[str, int],
        ladder: tuple[str, ...],
        shapes: tuple[Callable[..., Any], ...],
        rows: tuple[Row, ...],
    ) -> None:
        self.source: str = source
        self.made_by: tuple[str, int] = made_by
        self.ladder: tuple[str, ...] = ladder
        self.shapes: dict[str, Callable[..., Any]] = {shape.__name__: shape for shape in shapes}
        self.rows: tuple[Row, ...] = rows


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
        bound = _bound(links.graph, self._rows)
        changes = _changes(self._rows, bound, self._known)
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
        meaning = _MEANING.get(symbol)
        if meaning is not None:
            return meaning(links, binding)
        verb, _, rest = symbol.partition(" ")
        if verb == "constant":
            number, _, rest = rest.partition(" ")
            return _constant(self._bound[rest] if rest else binding, int(number))
        return _MEANING[verb](links, self._bound[rest])


def _constant(binding: Binding, number: int) -> Any:
    """Return what the parameter *number* of *binding* takes where nothing serves it."""
    default = binding.needs[number].default
    return None if default is NOTHING else default


_MEANING: dict[str, Callable[[Any, Binding], Any]] = {
    "key": lambda links, binding: binding.key,
    "target": lambda links, binding: binding.target,
    "lifetime": lambda links, binding: binding.lifetime,
    "missing": lambda links, binding: MISSING,
    "root_cache": lambda links, binding: links.root_cache(),
    "refusal": lambda links, binding: links.refusal(binding),
    "kept": lambda links, binding: links.kept(binding),
    "given": lambda links, binding: links.given(binding),
    "on_its_loop": lambda links, binding: links.on_its_loop(binding),
    "not_open": lambda links, binding: links.not_open(binding),
    "resolver": lambda links, binding: links.resolver(binding, False),
    "aresolver": lambda links, binding: links.resolver(binding, True),
    "miss": lambda links, binding: links.miss(binding, False),
    "amiss": lambda links, binding: links.miss(binding, True),
    "managed": lambda links, binding: links.managed(binding, False),
    "amanaged": lambda links, binding: links.managed(binding, True),
    "settled": lambda links, binding: links.settled(binding, False),
    "asettled": lambda links, binding: links.settled(binding, True),
    "lenient": lambda links, binding: links.lenient(binding, None, False),
    "alenient": lambda links, binding: links.lenient(binding, None, True),
}
"""What a word stands for; a function that calls anything else is left to the running program."""
WORDS = frozenset((*_MEANING, "constant"))


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


def _bound(graph: Graph, rows: dict[str, Row]) -> dict[str, Binding]:
    """Return the bindings by the text of their key; classes that *rows* has as bound by themselves are bound so."""
    bound: dict[str, Binding] = {}
    twice: set[str] = set()
    for binding in graph:
        text = text_of_key(binding.key)
        if text is not None:
            if text in bound:
                twice.add(text)
            bound[text] = binding
    by_themselves = {text for text, row in rows.items() if not row[1] and text not in bound}
    users = [row for row in rows.values() if row[3] and not by_themselves.isdisjoint(row[3])] if by_themselves else ()
    for row in reversed(users):  # those that need others come after them in the table
        for need in bound[row[0]].needs if row[0] in bound else ():
            text = text_of_key(need.key) if need.key is not NOTHING else None
            if text in by_themselves and text not in bound and (found := graph.find(need.key)) is not None:
                bound[text] = found
    return {text: binding for text, binding in bound.items() if text not in twice} if twice else bound


def _changes(rows: dict[str, Row], bound: dict[str, Binding], known: dict[str, Binding]) -> list[str]:
    """Return a line for each binding that came, went or is another now; what is *known* is as it was."""
    changes = [f"{text}: is bound no more" for text, row in rows.items() if row[1] and text not in bound]
    for text, binding in bound.items():
        if known.get(text) is binding:
            continue
        row = rows.get(text)
        now = text_of_binding(binding)
        if row is not None and row[2] != now:
            changes.append(f"{text}: was {row[2]}; is {now}")
        elif row is None and binding.declared and not binding.is_self:
            changes.append(f"{text}: is new: {now}")
        elif row is not None and binding.declared is not bool(row[1]):
            changes.append(f"{text}: {'was' if binding.declared else 'is'} bound by itself")
    if not changes:  # else this follows from what has changed
        changes = [f"{text}: is bound by itself no more" for text in rows if text not in bound]
        order = [row[1] for text, binding in bound.items() if binding.declared and (row := rows.get(text)) is not None]
        if order != sorted(order):
            changes.append("the order of the bindings is another")
    return changes


def facts_row(facts: Facts, texts: dict[Key, str]) -> FactsRow:
    """Return *facts* as a row has them."""
    return (
        tuple(texts[resource.key] for resource in facts.resources),
        tuple(texts[key] for key in facts.shared),
        facts.awaited,
        facts.touches_async,
        tuple(sorted(facts.reaches)),
        facts.depth,
    )
