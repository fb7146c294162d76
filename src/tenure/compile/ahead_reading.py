"""
Bindings of which the text says that they are what they were when their resolvers were compiled.

Their needs are not read: their resolvers know them. Whatever is not seen at a glance is left to `model.build`, so that
there is one meaning.
"""

import collections.abc
import types
from typing import Any

from tenure.keys import Key
from tenure.model.binding import AMBIENT, NOTHING, TRANSIENT, Binding, Lifecycle, Make, Need, Options, Style
from tenure.model.build import Declared
from tenure.model.detect import is_abstract
from tenure.model.introspect import InjectMarker, needs_of
from tenure.model.signature import function_of

_PLAIN = Options()
_GENERATOR = Lifecycle(Style.GENERATOR)
_YIELDS, _IS_ASYNC = 0x20, 0x280
"""Flags of code: a generator; a coroutine or an asynchronous generator."""
_YIELDING = (collections.abc.Iterator, collections.abc.Generator, collections.abc.Iterable)
_slot: Any = vars(Binding)["needs"]


class Unread(Binding):
    """A binding whose needs are read when somebody wants to know them."""

    __slots__ = ()

    @property
    def needs(self) -> tuple[Need, ...]:
        """What calling the target needs, in the order of its parameters."""
        found: tuple[Need, ...] | None = _slot.__get__(self)
        if found is None:
            found = needs_of(self.target, {})
            _slot.__set__(self, found)
        return found

    @needs.setter
    def needs(  # pyright: ignore[reportIncompatibleVariableOverride]  # others have a slot
        self, found: tuple[Need, ...] | None
    ) -> None:
        _slot.__set__(self, found)


def unread(key: Any, target: Any, scope: str | None, declared: Declared, row: tuple[Any, ...]) -> Binding | None:
    """
    Return the binding of *key* to *target* where a row shows it as it is, None where that takes a closer look.

    Args:
        key: as given to `bind`.
        target: likewise; NOTHING: *key* itself, a class or a generator function that yields what the key is.
        scope: as given to `bind`.
        declared: reads what decorators said.
        row: of a module of resolvers; its first and third element are the texts of the key and of the binding.
    """
    if target is NOTHING:
        key, target = key if isinstance(key, type) else NOTHING, key
    function = function_of(target)
    if function is None:
        return None
    options = declared.options(target)
    lifecycle: Lifecycle | None = None
    if isinstance(target, type):
        if declared.lifecycle(target) is not None or is_abstract(target):
            return None
    elif not function.__code__.co_flags & _YIELDS or function.__code__.co_flags & _IS_ASYNC:
        return None
    else:
        lifecycle = _GENERATOR
        key = _yielded(function) if key is NOTHING else key
    if not isinstance(key, type) or f"{key.__module__}.{key.__qualname__}" != row[0]:
        return None  # also where a program is started by the module itself: its name is another then
    if options is not None and (options.is_resource or options.close is not None or options.optional):
        return None
    lifetime = scope or (options.scope if options is not None else None) or (AMBIENT if lifecycle else TRANSIENT)
    parameters = _parameters(function, target)
    style = "" if lifecycle is None else ", generator"
    if f"{lifetime}, {target.__module__}.{target.__qualname__}({parameters}){style}" != row[2]:
        return None
    needs: Any = None if parameters else ()
    return Unread(key, Make.CALL, target, lifetime, needs, lifecycle, options or _PLAIN, target)


def _yielded(function: types.FunctionType) -> Key:
    hint = function.__annotations__.get("return")
    if isinstance(hint, types.GenericAlias) and hint.__origin__ in _YIELDING:
        return hint.__args__[0]
    return None


def _parameters(function: types.FunctionType, target: Any) -> str | None:
    """Return the parameters as `ahead_text` has them, None where one is more than a class that may go by position."""
    code, hints = function.__code__, function.__annotations__
    n_named = code.co_argcount
    if code.co_kwonlyargcount:
        return None
    names, has_default = code.co_varnames, n_named - len(function.__defaults__ or ())
    parts = []
    for number in range(0 if function is target else 1, n_named):
        hint = hints.get(names[number])
        if isinstance(hint, str):
            hint = function.__globals__.get(hint)
        if not isinstance(hint, type) or hint.__module__ == "__main__":
            return None
        text = f"{names[number]}: {hint.__module__}.{hint.__qualname__}"
        parts.append(text if number < has_default else f"{text} = ...")
    if function.__defaults__ and any(isinstance(each, InjectMarker) for each in function.__defaults__):
        return None
    return ", ".join(parts)
