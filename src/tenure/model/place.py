"""Where a class or function is written, as errors show it."""

import functools
import sys
from types import CodeType
from typing import Any

from tenure.model.functions import unwrap


def location(target: Any) -> str | None:
    """Return `file:line` of the function or class *target*, or None where there is no source."""
    while isinstance(target, functools.partial):
        target = target.func
    said = getattr(target, "__tenure_where__", None)  # a function that a declaration made of another one
    if isinstance(said, str):
        return said
    target = unwrap(target) if callable(target) else target
    code = getattr(target, "__code__", None)
    if code is None and isinstance(target, type):
        code = _class_code(target)
    if isinstance(code, CodeType):
        return f"{code.co_filename}:{code.co_firstlineno}"
    line = vars(target).get("__firstlineno__") if isinstance(target, type) else None  # Python 3.13 and later
    file = getattr(sys.modules.get(getattr(target, "__module__", "")), "__file__", None)
    return f"{file}:{line}" if line and file else None


def _class_code(cls: type) -> Any:
    """Return the code of the first function defined in *cls*: near enough, and it reads no file."""
    for value in vars(cls).values():
        code = getattr(unwrap(value) if callable(value) else value, "__code__", None)
        if code is not None and code.co_filename != "<string>":  # "<string>": made by dataclasses
            return code
    return None
