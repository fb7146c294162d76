"""
The source of a resolver.

A resolver takes a scope and returns the value of one key as seen from it. Two dialects of one text: in the async one
whatever may have to wait is awaited, and everything else is the plain expression.
"""

from typing import TYPE_CHECKING, Any

from tenure.compile.expressions import Writer, passed
from tenure.compile.source import function_from
from tenure.model.binding import AMBIENT, SINGLETON, TRANSIENT, Binding, Make, Need

if TYPE_CHECKING:
    from tenure.compile.links import Links

MISSING: Any = object()
"""What a cache without the key gives to generated code."""
_INLINE_LIMIT = 40
"""How many calls one expression may hold; beyond it a dependency is called through its own resolver."""


class _Writer(Writer):
    """Writes expressions of a scope: what is not made in place is asked of its own resolver."""

    __slots__ = ("is_async", "links")

    def __init__(self, links: "Links", is_async: bool) -> None:
        super().__init__(links.graph)
        self.links: Links = links
        self.is_async: bool = is_async

    def value_of(self, source: Binding) -> str:
        """Return the expression for one dependency."""
        if source.is_plain and source.make is Make.VALUE:
            return self.name("v", source.target)
        if self._can_inline(source):
            self.calls += 1
            return self.call(source)
        awaited = self.is_async and self.links.plans.facts(source).awaited
        resolver = self.name("r", self.links.resolver(source, awaited))
        return f"{'await ' if awaited else ''}{resolver}(scope)"

    def _can_inline(self, source: Binding) -> bool:
        plain = source.is_plain and source.make in (Make.CALL, Make.MAYBE) and source.lifetime == TRANSIENT
        return plain and self.calls < _INLINE_LIMIT and self.links.plans.facts(source).depth <= _INLINE_LIMIT

    def call(self, binding: Binding) -> str:
        """Return the expression that makes a new value of *binding*."""
        target = self.name("t", binding.target)
        call = f"{target}({', '.join(self.arguments(binding))})"
        if binding.make is Make.MAYBE:
            call = f"{self.name('u', self.links.settled(binding, self.is_async))}({call})"
        awaits = binding.make is Make.AWAIT or (binding.make is Make.MAYBE and self.is_async)
        return f"{'await ' if awaits else ''}{call}"

    def lenient_value_of(self, source: Binding, instead: Any) -> str:
        """Return the expression for an optional resource that gives *instead* where it is unavailable."""
        awaited = self.is_async and self.links.plans.facts(source).awaited
        resolver = self.name("e", self.links.lenient(source, instead, awaited))
        return f"{'await ' if awaited else ''}{resolver}(scope)"


def resolver_of(binding: Binding, links: "Links", is_async: bool) -> Any:
    """
    Return the resolver of *binding*.

    Args:
        binding: whose graph edges are all served (see `Graph.order`).
        links: the runtime's side of generated code.
        is_async: whether the resolver is a coroutine function.
    """
    if binding.make is Make.GIVEN:
        return _awaitable(links.given(binding)) if is_async else links.given(binding)
    if binding.lifecycle is not None and (binding.make is Make.VALUE or binding.lifecycle.opens_itself):
        return links.managed(binding, is_async)
    if binding.lifetime == SINGLETON and not is_async and binding.make is not Make.VALUE:
        return links.kept(binding)
    writer = _Writer(links, is_async)
    body = _body(binding, writer)
    head = "async def" if is_async else "def"
    source = f"{head} resolve(scope):\n" + "".join(f"    {line}\n" for line in body)
    return function_from(source, "resolve", writer.names)


def _awaitable(resolve: Any) -> Any:
    async def aresolve(scope: Any) -> Any:
        return resolve(scope)

    return aresolve


def _body(binding: Binding, writer: _Writer) -> list[str]:
    if binding.is_plain and binding.make is Make.VALUE:
        return [f"return {writer.value_of(binding)}"]
    if binding.is_plain and binding.lifetime == TRANSIENT:
        if binding.make is Make.AWAIT and not writer.is_async:
            return [f"return {writer.name('m', writer.links.miss(binding, False))}(scope)"]
        checks = []
        if not writer.is_async and writer.links.plans.facts(binding).touches_async:
            checks = [f"{writer.name('f', writer.links.refusal(binding))}(scope)"]  # before anything is made (L51)
        return [*checks, f"return {writer.call(binding)}"]
    wait = "await " if writer.is_async else ""
    miss = f"{wait}{writer.name('m', writer.links.miss(binding, writer.is_async))}"
    if binding.lifetime == TRANSIENT:
        return [f"return {miss}(scope)"]
    key = writer.name("k", binding.key)
    if binding.lifetime == SINGLETON:
        cache = writer.name("s", writer.links.root_cache())
        if writer.is_async and binding.lifecycle is not None and binding.lifecycle.is_async:
            on_loop = writer.name("o", writer.links.on_its_loop(binding))
            return [
                "try:",
                f"    return {on_loop}({cache}[{key}])",
                "except KeyError:",
                "    pass",
                f"return {miss}(scope)",
            ]
        return ["try:", f"    return {cache}[{key}]", "except KeyError:", "    pass", f"return {miss}(scope)"]
    missing = writer.name("x", MISSING)
    if binding.lifetime == AMBIENT:
        return [
            "home = scope",
            "while home is not None:",
            f"    value = home.cache.get({key}, {missing})",
            f"    if value is not {missing}:",
            "        return value",
            "    home = home.parent",
            f"return {miss}(scope)",
        ]
    level = writer.name("l", binding.lifetime)
    not_open = writer.name("n", writer.links.not_open(binding))
    return [
        "home = scope",
        f"while home.name != {level}:",
        "    home = home.parent",
        "    if home is None:",
        f"        {not_open}()",
        f"value = home.cache.get({key}, {missing})",
        f"if value is not {missing}:",
        "    return value",
        f"return {miss}(home)",
    ]


def preparer_of(binding: Binding, links: "Links", is_async: bool) -> Any:
    """
    Return a function of a scope that gives a 0-argument callable, which calls the target with its arguments.

    The arguments are worked out first and once, so that what runs between `Opening` and `Opened` is the user's
    opening code and nothing else, and another attempt uses the same arguments.
    """
    writer = _Writer(links, is_async)
    target = writer.name("t", binding.target)
    edges = links.graph.edges(binding)
    lines = [f"a{number} = {writer.argument(edge)}" for number, edge in enumerate(edges)]
    arguments = ", ".join(passed(edge.need, f"a{number}") for number, edge in enumerate(edges))
    head = "async def" if is_async else "def"
    body = "".join(f"    {line}\n" for line in (*lines, f"return lambda: {target}({arguments})"))
    return function_from(f"{head} prepare(scope):\n{body}", "prepare", writer.names)


def caller_of(binding: Binding, links: "Links") -> Any:
    """
    Return a function of a scope and the arguments of one call that makes a new value of *binding*, a plain one.

    Positional arguments follow those of the binding; what is given by name stands in for the need of that name, which
    is not worked out then. What it is given is left as it is.
    """
    writer = _Writer(links, is_async=False)
    target = writer.name("t", binding.target)
    first, named = "", []
    for edge in links.graph.edges(binding):
        if edge.need.by_position:
            first += f"{writer.argument(edge)}, "
        else:
            named.append((edge.need, writer.argument(edge)))
    body = "".join(f"    {line}\n" for line in _calls(target, first, named))
    return function_from(f"def call(scope, args, kwargs):\n{body}", "call", writer.names)


def _calls(target: str, first: str, named: list[tuple[Need, str]]) -> list[str]:
    """Return the calls of *target* for all that may be given; each way of passing it on costs more than the others."""
    own = "".join(f", {passed(need, value)}" for need, value in named)  # it follows what is given
    lines = [f"if not kwargs: return {target}({first}*args{own})"]
    if not named:
        lines = [f"if not kwargs and len(args) == 1: return {target}({first}args[0])"]
        lines.append(f"if not args: return {target}({first}**kwargs)")
    elif len(named) == 1:
        lines.append(f"if {named[0][0].name!r} not in kwargs: return {target}({first}*args, **kwargs{own})")
    else:
        lines.append("kwargs = kwargs.copy()")
        lines += [f"if {need.name!r} not in kwargs: kwargs[{need.name!r}] = {value}" for need, value in named]
    return [*lines, f"return {target}({first}*args, **kwargs)"]
