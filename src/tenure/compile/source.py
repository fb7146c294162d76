"""Source text to function: compiled once per shape, visible in tracebacks."""

import functools
import linecache
import sys
from types import CodeType, FunctionType
from typing import Any


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


def generated(function: Any, module: str) -> Any:
    """
    Return *function*, of a module that was written ahead of time, as one that was generated here.

    Args:
        function: uses no globals of its module.
        module: name of the module; tracebacks show its lines.
    """
    filename = f"<tenure>/{module.replace('.', '/')}.py"
    linecache.cache.setdefault(filename, (functools.partial(_source_of, module),))
    return FunctionType(_moved(function.__code__, filename), {"__name__": GENERATED})


def _moved(code: CodeType, filename: str) -> CodeType:
    constants = tuple([_moved(each, filename) if isinstance(each, CodeType) else each for each in code.co_consts])
    return code.replace(co_filename=filename, co_consts=constants)


def _source_of(module: str) -> str | None:
    loader: Any = getattr(sys.modules.get(module), "__loader__", None)
    return loader.get_source(module) if hasattr(loader, "get_source") else None
