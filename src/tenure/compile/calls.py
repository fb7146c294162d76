"""
The source of an injected call: the parameters are filled in by name, in a line each.

A parameter that the caller gives by keyword is the caller's; whether one is given shows by its default.
"""

from collections.abc import Callable, Sequence
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


def call_of(
    function: Callable[..., Any], wanted: Sequence[tuple[str, Key]], around: Any, get: Any, is_async: bool
) -> Callable[..., Any]:
    """
    Return a function that calls *function* with what is injected.

    Args:
        function: a plain function, or a coroutine function.
        wanted: name and key of each injected parameter, in order.
        around: function of nothing that gives a context manager, of the colour of *function*, whose result goes to
            *get*; None: nothing is around the call.
        get: function of what *around* gives, or else of nothing, that gives a function of a key, asynchronous as
            *function* is.
        is_async: whether *function* is a coroutine function.
    """
    names: dict[str, Any] = {f"{_PREFIX}absent": _ABSENT, f"{_PREFIX}function": function}
    names |= {f"{_PREFIX}around": around, f"{_PREFIX}get_of": get}
    names |= {f"{_PREFIX}key{number}": key for number, (_, key) in enumerate(wanted)}
    wait, begin = ("await ", "async ") if is_async else ("", "")
    head = ", ".join(f"{name}={_PREFIX}absent" for name, _ in wanted)
    lines = [f"{_PREFIX}get = {_PREFIX}get_of({'' if around is None else _PREFIX + 'at'})"]
    for number, (name, _) in enumerate(wanted):
        lines += [f"if {name} is {_PREFIX}absent:", f"    {name} = {wait}{_PREFIX}get({_PREFIX}key{number})"]
    given = ", ".join(f"{name}={name}" for name, _ in wanted)
    lines.append(f"return {wait}{_PREFIX}function(*{_PREFIX}args, {given}, **{_PREFIX}kwargs)")
    if around is not None:
        lines = [f"{begin}with {_PREFIX}around() as {_PREFIX}at:", *(f"    {line}" for line in lines)]
    source = f"{begin}def call(*{_PREFIX}args, {head}, **{_PREFIX}kwargs):\n"
    made: Callable[..., Any] = function_from(source + "".join(f"    {line}\n" for line in lines), "call", names)
    return made
