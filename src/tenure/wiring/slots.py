"""
Slots: the parameters of a function that carry a marker, as default, in `Annotated`, or inside a framework's `Depends`.

Frameworks are recognised by the module of the class, so that none has to be imported.
"""

import inspect
import sys
import types
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, ForwardRef, get_args

from tenure.keys import origin_of
from tenure.model.introspect import annotations_of
from tenure.wiring.markers import Marker, call_at_once

_FRAMEWORKS = frozenset({"fastapi", "fast_depends", "faststream"})
_STRICT_ABOUT_COROUTINES = frozenset({"fast_depends", "faststream"})
"""Those that refuse a coroutine function as dependency of a function that cannot await."""
KEYWORD_ONLY = sys.maxsize
"""The position of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter that carries a marker."""

    name: str
    position: int
    """Its place among positional arguments, `KEYWORD_ONLY` if it has none."""
    marker: Marker


def marker_of(value: Any, *, at_once: bool = False) -> Marker | None:
    """
    Return the marker that *value* is, or that a framework's `Depends` holds; None where it is neither.

    Args:
        value: a default, or one of the metadata of an annotation.
        at_once: whether it stands in a function that cannot await.
    """
    if isinstance(value, Marker):
        return value
    framework = _framework_of(value)
    held = getattr(value, "dependency", None) if framework is not None else None
    if not isinstance(held, Marker):
        return None
    if at_once and framework in _STRICT_ABOUT_COROUTINES:
        call_at_once(held)
    return held


def _framework_of(value: Any) -> str | None:
    roots = (str(cls.__module__).partition(".")[0] for cls in type(value).__mro__)
    return next((root for root in roots if root in _FRAMEWORKS), None)


def marker_in(hint: Any, *, at_once: bool = False) -> Marker | None:
    """Return the marker among the metadata of the annotation *hint*, None if there is none."""
    if origin_of(hint) is not Annotated:
        return None
    found = (marker_of(item, at_once=at_once) for item in get_args(hint)[1:])
    return next((marker for marker in found if marker is not None), None)


def slots_of(function: Callable[..., Any]) -> tuple[Slot, ...]:
    """Return the parameters of *function* that carry a marker, in order; a default outranks an annotation."""
    if not may_have_slots(function):
        return ()
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # no readable signature, so no parameter that carries anything
        return ()
    hints = annotations_of(function)
    at_once = not (inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function))
    found = []
    for index, parameter in enumerate(parameters):
        default, hint = parameter.default, hints.get(parameter.name)
        marker = marker_of(default, at_once=at_once) or marker_in(hint, at_once=at_once)
        if marker is not None and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            position = KEYWORD_ONLY if parameter.kind is parameter.KEYWORD_ONLY else index
            found.append(Slot(parameter.name, position, marker))
    return tuple(found)


def may_have_slots(function: Callable[..., Any]) -> bool:
    """Return whether a look at the signature of *function* is worth its price."""
    inner = inspect.unwrap(function)
    if not isinstance(inner, types.FunctionType):
        return True
    defaults = (*(inner.__defaults__ or ()), *(inner.__kwdefaults__ or {}).values())
    if any(marker_of(value) is not None for value in defaults):
        return True
    return any(isinstance(hint, str) or marker_in(hint) is not None for hint in _hints(inner))


def _hints(function: types.FunctionType) -> Iterable[Any]:
    try:
        return function.__annotations__.values()
    except NameError:  # Python 3.14: a name in it is not defined yet
        return ("unknown",)


def has_text(function: Callable[..., Any]) -> bool:
    """Return whether annotations of *function* are text, whose names may be defined only later."""
    inner = inspect.unwrap(function)
    return isinstance(inner, types.FunctionType) and any(isinstance(hint, str) for hint in _hints(inner))


def has_open_annotations(function: Callable[..., Any]) -> bool:
    """Tell whether an annotation of *function* names what is not defined: it may stand for a marker later."""
    return has_text(function) and any(isinstance(hint, ForwardRef) for hint in annotations_of(function).values())
