"""
What kind of function something is: the answers of `inspect`, which takes longer to import than everything else here.

Each function says what its namesake in `inspect` says, and asks it where an object is of no usual kind; save that a
partial of a method counts as the method.
"""

import functools
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, MethodWrapperType
from typing import Any

_GENERATOR = 0x20
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200
"""Flags of code, as `inspect` names them."""
_ABSTRACT = 1 << 20
"""Flag of a class with open methods."""
_ROUTINES = (FunctionType, BuiltinFunctionType, MethodType, MethodWrapperType)
_MARKS = frozenset(("_partialmethod", "__partialmethod__", "_is_coroutine_mark", "_is_coroutine_marker"))
"""Attributes that make `inspect` look further than the code."""
_LONGEST = 1000
"""How many wrappers are looked through before they are taken for a circle."""


def unwrap(function: Any) -> Any:
    """
    Return the innermost function that *function* wraps, itself if it wraps none.

    Raises:
        ValueError: the wrappers wrap one another.
    """
    inner, looked = function, 0
    while not isinstance(inner, type) and hasattr(inner, "__wrapped__"):
        inner, looked = inner.__wrapped__, looked + 1
        if looked > _LONGEST:
            raise ValueError(f"the wrappers of {function!r} have no end")
    return inner


def code_of(function: Any) -> CodeType | None:
    """Return the code of a function written in Python, also of a method or partial; None where it says not all."""
    while isinstance(function, MethodType | functools.partial):
        function = function.__func__ if isinstance(function, MethodType) else function.func
    is_plain = type(function) is FunctionType and (not function.__dict__ or _MARKS.isdisjoint(function.__dict__))
    return function.__code__ if is_plain else None


def is_generator_function(function: Any) -> bool:
    """Tell whether calling *function* gives a generator."""
    code = code_of(function)
    if code is not None:
        return bool(code.co_flags & _GENERATOR)
    return not _is_other(function) and _inspect().isgeneratorfunction(function)


def is_async_generator_function(function: Any) -> bool:
    """Tell whether calling *function* gives an asynchronous generator."""
    code = code_of(function)
    if code is not None:
        return bool(code.co_flags & _ASYNC_GENERATOR)
    return not _is_other(function) and _inspect().isasyncgenfunction(function)


def is_coroutine_function(function: Any) -> bool:
    """Tell whether calling *function* gives a coroutine, or it is marked so (`inspect.markcoroutinefunction`)."""
    code = code_of(function)
    if code is not None:
        return bool(code.co_flags & _COROUTINE)
    return not _is_other(function) and _inspect().iscoroutinefunction(function)


def _is_other(function: Any) -> bool:
    """Tell whether *function* is nothing that could be made of a function: a class, or a function in C."""
    return isinstance(function, type | BuiltinFunctionType)


def is_routine(target: Any) -> bool:
    """Tell whether *target* is a function or method of any kind, in C too."""
    if isinstance(target, _ROUTINES):
        return True
    if isinstance(target, functools.partial):  # from Python 3.13 on it has a `__get__`
        return False
    kind = type(target)  # a method descriptor, like `str.upper` and what `staticmethod` makes
    return not isinstance(target, type) and hasattr(kind, "__get__") and not hasattr(kind, "__set__")


def is_abstract_class(cls: Any) -> bool:
    """Tell whether *cls* is a class with abstract methods, also while its `__init_subclass__` runs."""
    if type(cls) is type or not isinstance(cls, type):
        return False
    if cls.__flags__ & _ABSTRACT:
        return True
    return not hasattr(cls, "__abstractmethods__") and _inspect().isabstract(cls)


def is_enumeration(cls: type) -> bool:
    """Tell whether *cls* is an `enum.Enum`; where nobody has imported that, it is none."""
    enum = sys.modules.get("enum")
    return enum is not None and issubclass(cls, enum.Enum)


def static_attribute(cls: type, name: str) -> Any:
    """Return attribute *name* of *cls* as it was put there, None if there is none; runs no descriptor."""
    for base in type.mro(cls) + type.mro(type(cls)):
        if name in vars(base):
            return vars(base)[name]
    return None


def _inspect() -> Any:
    import inspect  # noqa: PLC0415 - slow to import, and rarely needed

    return inspect
