"""Source text to function: compiled once per shape, visible in tracebacks."""

import functools
import linecache
from types import CodeType, FunctionType
from typing import Any

END: Any = object()
"""What `next` gives for a generator that has ended."""


@functools.cache
def _code(source: str, number: int) -> CodeType:
    filename = f"<tenure resolver {number}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    return compile(source, filename, "exec")


_shapes: dict[str, int] = {}
GENERATED = "tenure.compile.generated"
"""The module that generated functions say they are of: Ctrl-C, and what tells where code waits, know it by that."""


def function_from(source: str, name: str, names: dict[str, Any]) -> Any:
    """
    Return the function *name* that *source* defines.

    Args:
        source: the same text for every binding of the same shape; it is compiled once.
        name: what the source calls the function.
        names: the globals of the function; it becomes the function's own dictionary.
    """
    number = _shapes.setdefault(source, len(_shapes) + 1)
    names["__name__"] = GENERATED
    exec(_code(source, number), names)  # noqa: S102 - the source is written by `emitter`, never by a user
    return names.pop(name)  # a function that its own globals held would be part of a cycle (L16)


def generated(function: Any) -> Any:
    """Return *function*, which a module that was written ahead of time has and uses no globals, as generated here."""
    return FunctionType(function.__code__, {"__name__": GENERATED})
