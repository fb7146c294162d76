"""
The source of a swift function: all that a simple scope lacks for one key is made in one straight line of code.

What it takes for granted (nobody else is at work in the scope, nothing is being closed) it asks first, and leaves the
request to the steps otherwise. It opens generators only: a generator itself knows whether it is open, so that nothing
is lost wherever an error comes from.

One writer, two dialects, as in `emitter`: an asynchronous function may wait, and leaves a mark in the scope while it
does, for then it stands on no stack.
"""

from typing import Any, Protocol

from tenure.compile.expressions import Writer, passed
from tenure.compile.source import END, function_from
from tenure.keys import Key
from tenure.model.binding import AMBIENT, SINGLETON, TRANSIENT, Binding, Collect, Make, Style
from tenure.model.graph import Edge, Graph

_LIMIT = 60
"""How many values one function may make; what needs more is made step by step."""


class Hooks(Protocol):
    """What the runtime gives a swift function to call; the last three to an asynchronous one only."""

    state_open: Any
    current: Any
    slow: Any
    never_yields: Any
    looked_at: Any
    failed: Any
    refuse_late: Any
    end_run: Any
    task: Any
    waiting: Any
    on_its_loop: Any


class NotSwiftError(Exception):
    """Something of it needs the steps."""


class _Writer(Writer):
    """
    The lines of one function and the names in them.

    Attributes:
        kept: variables of what is made once for the scope.
        taken: variables of what the root keeps.
        looped: those of them that belong to an event loop.
        steps: keys of what is made, in order, as the number of the one at hand tells them.
        opens: whether a generator is among them.
        waits: whether something has to be awaited.
    """

    __slots__ = (
        "is_async",
        "is_known",
        "kept",
        "level",
        "lines",
        "looped",
        "n_fresh",
        "opens",
        "steps",
        "taken",
        "waits",
    )

    def __init__(self, graph: Graph, level: str, is_known: Any, is_async: bool) -> None:
        super().__init__(graph)
        self.level: str = level
        self.is_async: bool = is_async
        self.is_known: Any = is_known
        self.lines: list[str] = []
        self.kept: dict[Key, str] = {}
        self.taken: dict[Key, str] = {}
        self.looped: list[str] = []
        self.steps: list[Key] = []
        self.n_fresh: int = 0
        self.opens: bool = False
        self.waits: bool = False

    def value_of(self, source: Binding) -> str:
        if source.make is Make.VALUE and source.is_plain:
            return self.name("v", source.target)
        if not self.is_known(source):
            raise NotSwiftError
        if source.lifetime == SINGLETON:
            return self._taken(source)
        if source.lifetime == TRANSIENT:
            return self.call(source) if source.is_plain else self.open_another(source)
        if source.lifetime in (self.level, AMBIENT):
            return self.keep(source)
        raise NotSwiftError

    def _taken(self, source: Binding) -> str:
        lifecycle = source.lifecycle
        is_looped = lifecycle is not None and lifecycle.is_async
        if lifecycle is not None and (lifecycle.opens_itself or (is_looped and not self.is_async)):
            raise NotSwiftError
        if source.key not in self.taken:
            variable = self.taken[source.key] = f"s{len(self.taken)}"
            self.names[f"k_{variable}"] = source.key
            if is_looped:
                self.looped.append(variable)
        return self.taken[source.key]

    def call(self, binding: Binding) -> str:
        self.calls += 1
        if self.calls > _LIMIT or binding.later:
            raise NotSwiftError
        target = self.name("t", binding.target)
        arguments: list[str] = []
        for edge in self.graph.edges(binding):
            n_lines, makes_before = len(self.lines), any(each.endswith(")") for each in arguments)
            arguments.append(passed(edge.need, self.argument(edge)))
            if makes_before and len(self.lines) > n_lines:
                raise NotSwiftError  # it would be made before what stands to the left of it
        return f"{self._awaited(binding)}{target}({', '.join(arguments)})"

    def _awaited(self, binding: Binding) -> str:
        if binding.make is Make.CALL:
            return ""
        if binding.make is not Make.AWAIT or not self.is_async:
            raise NotSwiftError
        self.waits = True
        return "await "

    def argument(self, edge: Edge) -> str:
        if edge.sources and edge.need.collect is not Collect.ONE:
            raise NotSwiftError
        return super().argument(edge)

    def lenient_value_of(self, source: Binding, instead: Any) -> str:
        raise NotSwiftError

    def keep(self, binding: Binding) -> str:
        """Write what makes *binding* once for the scope; return its variable."""
        known = self.kept.get(binding.key)
        if known is not None:
            return known
        n_fresh = self.n_fresh
        call = self.call(binding)  # first: what goes in is written before it
        if self.n_fresh > n_fresh:
            raise NotSwiftError  # it would be opened also where what needs it is there
        variable = self.kept[binding.key] = f"o{len(self.steps)}"
        key = self.name("k", binding.key)
        self.lines += [f"if {key} in cache:", f"    {variable} = cache[{key}]"]
        if binding.lifetime == AMBIENT:
            self.lines += [f"elif {key} in root_cache:", f"    {variable} = root_cache[{key}]"]
        lines = self._step(binding)
        if binding.lifecycle is None:
            lines += [f"cache[{key}] = {variable} = {call}", "if not scope.is_simple:"]
            lines.append(f"    refuse_late(scope, wanted, {key})")
        else:
            lines += self._open(binding, variable, key, call)
        self.lines += ["else:", *(f"    {line}" for line in lines)]
        return variable

    def open_another(self, binding: Binding) -> str:
        """Write what opens *binding* once more; return its variable."""
        self.n_fresh += 1
        call = self.call(binding)
        variable = f"o{len(self.steps)}"
        self.lines += [*self._step(binding), *self._open(binding, variable, "g", call)]
        return variable

    def _step(self, binding: Binding) -> list[str]:
        number = len(self.steps)
        self.steps.append(binding.key)
        return [f"at_work = mark[1] = {number}" if self.is_async else f"at_work = {number}"]

    def _open(self, binding: Binding, variable: str, key: str, call: str) -> list[str]:
        if not _opens_swiftly(binding, self.is_async):
            raise NotSwiftError
        self.opens = True
        own = self.name("b", binding)
        lines = [f"g = {call}", f"opened += g, {own}"]
        if binding.lifecycle is not None and binding.lifecycle.style is Style.ASYNC_GENERATOR:
            self.waits = True
            lines += ["try:", f"    {variable} = await g.__anext__()"]
            lines += ["except StopAsyncIteration:", f"    {variable} = END"]
        else:
            lines += [f"{variable} = next(g, END)"]
        lines += [f"if {variable} is END:", f"    never_yields({own})", f"cache[{key}] = {variable}"]
        lines.append("if not scope.is_simple:")
        look = f"looked_at(scope, g, {own}, {variable}, wanted)"
        return [*lines, f"    await {look}" if self.is_async else f"    {look}"]


def _opens_swiftly(binding: Binding, is_async: bool) -> bool:
    lifecycle, options = binding.lifecycle, binding.options
    if lifecycle is None or options.shield or options.suppress or options.optional:
        return False
    if options.retry is not None or options.close_timeout is not None:
        return False
    if lifecycle.style is Style.GENERATOR and binding.make is Make.CALL:
        return True
    # what waits may have a limit; an awaitable may give a generator, which only its opening waits for
    kind = (lifecycle.style, binding.make)
    may_wait = kind in ((Style.ASYNC_GENERATOR, Make.CALL), (Style.GENERATOR, Make.AWAIT))
    return may_wait and is_async and options.open_timeout is None


def swift_of(
    binding: Binding, graph: Graph, level: str, root_cache: Any, is_known: Any, hooks: Hooks, is_async: bool
) -> Any:
    """
    Return a function of a simple scope that gives the value of *binding* there.

    Args:
        binding: of *graph*.
        graph: knows the edges of everything below it.
        level: the name of the scope.
        root_cache: what the root keeps, by key.
        is_known: function of a binding that tells whether its code asks for nothing while it runs.
        hooks: what it calls.
        is_async: whether it is a coroutine function, of a scope that a task entered with `async with`.

    Raises:
        NotSwiftError: it needs the steps.
    """
    writer = _Writer(graph, level, is_known, is_async)
    result = writer.value_of(binding)
    if binding.lifetime == SINGLETON:
        raise NotSwiftError
    names = writer.names
    names.update(vars(hooks))
    names.update(
        END=END, root_cache=root_cache, live=True, wanted=binding.key, KEYS=tuple(writer.steps),
        FACTS=(binding.key, tuple(writer.kept), tuple(writer.steps)),
    )  # fmt: skip
    head = "async def swift(scope):\n" if is_async else "def swift(scope):\n"
    source = head + "".join(f"    {line}\n" for line in _body(writer, binding, result))
    return function_from(source, "swift", names)


def _body(writer: _Writer, binding: Binding, result: str) -> list[str]:
    is_async, lines = writer.is_async, ["cache = scope.cache"]
    slow = "return await slow(wanted, scope)" if is_async else "return slow(wanted, scope)"
    if binding.key in writer.kept:
        lines += ["if wanted in cache:", "    return cache[wanted]"]
    lines += ["may = True", "try:"]
    lines += [f"    {variable} = root_cache[k_{variable}]" for variable in writer.taken.values()]
    lines += [f"    on_its_loop(scope, k_{variable})" for variable in writer.looped]
    if is_async:
        lines += ["    may = task() is scope._task", "    if may:", "        del scope.idle"]
        lines += ["except (LookupError, AttributeError, RuntimeError):", "    may = False"]
    else:
        lines += ["    del scope.idle", "except (KeyError, AttributeError):", "    may = False"]
    lines += [
        "if not may:",  # outside the handler: what is raised there has no context
        f"    {slow}",
        "if not (scope.is_simple and live and scope.state is state_open and current() is scope):",
        "    scope.idle = True",
        f"    {slow}",
        "at_work = -1",
    ]
    if is_async:
        lines += ["mark = [FACTS, -1]"]
    if writer.waits:
        lines += ["scope._waits = mark", "token = waiting.set(mark)"]
    lines += ["try:"]
    if writer.opens:
        lines += ["    opened = scope.opened", "    if opened is None:", "        scope.opened = opened = []"]
    lines += [f"    {line}" for line in writer.lines]
    if not result.isidentifier():
        if writer.steps:  # an error of it is not one of the last step
            lines.append("    at_work = mark[1] = -1" if is_async else "    at_work = -1")
        lines.append(f"    made = {result}")
        result = "made"
    waited = ["scope._waits = None", "mark[1] = -1", "waiting.reset(token)"] if writer.waits else []
    lines += [
        "except BaseException as error:",
        *(f"    {line}" for line in waited),
        "    culprit = KEYS[at_work] if at_work >= 0 else wanted",
        "    del at_work",
        "    raise failed(scope, wanted, error, culprit)",
        *waited,
        "scope.idle = True",
        "if not scope.is_simple:",
        "    end_run(scope)",
        f"return {result}",
    ]
    return lines
