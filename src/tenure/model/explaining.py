"""Why a resource is opened and closed the way it is: what `explain` says of one binding."""

import functools
from typing import Any

from tenure.errors import GuessError, MissingBindingError
from tenure.keys import Key, class_of, show
from tenure.model.binding import NOTHING, Binding, Lifecycle, Make, Rule, Style
from tenure.model.graph import Graph, declares_binding
from tenure.record import record

_MAKES = {Make.VALUE: "a value", Make.GIVEN: "given to the scope"}
_REST = "the rest of the generator"
_FORMS = {
    Style.GENERATOR: ("a generator function", "next(generator)", _REST),
    Style.ASYNC_GENERATOR: (
        "an asynchronous generator function",
        "await anext(generator)",
        "the rest of the generator",
    ),
    Style.CONTEXT: ("a context manager", "__enter__()", "__exit__()"),
    Style.ASYNC_CONTEXT: ("an asynchronous context manager", "await __aenter__()", "await __aexit__()"),
    Style.FOUND: ("what it gives tells, once it was called", "as that tells", "as that tells"),
}


@record
class Explanation:
    """
    How the value of one key is made, opened and closed, and why so; `str()` tells it in a few lines.

    Each attribute is data: `as_dict` gives them all.
    """

    key: Key
    label: str
    """The key as shown."""
    made_by: str
    """The class or function that makes it, or what else gives it."""
    place: str | None
    """`file:line` of that, or None."""
    scope: str
    """"singleton", "transient", "ambient", or the name of a scope."""
    is_resource: bool
    style: str | None = None
    """"generator", "context manager", "methods", ...; None: it is no resource."""
    rule: str = ""
    """What told how it is opened and closed."""
    adapter: str | None = None
    """The client that was recognised, as programs import it."""
    is_guess: bool = False
    """Whether the name of a method was all there was to go by; `Container(strict=True)` refuses it."""
    opens: str | None = None
    """The call that opens it; None: it is open once it is made."""
    closes: str | None = None
    """The call that closes it; None: nothing is owed."""
    opens_async: bool = False
    closes_async: bool = False
    needs: tuple[tuple[str, str], ...] = ()
    """Name of each parameter that is no constant, and the key that serves it, as shown."""
    note: str = ""
    """What else is good to know: the trap that a guess would have run into, or what was not declared."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as what `json.dumps` takes; the key as shown."""
        words = (
            "label made_by place scope is_resource style rule adapter is_guess opens closes opens_async closes_async"
        )
        return {
            **{name: getattr(self, name) for name in words.split()},
            "needs": dict(self.needs),
            "note": self.note,
        }

    def __str__(self) -> str:
        place = f" ({self.place})" if self.place else ""
        lines = [f"{self.label}: {'a resource' if self.is_resource else 'no resource'}, {self.made_by}{place}"]
        lines.append(f"  scope    {self.scope}")
        if self.is_resource:
            lines.append(f"  because  {self.rule}{' (a guess)' if self.is_guess else ''}")
            lines.append(f"  opens    {self.opens or 'nothing to call: it is open once it is made'}")
            lines.append(f"  closes   {self.closes or 'nothing is owed'}")
        lines += [f"  needs    {name}: {key}" for name, key in self.needs]
        if self.note:
            lines.append(f"  note     {self.note}")
        return "\n".join(lines)


def explained(graph: Graph, binding: Binding) -> Explanation:
    """Return why *binding* is what it is."""
    needs = _needs(graph, binding)
    common = (binding.key, binding.label, _made_by(binding), binding.where, binding.lifetime)
    lifecycle = binding.lifecycle
    if lifecycle is None:
        return Explanation(*common, is_resource=False, needs=needs, note=_undeclared(binding))
    form, opens, closes = _FORMS.get(lifecycle.style, ("", None, None))
    if lifecycle.style is Style.METHODS:
        opens, closes = called(lifecycle.open, lifecycle.opens_async), called(lifecycle.close, lifecycle.closes_async)
    return Explanation(
        *common,
        is_resource=True,
        style=lifecycle.style.value,
        rule=_rule(lifecycle, form),
        adapter=lifecycle.adapter or None,
        is_guess=lifecycle.is_guess,
        opens=opens,
        closes=closes,
        opens_async=lifecycle.opens_async,
        closes_async=lifecycle.closes_async,
        needs=needs,
        note=_trap(lifecycle),
    )


def _needs(graph: Graph, binding: Binding) -> tuple[tuple[str, str], ...]:
    """Return what serves each parameter; constants and defaults are no dependencies."""
    found = []
    for need in binding.needs:
        try:
            sources = graph.edge(binding, need).sources
        except MissingBindingError:
            found.append((need.name, f"{show(need.key) if need.key is not NOTHING else '?'}, which nothing makes"))
            continue
        if sources:
            found.append((need.name, ", ".join(source.label for _, source in sources)))
    return tuple(found)


def guess_error(binding: Binding) -> GuessError:
    """Return what a strict container says of *binding*, whose lifecycle is a guess."""
    lifecycle = binding.lifecycle
    assert lifecycle is not None, "only resources have one"
    found = (called(lifecycle.open, lifecycle.opens_async), called(lifecycle.close, lifecycle.closes_async))
    return GuessError(binding.key, lifecycle.rule.value, [call for call in found if call], binding.where)


def _made_by(binding: Binding) -> str:
    if binding.make in _MAKES:
        return _MAKES[binding.make]
    is_ours = declares_binding(binding.key) and str(getattr(binding.target, "__module__", "")).startswith("tenure.")
    maker = type(binding.key).__name__ if is_ours else maker_of(binding)  # a kind of provider, no function of ours
    return f"made by {'await ' if binding.make is Make.AWAIT else ''}{maker}"


def maker_of(binding: Binding) -> str | None:
    """Return the name of the class or function that makes the value; None: nothing does."""
    if binding.make in _MAKES:
        return None
    names = (getattr(binding.source, "__qualname__", None), getattr(binding.target, "__qualname__", None))
    return next(filter(None, names), None) or _name_of(binding.target)


def _name_of(function: Any) -> str:
    """Return the name of what is called; never its `repr`, which shows what a partial was given."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", None) or type(function).__qualname__)


def _rule(lifecycle: Lifecycle, form: str) -> str:
    if lifecycle.rule is Rule.ADAPTER:
        return f"{lifecycle.rule.value}: {lifecycle.adapter}"
    if lifecycle.rule is Rule.FORM:
        names = " and ".join(sorted(lifecycle.method_names, reverse=True))
        return form or (f"it has {names}" if names else "it opens and closes itself")
    return str(lifecycle.rule.value)


def called(function: Any, is_async: bool) -> str | None:
    """Return the call of an opening or closing function as one would write it, None where there is none."""
    if function is None:
        return None
    text = getattr(function, "text", None)  # of a client's row
    if text is not None:
        return str(text)
    name = _name_of(function)
    if name.startswith("_") and str(getattr(function, "__module__", "")).startswith("tenure."):
        return None  # of a pool or the like: nothing that a program could call
    around = getattr(function, "__qualname__", name).rpartition(".")[0]
    is_method = around and not around.endswith("<locals>")
    return f"{'await ' if is_async else ''}{name}({'' if is_method else 'it'})"


def _trap(lifecycle: Lifecycle) -> str:
    if not lifecycle.adapter:
        return ""
    from tenure.model.clients import all_adapters  # noqa: PLC0415 - imported on use: few programs ask

    return next((each.trap for each in all_adapters() if each.name == lifecycle.adapter), "")


def _undeclared(binding: Binding) -> str:
    """Say of a client that nobody declared a resource that nothing closes it."""
    from tenure.model.clients import adapter_of  # noqa: PLC0415 - as above

    made = type(binding.target) if binding.make is Make.VALUE else class_of(binding.key)
    known = adapter_of(made) if made is not None else None
    if known is None:
        return ""
    return f"{known.name} is a client, but was not declared a resource, so nothing closes it; resource=True would"
