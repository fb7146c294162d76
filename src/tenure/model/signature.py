"""The parameters of what is called: read off its code where that says everything, else by `inspect`."""

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any, TypeAlias

from tenure.errors import BindingError
from tenure.keys import show
from tenure.model.binding import NOTHING

Parameter: TypeAlias = tuple[str, bool, Any, Any]
"""Name, whether it may be passed by position, default and annotation as it stands there (NOTHING: it has none)."""

_LOOK_FURTHER = ("__wrapped__", "__signature__", "_partialmethod", "__partialmethod__", "__no_type_check__")
"""Attributes of a function that say something else of its parameters than its code does."""
_TAKES_ANY_NAME = 0x08
"""Flag of code that has `**kwargs`."""


def function_of(target: Any) -> FunctionType | None:
    """
    Return the function whose code says everything of the parameters of *target*, a class or function.

    Of a class that is its `__init__`, if calling it does nothing else. None where there is more to look at.
    """
    function = target
    if isinstance(target, type):
        cls: Any = target
        kind: Any = type(target)
        if kind.__call__ is not type.__call__ or cls.__new__ is not object.__new__ or hasattr(cls, "__signature__"):
            return None
        function = _no_parameters if cls.__init__ is object.__init__ else cls.__init__
    if type(function) is not FunctionType:
        return None
    for name in _LOOK_FURTHER:  # one by one: asked for its `__dict__`, a function makes one and keeps it
        if hasattr(function, name):
            return None
    return function if function is target or function.__code__.co_argcount else None


def _no_parameters(_: Any) -> None:
    """Stand for the `__init__` of a class that has none."""


def read_off(function: FunctionType, target: Any) -> list[Parameter]:
    """
    Return the parameters of *function* that take one argument, without the object that a class *target* passes first.

    Raises:
        Exception: whatever evaluating its annotations raises, on a Python that does so when they are read (PEP 649).
    """
    code, hints = function.__code__, function.__annotations__
    name_of, n_by_position = _namer_of(code), code.co_argcount
    defaults, by_name = function.__defaults__ or (), function.__kwdefaults__ or {}
    first_default = n_by_position - len(defaults)
    found: list[Parameter] = []
    for number in range(0 if function is target else 1, n_by_position):
        name = name_of(number)
        default = defaults[number - first_default] if number >= first_default else NOTHING
        found.append((name, True, default, hints.get(name, NOTHING)))
    by_name_only = [name_of(n_by_position + number) for number in range(code.co_kwonlyargcount)]
    return found + [(name, False, by_name.get(name, NOTHING), hints.get(name, NOTHING)) for name in by_name_only]


def _namer_of(code: CodeType) -> Callable[[int], str]:
    """
    Return the function that gives the name of a parameter by number.

    Asked for `co_varnames`, a code object keeps the tuple for good: more than all that is kept of the parameters here.
    """
    return getattr(code, "_varname_from_oparg", None) or code.co_varnames.__getitem__


def parameters_of(target: Any) -> tuple[list[Parameter], bool]:
    """
    Return the parameters of *target* that take one argument, and whether it takes arguments of any name.

    Raises:
        BindingError: they cannot be read.
    """
    function = function_of(target)
    if function is not None:
        try:
            return read_off(function, target), bool(function.__code__.co_flags & _TAKES_ANY_NAME)
        except Exception:  # noqa: BLE001, S110 - names for type checkers only: `inspect` does without the annotations
            pass
    return _by_signature(target)


def _by_signature(target: Any) -> tuple[list[Parameter], bool]:
    import inspect  # noqa: PLC0415 - slow to import, and most parameters are read without

    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError) as error:
        raise BindingError(
            f"{show(target)} has no readable signature: {error}; bind a function that makes it"
        ) from None
    found = [
        (
            each.name,
            each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD),
            NOTHING if each.default is each.empty else each.default,
            NOTHING if each.annotation is each.empty else each.annotation,
        )
        for each in parameters
        if each.kind not in (each.VAR_POSITIONAL, each.VAR_KEYWORD)
    ]
    return found, any(each.kind is each.VAR_KEYWORD for each in parameters)
