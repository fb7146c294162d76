"""
Everything that is wrong with a graph, found at once, without making anything, in time linear in its needs.

Each rule is a function that yields findings; `findings_of` joins and sorts them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from tenure.errors import CircularDependencyError, Finding, GraphError, MissingBindingError, PathStep
from tenure.errors.paths import draw_path
from tenure.keys import Key, class_of, near, qualifiers_of, show
from tenure.model.binding import AMBIENT, NOTHING, SINGLETON, TRANSIENT, Binding, Make, Need, Style
from tenure.model.captive import width_of
from tenure.model.detect import is_abstract
from tenure.model.functions import is_async_generator_function, is_generator_function, unwrap
from tenure.model.graph import Graph, declares_binding
from tenure.model.survey import Survey, steps_to

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
    graph: Graph, ladder: Sequence[str], consumers: Sequence[Consumer], *, sync: bool = False, least: str = "info"
) -> tuple[Finding, ...]:
    """
    Return all findings, errors first, then in order of binding.

    Args:
        graph: all bindings.
        ladder: names of scopes, widest first.
        consumers: functions with injected parameters.
        sync: whether everything will be opened without an event loop.
        least: the level below which nothing is looked for.
    """
    roots = [_consumer_binding(consumer) for consumer in consumers]
    survey = Survey(graph, roots)
    found = [
        *_unserved(survey),
        *_cycles(survey),
        *_captive(survey, ladder),
        *(_all_async(survey) if sync else ()),
        *_async_in_sync(survey, [root for root in roots if root.make is Make.CALL], sync),
    ]
    if least != "error":
        found += [*_unprotected(graph), *_nothing_to_close(graph)]
    if least == "info":
        found += _unused(survey)
    return tuple(sorted(found, key=lambda finding: _RANK[finding.level]))


def refuse_fatal(
    graph: Graph, ladder: Sequence[str], consumers: Sequence[Consumer], *, sync: bool = False, strict: bool = False
) -> None:
    """
    Raise GraphError with every finding if one of them is an error, or with *strict* a warning; see `findings_of`.

    What is neither is looked for only where something is wrong.
    """
    if findings_of(graph, ladder, consumers, sync=sync, least="warning" if strict else "error"):
        raise GraphError(findings_of(graph, ladder, consumers, sync=sync))


def awaiting(graph: Graph, consumers: Sequence[Consumer]) -> tuple[Consumer, ...]:
    """Return those of *consumers* that need, of what does not live as long as the container, something awaited."""
    roots = [_consumer_binding(consumer) for consumer in consumers]
    survey = Survey(graph, roots)
    found = survey.reach(
        lambda source: int(source.lifetime != SINGLETON and _must_await(source, sync=True)),
        lambda source: source.lifetime != SINGLETON,
    )
    return tuple(consumer for consumer, root in zip(consumers, roots, strict=True) if id(root) in found)


def _consumer_binding(consumer: Consumer) -> Binding:
    """Return *consumer* as if it were bound, so that the same rules read it; the graph does not see it."""
    make = Make.AWAIT if consumer.is_async else Make.CALL
    return Binding(Call(consumer.name), make, None, TRANSIENT, consumer.needs, source=consumer.where)


class Call:
    """Stands for a key where a function is called."""

    __slots__ = ("__qualname__",)

    def __init__(self, name: str) -> None:
        self.__qualname__ = f"{name}()"


def _unserved(survey: Survey) -> Iterator[Finding]:
    order = {id(binding): number for number, binding in enumerate(survey.everything)}
    for binding, need, error in sorted(survey.missing, key=lambda entry: order[id(entry[0])]):
        yield _missing(survey.graph, binding, need, error)


def _missing(graph: Graph, binding: Binding, need: Need, error: MissingBindingError) -> Finding:
    cls = class_of(need.key) if need.key is not NOTHING and not qualifiers_of(need.key) else None
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


def _cycles(survey: Survey) -> Iterator[Finding]:
    """Depth first over what is served; each cycle is told once."""
    if not survey.has_cycle:
        return
    done: set[Key] = set()
    for root in survey.everything:
        path: list[tuple[Binding, str | None, Iterator[tuple[str, Binding]]]] = []
        at: dict[Key, int] = {}
        if root.key not in done:
            at[root.key] = 0
            path.append((root, None, iter(survey.sources(root))))
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
                yield _cycle(path[at[child.key] :], parameter, child)
            elif child.key not in done:
                at[child.key] = len(path)
                path.append((child, parameter, iter(survey.sources(child))))


def _cycle(path: Sequence[Any], parameter: str, last: Binding) -> Finding:
    steps = [PathStep(b.key, p if number else None, b.where) for number, (b, p, _) in enumerate(path)]
    error = CircularDependencyError((*steps, PathStep(last.key, parameter, last.where)))
    return Finding("error", "cycle", last.key, str(error), last.where)


def _captive(survey: Survey, ladder: Sequence[str]) -> Iterator[Finding]:
    """Look below what lives long, through what lives as long as its user: transient and ambient values (L48)."""
    if not any(binding.lifetime in ladder for binding in survey.upward):
        return
    found = survey.reach(
        lambda source: width_of(source.lifetime, ladder) or 0, lambda source: source.lifetime in (TRANSIENT, AMBIENT)
    )
    for binding in survey.graph:
        width = width_of(binding.lifetime, ladder)
        reached = found.get(id(binding))
        if width is not None and reached is not None and reached[0] > width:
            yield _captive_finding(binding, reached[1].goal, steps_to(binding, found))


def _captive_finding(binding: Binding, child: Binding, steps: tuple[PathStep, ...]) -> Finding:
    text = (
        f"{binding.label} ({binding.lifetime}) outlives {child.label} ({child.lifetime}), which it needs\n"
        f"{draw_path(steps)}\n  give {binding.label} the shorter lifetime, or let it ask for {child.label} when used"
    )
    return Finding("error", "captive", binding.key, text, binding.where)


def _all_async(survey: Survey) -> Iterator[Finding]:
    """Tell of everything that has to be awaited, for a program that cannot."""
    for binding in survey.graph:
        if binding.declared and _must_await(binding, sync=True):
            text = f"{binding.label}: it has to be awaited, and nothing can be awaited here; make the user asynchronous"
            yield Finding("error", "async-in-sync", binding.key, text, binding.where)


def _async_in_sync(survey: Survey, users: Sequence[Binding], sync: bool) -> Iterator[Finding]:
    found = survey.reach(lambda source: int(_must_await(source, sync)), lambda source: True) if users else {}
    for user in users:
        if id(user) in found:
            steps = steps_to(user, found)
            text = (
                f"{user.label} needs {show(steps[-1].key)}: it has to be awaited, and nothing can be awaited here; "
                f"make the user asynchronous\n{draw_path(steps)}"
            )
            yield Finding("error", "async-in-sync", user.key, text, user.where)


def _must_await(binding: Binding, sync: bool) -> bool:
    lifecycle = binding.lifecycle
    if lifecycle is None:
        return binding.make is Make.AWAIT and binding.target is not None
    if sync:
        return lifecycle.is_async
    # a singleton may well be open by the time that a synchronous function asks for it
    return lifecycle.opens_async and not lifecycle.is_lazy and binding.lifetime != SINGLETON


def _unprotected(graph: Graph) -> Iterator[Finding]:
    for binding in list(graph):
        lifecycle = binding.lifecycle
        if lifecycle is None or lifecycle.style is Style.METHODS or not binding.declared:
            continue
        function: Any = unwrap(binding.target) if callable(binding.target) else None
        if is_generator_function(function) or is_async_generator_function(function):
            from tenure.model.yields import unprotected_yield  # noqa: PLC0415 - reads sources: slow to import

            line = unprotected_yield(function)
            if line is not None:
                so = (
                    "it is not shown an error of the body"
                    if lifecycle.resumes
                    else "it does not run when the body fails"
                )
                text = (
                    f"{binding.label}: what follows the yield is not in a `finally`, an `except` or a `with`, so {so}; "
                    "write try: yield ... finally: ..."
                )
                code = function.__code__
                where = f"{code.co_filename}:{code.co_firstlineno + line - 1}"
                yield Finding("warning", "unprotected-yield", binding.key, text, where)


def _nothing_to_close(graph: Graph) -> Iterator[Finding]:
    for binding in list(graph):
        lifecycle = binding.lifecycle
        if lifecycle is not None and lifecycle.style is Style.METHODS and not (lifecycle.open or lifecycle.close):
            text = (
                f"{binding.label} is declared a resource but has nothing to open or close; give it initialize and "
                "dispose, make it a context manager, or say close=..."
            )
            yield Finding("warning", "nothing-to-close", binding.key, text, binding.where)


def _unused(survey: Survey) -> Iterator[Finding]:
    used = {source.key for binding in survey.everything for _, source in survey.sources(binding)}
    used |= {key for binding in survey.everything for key in binding.later}
    for binding in survey.graph:
        # what comes with a scope, whoever wants it; and what acts by itself, such as a worker
        unasked = binding.make is Make.GIVEN or getattr(binding.target, "__tenure_unasked__", False)
        own = binding.is_self or unasked or (binding.make is Make.VALUE and declares_binding(binding.key))
        if binding.declared and binding.key not in used and not own:
            text = f"nothing in the graph needs {binding.label}, and no injected function asks for it"
            yield Finding("info", "unused", binding.key, text, binding.where)
