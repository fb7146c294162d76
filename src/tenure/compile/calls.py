"""
The source of an injected call: the parameters are filled in by name, in a line each.

A parameter that the caller gives by keyword is the caller's; whether one is given shows by its default.
"""

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from types import FrameType
from typing import Any

from tenure.compile.source import function_from
from tenure.keys import Key

_PREFIX = "tenure_"
"""What stands before every name that is not the user's."""


class _Absent:
    """Stands for an argument that the caller did not give."""

    def __repr__(self) -> str:
        return "<injected>"


_ABSENT = _Absent()


class Always:
    """Stands for *function*, where there is no need to ask for it at each call."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[[Key], Any]) -> None:
        self.function: Callable[[Key], Any] = function


def call_of(
    function: Callable[..., Any],
    wanted: Sequence[tuple[str, Key]],
    visible: Signature,
    around: Any,
    get: Any,
    is_async: bool,
) -> Callable[..., Any]:
    """
    Return a function that calls *function* with what is injected.

    Args:
        function: a plain function, or a coroutine function.
        wanted: name and key of each injected parameter, in order.
        visible: the parameters that are left for the caller, with their defaults.
        around: function of nothing that gives a context manager, of the colour of *function*, whose result goes to
            *get*; None: nothing is around the call.
        get: function of what *around* gives, or else of nothing, that gives a function of a key, asynchronous as
            *function* is; or that function itself, where it is always the same (`Always`).
        is_async: whether *function* is a coroutine function.
    """
    names: dict[str, Any] = {f"{_PREFIX}absent": _ABSENT, f"{_PREFIX}function": function}
    names |= {f"{_PREFIX}around": around, f"{_PREFIX}get_of": get}
    names |= {f"{_PREFIX}key{number}": key for number, (_, key) in enumerate(wanted)}
    wait, begin = ("await ", "async ") if is_async else ("", "")
    head, given = _passed_on(visible, [name for name, _ in wanted], names)
    if isinstance(get, Always):
        names[f"{_PREFIX}get"], lines = get.function, []
    else:
        lines = [f"{_PREFIX}get = {_PREFIX}get_of({'' if around is None else _PREFIX + 'at'})"]
    for number, (name, _) in enumerate(wanted):
        lines += [f"if {name} is {_PREFIX}absent:", f"    {name} = {wait}{_PREFIX}get({_PREFIX}key{number})"]
    lines.append(f"return {wait}{_PREFIX}function({given})")
    if around is not None:
        lines = [f"{begin}with {_PREFIX}around() as {_PREFIX}at:", *(f"    {line}" for line in lines)]
    source = f"{begin}def call({head}):\n"
    made: Callable[..., Any] = function_from(source + "".join(f"    {line}\n" for line in lines), "call", names)
    return made


def function_called(frame: FrameType) -> Any:
    """Return the user's function that *frame* is about to call, where it is of what `call_of` made; else None."""
    return frame.f_globals.get(f"{_PREFIX}function") if frame.f_code.co_name == "call" else None


def _passed_on(visible: Signature, wanted: list[str], names: dict[str, Any]) -> tuple[str, str]:
    """
    Return the parameters of the call, and the arguments that it calls the function with.

    Parameter by parameter where the function takes a fixed number, for that is twice as fast; else all at once.
    """
    injected = [f"{name}={_PREFIX}absent" for name in wanted]
    by_name = [f"{name}={name}" for name in wanted]
    parameters = list(visible.parameters.values())
    if any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in parameters):
        rest = f"*{_PREFIX}args", f"**{_PREFIX}kwargs"
        return ", ".join((rest[0], *injected, rest[1])), ", ".join((rest[0], *by_name, rest[1]))
    by_kind: dict[Any, list[str]] = {}
    for number, each in enumerate(parameters):
        default = ""
        if each.default is not each.empty:
            names[f"{_PREFIX}default{number}"] = each.default
            default = f"={_PREFIX}default{number}"
        by_kind.setdefault(each.kind, []).append(each.name + default)
    first, usual = by_kind.get(Parameter.POSITIONAL_ONLY, []), by_kind.get(Parameter.POSITIONAL_OR_KEYWORD, [])
    last = by_kind.get(Parameter.KEYWORD_ONLY, [])
    head = [*first, *(["/"] if first else []), *usual, "*", *last, *injected]
    given = [each.name if each.kind is each.POSITIONAL_ONLY else f"{each.name}={each.name}" for each in parameters]
    return ", ".join(head), ", ".join((*given, *by_name))
