"""
Write the resolvers of a container as a Python module; see `ahead` for how it is read.

The same graph gives the same text, to the byte. Nothing of a value and no path of a file gets into it.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tenure.compile.ahead_layout import laid_out
from tenure.compile.ahead_recording import Recorded, Recorder
from tenure.compile.ahead_rows import FORMAT, KINDS, Made, Row, facts_row
from tenure.compile.ahead_text import text_of_binding, text_of_key
from tenure.keys import Key
from tenure.model.binding import TRANSIENT, Binding, Make
from tenure.model.graph import Graph, declares_binding
from tenure.model.plan import Plans

_HEADER = '''"""
The resolvers of `{source}`: functions of a few shapes, and what each binding fills in.

Tenure {version} wrote it; do not edit. A container that is given it refuses it when its bindings are no longer these.
To renew it:

    tenure compile {source} -o {path}
"""
'''
_IMPORTS = (
    "from __future__ import annotations\n\nfrom typing import Any\n\nfrom tenure.compile.ahead import Compiled, Row\n"
)
_TABLE = """\
# Of each binding: its key; its place in the order of binding (0: bound by itself); how its value is made; the keys of
# what serves it; facts (its nearest resources, its nearest shared values, whether getting it may wait, whether anything
# below it is asynchronous, the scopes whose values it needs, how long its longest chain is); its resolver and what
# prepares its call, each plain and asynchronous.
"""
_PARAMETERS = {
    "root_cache": "cache",
    "target": "make",
    "resolver": "get",
    "aresolver": "aget",
    "lenient": "get_or_none",
    "alenient": "aget_or_none",
    "refusal": "refuse",
}
"""How a shape calls what it takes, where that is not the word for it."""
_HEAD = re.compile(r"^((?:async )?def \w+)\((.*)\):$", re.MULTILINE)


def written(
    graph: Graph, plans: Plans, ladder: Sequence[str], *, source: str, path: str, version: str
) -> tuple[str, int, int]:
    """
    Return the module for a graph, how many bindings it has resolvers for, and how many are left to the running program.

    Args:
        graph: without findings that are errors.
        plans: those of *graph*.
        ladder: names of scopes, widest first.
        source: where the container is found, as `package.module:container`.
        path: where the module will be, as the user says it.
        version: of Tenure.
    """
    table = _Table(graph, plans)
    rows = laid_out(table.rows(), 0, len("ROWS: tuple[Row, ...] = "))
    body = "\n\n".join(table.shapes.functions())
    compiled = (
        f"COMPILED = Compiled(\n    {laid_out(source, 0, 0)},\n"
        f"    made_by=({laid_out(version, 0, 0)}, {FORMAT}),\n"
        f"    ladder={laid_out(tuple(ladder), 4, len('ladder=,'))},\n"
        f"    shapes={table.shapes.listed()},\n    rows=ROWS,\n)\n"
    )
    head = _HEADER.format(source=source, path=path, version=version)
    text = f"{head}\n{_IMPORTS}\n\n{body}\n\n{_TABLE}ROWS: tuple[Row, ...] = {rows}\n\n{compiled}"
    n_written = sum(1 for key in table.wirable if not graph.bindings[key].is_self)
    return text, n_written, len(graph) - len(table.wirable)


class _Table:
    """The rows of a module, and the shapes that they name."""

    def __init__(self, graph: Graph, plans: Plans) -> None:
        self._graph = graph
        self._plans = plans
        self._texts: dict[Key, str] = _texts(graph)
        ordered = graph.order([binding.key for binding in list(graph)])
        self._ordered: list[Binding] = [binding for binding in ordered if binding.key in self._texts]
        self.wirable: dict[Key, str] = _wirable(graph, self._ordered, self._texts)
        self._recorder = Recorder(graph, plans, self.wirable)
        declared = [binding.key for binding in graph if binding.declared and binding.key in self._texts]
        self._places: dict[Key, int] = {key: place for place, key in enumerate(declared, 1)}
        self.shapes = _Shapes()

    def rows(self) -> tuple[Row, ...]:
        """Return a row per binding, dependencies first."""
        return tuple(map(self._row, self._ordered))

    def _row(self, binding: Binding) -> Row:
        text, how = self._texts[binding.key], text_of_binding(binding)
        place = self._places.get(binding.key, 0)
        if binding.key not in self.wirable:
            return (text, place, how, None, None, ())
        below = dict.fromkeys(self._texts[s.key] for edge in self._graph.edges(binding) for _, s in edge.sources)
        facts = facts_row(self._plans.facts(binding), self._texts)
        return (text, place, how, tuple(below), facts, tuple(self._made(kind, binding) for kind in KINDS))

    def _made(self, kind: str, binding: Binding) -> Made | None:
        if kind.endswith("preparer") and not _is_prepared(binding):
            return None
        recorded = self._recorder.record(kind, binding)
        return self.shapes.made(kind, recorded) if recorded is not None else None


def _is_prepared(binding: Binding) -> bool:
    """Tell whether its arguments are worked out before it is made, which what is only called anew is not."""
    if binding.make in (Make.VALUE, Make.GIVEN):
        return False
    return binding.make is not Make.CALL or not binding.is_plain or binding.lifetime != TRANSIENT


def _texts(graph: Graph) -> dict[Key, str]:
    """Return the name of each key that has one of its own."""
    texts = {b.key: text for b in graph if (text := text_of_key(b.key)) is not None}
    times = Counter(texts.values())
    return {key: text for key, text in texts.items() if times[text] == 1}


def _wirable(graph: Graph, ordered: Sequence[Binding], texts: Mapping[Key, str]) -> dict[Key, str]:
    """Return the names of the bindings of which all that their resolvers call has a name."""
    wirable: dict[Key, str] = {}
    for binding in ordered:  # dependencies first
        below = [source.key for edge in graph.edges(binding) for _, source in edge.sources]
        if all(key in wirable for key in below) and not declares_binding(binding.key) and not binding.later:
            wirable[binding.key] = texts[binding.key]
    return wirable


class _Shapes:
    """The functions of a module, each there once."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, ...], str] = {}
        self._functions: list[str] = []
        self._n_of_kind: Counter[str] = Counter()

    def made(self, kind: str, recorded: Recorded) -> Made:
        """Return the row's part for one generated function; its shape is written where it is new."""
        symbols = tuple(recorded.names.values())
        if not recorded.source:
            return ("", *symbols)
        parameters = _parameters(recorded)
        text = _renamed(recorded.source, dict(zip(recorded.names, parameters, strict=True)))
        name = self._names.get((kind, text, *parameters))
        if name is None:
            self._n_of_kind[kind] += 1
            name = self._names[kind, text, *parameters] = f"{kind}_{self._n_of_kind[kind]}"
            self._functions.append(_shape(name, parameters, text))
        return (name, *symbols)

    def functions(self) -> list[str]:
        """Return the source of each."""
        return self._functions

    def listed(self) -> str:
        """Return all of them as a tuple."""
        names = [f"        {name},\n" for name in self._names.values()]
        return "(\n" + "".join(names) + "    )" if names else "()"


def _parameters(recorded: Recorded) -> list[str]:
    """Return a name for each thing that a function calls, with a number where there are several of a kind."""
    verbs = [symbol.partition(" ")[0] for symbol in recorded.names.values()]
    words = [
        "value" if name[0] == "v" else _PARAMETERS.get(verb, verb)  # the emitter's `v` is not called
        for name, verb in zip(recorded.names, verbs, strict=True)
    ]
    times, seen = Counter(words), Counter[str]()
    names = []
    for word in words:
        seen[word] += 1
        names.append(f"{word}_{seen[word]}" if times[word] > 1 else word)
    return names


def _renamed(source: str, names: Mapping[str, str]) -> str:
    if not names:
        return source
    return re.sub(rf"\b({'|'.join(map(re.escape, names))})\b", lambda match: names[match[0]], source)


def _shape(name: str, parameters: Sequence[str], source: str) -> str:
    """Return the function of what a resolver calls that gives the resolver."""
    inner = _HEAD.sub(_annotated, source, count=1)
    function = re.search(r"def (\w+)\(", inner)
    assert function is not None, "the emitter writes functions"
    indented = "".join(f"    {line}\n" if line.strip() else "\n" for line in inner.splitlines())
    head = f"def {name}({', '.join(f'{each}: Any' for each in parameters)}) -> Any:"
    if len(head) > 120:
        head = f"def {name}(\n" + "".join(f"    {each}: Any,\n" for each in parameters) + ") -> Any:"
    return f"{head}\n{indented}\n    return {function[1]}\n"


def _annotated(match: re.Match[str]) -> str:
    parameters = ", ".join(f"{each.strip()}: Any" for each in match[2].split(",") if each.strip())
    return f"{match[1]}({parameters}) -> Any:"
