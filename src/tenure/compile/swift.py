"""
The source of a swift function: all that a simple scope lacks for one key is made in one straight line of code.

What it takes for granted (nobody else is at work in the scope, nothing is being closed) it asks first, and leaves the
request to the steps otherwise. It opens generators only: a generator itself knows whether it is open, so that nothing
is lost wherever an error comes from.
"""

from typing import Any, Protocol

from tenure.compile.emitter import instead_of, passed
from tenure.compile.source import function_from
from tenure.keys import Key
from tenure.model.binding import AMBIENT, NOTHING, SINGLETON, TRANSIENT, Binding, Collect, Make, Style
from tenure.model.graph import Edge, Graph

_LIMIT = 60
"""How many values one function may make; what needs more is made step by step."""
END: Any = object()
"""What `next` gives for a generator that has ended."""


class Hooks(Protocol):
    """What the runtime gives a swift function to call."""

    state_open: Any
    current: Any
    slow: Any
    never_yields: Any
    looked_at: Any
    failed: Any
    finished: Any


class NotSwiftError(Exception):
    """Something of it needs the steps."""


class _Writer:
    """
    The lines of one function and the names in them.

    Attributes:
        kept: variables of what is made once for the scope.
        taken: variables of what the root keeps.
    """

    __slots__ = ("graph", "is_known", "kept", "level", "lines", "n_made", "names", "opens", "taken")

    def __init__(self, graph: Graph, level: str, is_known: Any, names: dict[str, Any]) -> None:
        self.graph: Graph = graph
        self.level: str = level
        self.is_known: Any = is_known
        self.names: dict[str, Any] = names
        self.lines: list[str] = []
        self.kept: dict[Key, str] = {}
        self.taken: dict[Key, str] = {}
        self.n_made: int = 0
        self.opens: bool = False

    def name(self, prefix: str, value: Any) -> str:
        name = f"{prefix}{len(self.names)}"
        self.names[name] = value
        return name

    def value_of(self, source: Binding) -> str:
        if source.make is Make.VALUE and source.is_plain:
            return self.name("v", source.target)
        if not self.is_known(source):
            raise NotSwiftError
        if source.lifetime == SINGLETON:
            return self._taken(source)
        if source.lifetime == TRANSIENT and source.is_plain and source.make is Make.CALL:
            return self.call(source)
        if source.lifetime in (self.level, AMBIENT):
            return self.keep(source)
        raise NotSwiftError

    def _taken(self, source: Binding) -> str:
        lifecycle = source.lifecycle
        if lifecycle is not None and (lifecycle.is_async or lifecycle.opens_itself):
            raise NotSwiftError
        if source.key not in self.taken:
            self.taken[source.key] = f"s{len(self.taken)}"
            self.names[f"k_{self.taken[source.key]}"] = source.key
        return self.taken[source.key]

    def call(self, binding: Binding) -> str:
        self.n_made += 1
        if self.n_made > _LIMIT or binding.later:
            raise NotSwiftError
        target = self.name("t", binding.target)
        arguments: list[str] = []
        for edge in self.graph.edges(binding):
            n_lines, makes_before = len(self.lines), any(each.endswith(")") for each in arguments)
            arguments.append(passed(edge.need, self.argument(edge)))
            if makes_before and len(self.lines) > n_lines:
                raise NotSwiftError  # it would be made before what stands to the left of it
        return f"{target}({', '.join(arguments)})"

    def argument(self, edge: Edge) -> str:
        if not edge.sources:
            return self.name("c", edge.constant)
        if edge.need.collect is not Collect.ONE or instead_of(edge) is not NOTHING:
            raise NotSwiftError
        return self.value_of(edge.sources[0][1])

    def keep(self, binding: Binding) -> str:
        """Write what makes *binding* once for the scope; return its variable."""
        known = self.kept.get(binding.key)
        if known is not None:
            return known
        call = self.call(binding)  # first: what goes in is written before it
        number = len(self.kept)
        variable = self.kept[binding.key] = f"o{number}"
        key = self.name("k", binding.key)
        self.lines += [f"if {key} in cache:", f"    {variable} = cache[{key}]"]
        if binding.lifetime == AMBIENT:
            self.lines += [f"elif {key} in root_cache:", f"    {variable} = root_cache[{key}]"]
        self.lines += ["else:", f"    at_work = {number}"]
        if binding.lifecycle is None:
            self.lines.append(f"    cache[{key}] = {variable} = {call}")
        else:
            self._open(binding, variable, key, call)
        return variable

    def _open(self, binding: Binding, variable: str, key: str, call: str) -> None:
        if not _opens_swiftly(binding):
            raise NotSwiftError
        self.opens = True
        own = self.name("b", binding)
        self.lines += [
            f"    g = {call}",
            f"    opened += g, {own}",
            f"    {variable} = next(g, END)",
            f"    if {variable} is END:",
            f"        never_yields({own})",
            f"    cache[{key}] = {variable}",
            "    if not scope.is_simple:",
            f"        looked_at(scope, g, {own}, {variable}, wanted)",
        ]


def _opens_swiftly(binding: Binding) -> bool:
    lifecycle, options = binding.lifecycle, binding.options
    if lifecycle is None or lifecycle.style is not Style.GENERATOR or binding.make is not Make.CALL:
        return False
    is_special = options.shield or options.suppress or options.optional
    return not is_special and options.retry is None and options.close_timeout is None


def swift_of(binding: Binding, graph: Graph, level: str, root_cache: Any, is_known: Any, hooks: Hooks) -> Any:
    """
    Return a function of a simple scope that gives the value of *binding* there.

    Args:
        binding: of *graph*.
        graph: knows the edges of everything below it.
        level: the name of the scope.
        root_cache: what the root keeps, by key.
        is_known: function of a binding that tells whether its code asks for nothing while it runs.
        hooks: what it calls.

    Raises:
        NotSwiftError: it needs the steps.
    """
    writer = _Writer(graph, level, is_known, {})
    result = writer.value_of(binding)
    if binding.lifetime == SINGLETON:
        raise NotSwiftError
    names = writer.names
    names.update(
        END=END, root_cache=root_cache, OPEN=hooks.state_open, current=hooks.current, slow=hooks.slow,
        never_yields=hooks.never_yields, looked_at=hooks.looked_at, failed=hooks.failed, finished=hooks.finished,
        live=True, wanted=binding.key, KEYS=tuple(writer.kept),
    )  # fmt: skip
    source = "def swift(scope):\n" + "".join(f"    {line}\n" for line in _body(writer, binding, result))
    return function_from(source, "swift", names)


def _body(writer: _Writer, binding: Binding, result: str) -> list[str]:
    lines = ["cache = scope.cache"]
    if binding.key in writer.kept:
        lines += ["if wanted in cache:", "    return cache[wanted]"]
    lines += ["may = True", "try:"]
    lines += [f"    {variable} = root_cache[k_{variable}]" for variable in writer.taken.values()]
    lines += [
        "    del scope.idle",
        "except (KeyError, AttributeError):",
        "    may = False",
        "if not may:",  # outside the handler: what is raised there has no context
        "    return slow(wanted, scope)",
        "if not (scope.is_simple and live and scope.state is OPEN and current() is scope):",
        "    scope.idle = True",
        "    return slow(wanted, scope)",
        "at_work = -1",
        "try:",
    ]
    if writer.opens:
        lines += ["    opened = scope.opened", "    if opened is None:", "        scope.opened = opened = []"]
    lines += [f"    {line}" for line in writer.lines]
    if result not in writer.kept.values():
        lines.append(f"    made = {result}")
        result = "made"
    lines += [
        "except BaseException as error:",
        "    culprit = KEYS[at_work] if at_work >= 0 else wanted",
        "    del at_work",
        "    raise failed(scope, wanted, error, culprit)",
        "scope.idle = True",
        "if not scope.is_simple:",
        "    finished(scope)",
        f"return {result}",
    ]
    return lines
