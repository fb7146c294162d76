"""
Everything that is wrong with a graph, found at once, without making anything.

Each rule is a function that yields findings; `findings_of` joins and sorts them.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from tenure.errors import CircularDependencyError, Finding, MissingBindingError, PathStep, draw_path
from tenure.keys import Key, class_of, near, show
from tenure.model.binding import NOTHING, SINGLETON, TRANSIENT, Binding, Make, Need, Style
from tenure.model.detect import is_abstract
from tenure.model.graph import Graph

_RANK = {"error": 0, "warning": 1, "info": 2}


class Consumer(Protocol):
    """A function with injected parameters."""

    @property
    def name(self) -> str:
        """Its qualified name."""
        ...

    @property
    def where(self) -> str | None:
        """`file:line`."""
        ...

    @property
    def needs(self) -> tuple[Need, ...]:
        """Its injected parameters."""
        ...

    @property
    def is_async(self) -> bool:
        """Whether it can await."""
        ...


def findings_of(
    graph: Graph, ladder: Sequence[str], consumers: Sequence[Consumer], *, sync: bool = False
) -> tuple[Finding, ...]:
    """
    Return all findings, errors first, then in order of binding.

    Args:
        graph: all bindings.
        ladder: names of scopes, widest first.
        consumers: functions with injected parameters.
        sync: whether everything will be opened without an event loop.
    """
    roots = [_consumer_binding(consumer) for consumer in consumers]
    _bind_below(graph, [*roots, *graph])
    everything = [*graph, *roots]
    found = [
        *_unserved(graph, everything),
        *_cycles(graph, everything),
        *captive_findings(graph, ladder, list(graph)),
        *_async_in_sync(graph, roots, consumers, sync),
        *_unprotected(graph),
        *_nothing_to_close(graph),
        *_unused(graph, everything),
    ]
    return tuple(sorted(found, key=lambda finding: _RANK[finding.level]))


def _consumer_binding(consumer: Consumer) -> Binding:
    """Return *consumer* as if it were bound, so that the same rules read it; the graph does not see it."""
    make = Make.AWAIT if consumer.is_async else Make.CALL
    return Binding(Call(consumer.name), make, None, TRANSIENT, consumer.needs, where=consumer.where)


class Call:
    """Stands for a key where a function is called."""

    __slots__ = ("__qualname__",)

    def __init__(self, name: str) -> None:
        self.__qualname__ = f"{name}()"


def _bind_below(graph: Graph, bindings: Sequence[Binding]) -> None:
    """Let classes that bind themselves do so, so that every rule sees them."""
    stack, seen = list(bindings), set()
    while stack:
        each = stack.pop()
        if id(each) not in seen:
            seen.add(id(each))
            stack += [source for _, source in _sources(graph, each)]


def _sources(graph: Graph, binding: Binding) -> list[tuple[str, Binding]]:
    """Return what serves *binding*, passing over what nothing serves."""
    found = []
    for need in binding.needs:
        try:
            edge = graph.edge(binding, need)
        except MissingBindingError:
            continue
        found += [(need.name, source) for _, source in edge.sources]
    return found


def _unserved(graph: Graph, everything: Sequence[Binding]) -> Iterator[Finding]:
    for binding in everything:
        for need in binding.needs:
            try:
                graph.edge(binding, need)
            except MissingBindingError as error:
                yield _missing(graph, binding, need, error)


def _missing(graph: Graph, binding: Binding, need: Need, error: MissingBindingError) -> Finding:
    cls = class_of(need.key) if need.key is not NOTHING else None
    kind = "missing"
    if need.key is NOTHING or (cls is not None and cls.__module__ == "builtins"):
        kind = "uninjectable"
    elif graph.bindings_of(need.key):
        kind = "ambiguous"
    elif cls is not None and is_abstract(cls):
        kind = "abstract"
    wanted = show(need.key) if need.key is not NOTHING else "no type"
    close = near(need.key, graph.bindings) if need.key is not NOTHING else ()
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    text = f"{binding.label} needs {need.name}: {wanted}, but {error.reason}{hint}"
    return Finding("error", kind, binding.key, text, binding.where)


def _cycles(graph: Graph, everything: Sequence[Binding]) -> Iterator[Finding]:
    """Depth first over what is served; each cycle is told once."""
    done: set[Key] = set()
    for root in everything:
        path: list[tuple[Binding, str | None, Iterator[tuple[str, Binding]]]] = []
        at: dict[Key, int] = {}
        if root.key not in done:
            at[root.key] = 0
            path.append((root, None, iter(_sources(graph, root))))
        while path:
            binding, _, children = path[-1]
            step = next(children, None)
            if step is None:
                path.pop()
                del at[binding.key]
                done.add(binding.key)
                continue
            parameter, child = step
            if child.key in at:
                start = at[child.key]
                steps = [PathStep(b.key, p if i else None, b.where) for i, (b, p, _) in enumerate(path[start:])]
                error = CircularDependencyError((*steps, PathStep(child.key, parameter, child.where)))
                yield Finding("error", "cycle", child.key, str(error), child.where)
            elif child.key not in done:
                at[child.key] = len(path)
                path.append((child, parameter, iter(_sources(graph, child))))


def _width(lifetime: str, ladder: Sequence[str]) -> int | None:
    """Return how long a lifetime is, 0 the longest; None for one that is as long as that of whoever asks."""
    if lifetime == SINGLETON:
        return 0
    return ladder.index(lifetime) + 1 if lifetime in ladder else None


def captive_findings(graph: Graph, ladder: Sequence[str], bindings: Sequence[Binding]) -> Iterator[Finding]:
    """
    Yield a finding for each of *bindings* that needs something which does not live as long (L48).

    Looks through what lives as long as its user: transient and ambient values.
    """
    for binding in bindings:
        width = _width(binding.lifetime, ladder)
        if width is None:
            continue
        stack: list[tuple[Binding, tuple[PathStep, ...]]] = [(binding, (PathStep(binding.key, None, binding.where),))]
        seen: set[Key] = set()
        while stack:
            each, path = stack.pop()
            for parameter, child in _sources(graph, each):
                steps = (*path, PathStep(child.key, parameter, child.where))
                below = _width(child.lifetime, ladder)
                if below is not None and below > width:
                    yield _captive_finding(binding, child, steps)
                elif below is None and child.key not in seen:
                    seen.add(child.key)
                    stack.append((child, steps))


def _captive_finding(binding: Binding, child: Binding, steps: tuple[PathStep, ...]) -> Finding:
    text = (
        f"{binding.label} ({binding.lifetime}) outlives {child.label} ({child.lifetime}), which it needs\n"
        f"{draw_path(steps)}\n  give {binding.label} the shorter lifetime, or let it ask for {child.label} when used"
    )
    return Finding("error", "captive", binding.key, text, binding.where)


def _async_in_sync(
    graph: Graph, roots: Sequence[Binding], consumers: Sequence[Consumer], sync: bool
) -> Iterator[Finding]:
    users = [root for root, consumer in zip(roots, consumers, strict=True) if not consumer.is_async]
    if sync:
        users += [binding for binding in list(graph) if binding.declared]
    told: set[tuple[Key, Key]] = set()
    for user in users:
        stack: list[tuple[Binding, tuple[PathStep, ...]]] = [(user, (PathStep(user.key, None, user.where),))]
        seen: set[Key] = set()
        while stack:
            each, path = stack.pop()
            if _must_await(each, sync) and (user.key, each.key) not in told:
                told.add((user.key, each.key))
                yield _async_finding(user, each, path)
            for parameter, child in _sources(graph, each):
                if child.key not in seen:
                    seen.add(child.key)
                    stack.append((child, (*path, PathStep(child.key, parameter, child.where))))


def _must_await(binding: Binding, sync: bool) -> bool:
    lifecycle = binding.lifecycle
    if lifecycle is None:
        return binding.make is Make.AWAIT and binding.target is not None
    if sync:
        return lifecycle.is_async
    # a singleton may well be open by the time that a synchronous function asks for it
    return lifecycle.opens_async and not lifecycle.is_lazy and binding.lifetime != SINGLETON


def _async_finding(user: Binding, each: Binding, path: tuple[PathStep, ...]) -> Finding:
    who = f"{user.label} needs {each.label}" if user is not each else each.label
    tail = "\n" + draw_path(path) if len(path) > 1 else ""
    text = f"{who}: it has to be awaited, and nothing can be awaited here; make the user asynchronous{tail}"
    return Finding("error", "async-in-sync", user.key, text, user.where)


def _unprotected(graph: Graph) -> Iterator[Finding]:
    for binding in list(graph):
        lifecycle = binding.lifecycle
        if lifecycle is None or lifecycle.style is Style.METHODS or not binding.declared:
            continue
        function = inspect.unwrap(binding.target) if callable(binding.target) else None
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            line = unprotected_yield(function)
            if line is not None:
                text = (
                    f"{binding.label}: what follows the yield is not in a `finally`, an `except` or a `with`, so it "
                    "does not run when the body fails; write try: yield ... finally: ..."
                )
                yield Finding("warning", "unprotected-yield", binding.key, text, _at_line(function, line))


def _at_line(function: Any, line: int) -> str:
    code = function.__code__
    return f"{code.co_filename}:{code.co_firstlineno + line - 1}"


def unprotected_yield(function: Any) -> int | None:
    """
    Return the line, from 1, of a yield in the generator function *function* that code follows unprotected, or None.

    None as well where the source cannot be read.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return None
    definition = tree.body[0]
    if not isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    return _unprotected_in(definition.body, following=False)


def _unprotected_in(body: list[ast.stmt], *, following: bool) -> int | None:
    """*following*: whether unprotected code comes after this block."""
    for number, statement in enumerate(body):
        after = following or number + 1 < len(body)
        found: int | None = None
        if isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Yield):
            found = statement.lineno if after else None
        elif isinstance(statement, ast.Try | ast.With | ast.AsyncWith):
            continue  # protected, or at least looked after
        elif isinstance(statement, ast.If):
            found = _unprotected_in(statement.body, following=after) or _unprotected_in(
                statement.orelse, following=after
            )
        if found is not None:
            return found
    return None


def _nothing_to_close(graph: Graph) -> Iterator[Finding]:
    for binding in list(graph):
        lifecycle = binding.lifecycle
        if lifecycle is not None and lifecycle.style is Style.METHODS and not (lifecycle.open or lifecycle.close):
            text = (
                f"{binding.label} is declared a resource but has nothing to open or close; give it initialize and "
                "dispose, make it a context manager, or say close=..."
            )
            yield Finding("warning", "nothing-to-close", binding.key, text, binding.where)


def _unused(graph: Graph, everything: Sequence[Binding]) -> Iterator[Finding]:
    used = {source.key for binding in everything for _, source in _sources(graph, binding)}
    for binding in list(graph):
        own = binding.make is Make.VALUE and binding.serial == 0  # the container, which binds itself
        if binding.declared and binding.key not in used and not own:
            text = f"nothing in the graph needs {binding.label}, and no injected function asks for it"
            yield Finding("info", "unused", binding.key, text, binding.where)
