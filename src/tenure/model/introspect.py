"""
What a target needs and what a function makes, read from its signature.

The only reader of annotations: string annotations, `Annotated`, generics and type variables are settled here. A name
that cannot be resolved (it exists only for type checkers) stays a `ForwardRef`; the graph then looks for a bound class
of that name.
"""

import builtins
import collections.abc
import contextlib
import sys
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ForwardRef, TypeVar, get_args

from tenure.errors import BindingError
from tenure.keys import Key, base_of, is_union, origin_of, show, split_optional
from tenure.model.binding import NOTHING, Collect, Need
from tenure.model.functions import (
    code_of,
    is_async_generator_function,
    is_generator_function,
    is_routine,
    unwrap,
)
from tenure.model.signature import Parameter, function_of, parameters_of, read_off

_YIELDING: frozenset[Any] = frozenset(
    {
        collections.abc.Iterator,
        collections.abc.Iterable,
        collections.abc.Generator,
        collections.abc.AsyncIterator,
        collections.abc.AsyncIterable,
        collections.abc.AsyncGenerator,
    }
)
_CONTEXTS: frozenset[Any] = frozenset({contextlib.AbstractContextManager, contextlib.AbstractAsyncContextManager})
_AWAITED: frozenset[Any] = frozenset({collections.abc.Awaitable, collections.abc.Coroutine})


class InjectMarker:
    """What `Inject()` puts into an `Annotated` and `Inject[T]` into a default; see `tenure.Inject`."""

    __slots__ = ("key",)

    def __init__(self, key: Key = NOTHING) -> None:
        self.key: Key = key

    def __getattr__(self, name: str) -> Any:
        """Say what has happened to whoever takes the marker for the value."""
        raise AttributeError(
            f"{self!r} was never filled in, so it has no {name!r}: did you forget @inject on the function?"
        )

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Let it be copied and pickled, with a function that is sent to another process by value."""
        return InjectMarker, (self.key,)

    def __repr__(self) -> str:
        return "Inject()" if self.key is NOTHING else f"Inject[{show(self.key)}]"


def needs_of(target: Any, arguments: Mapping[str, Any]) -> tuple[Need, ...]:
    """
    Return what calling *target* needs, in the order of its parameters.

    Args:
        target: a class, a generic alias of a class, or a function.
        arguments: constants by parameter name; those parameters need nothing else.

    Raises:
        BindingError: *target* has no readable signature, or *arguments* names a parameter that it does not have.
    """
    origin = origin_of(target) or target
    plain = None if arguments else _plain_needs(origin)
    return _settled_needs(target, origin, arguments) if plain is None else plain


def _plain_needs(target: Any) -> tuple[Need, ...] | None:
    """Return the needs of a class or function whose annotations are classes, None where there is more to them."""
    function = function_of(target)
    if function is None:
        return None
    try:
        parameters = read_off(function, target)
    except Exception:  # noqa: BLE001 - names for type checkers only, in annotations that are read late (PEP 649)
        return None
    found = []
    for name, by_position, default, hint in parameters:
        key = hint if isinstance(hint, type) else _class_named(hint, function)
        if key is None or isinstance(default, InjectMarker):
            return None
        found.append(Need(name, key, by_position, False, default))
    return tuple(found)


def _class_named(hint: Any, function: Any) -> Any:
    """Return the class that the text *hint* names in the module of *function*, None where it takes more to tell."""
    if not isinstance(hint, str) or getattr(function, "__type_params__", None):
        return None
    found = function.__globals__.get(hint) or getattr(builtins, hint, None)
    return found if isinstance(found, type) else None


def _settled_needs(target: Any, origin: Any, arguments: Mapping[str, Any]) -> tuple[Need, ...]:
    parameters, takes_any = parameters_of(origin)
    named = {name for name, *_ in parameters}
    unknown = [name for name in arguments if name not in named]
    if unknown and not takes_any:
        known = ", ".join(name for name, *_ in parameters) or "none"
        raise BindingError(f"{show(target)} has no parameter {unknown[0]!r}; its parameters: {known}")
    hints = annotations_of(_initialiser(origin))
    variables = _type_arguments(target)
    needs = [_need(each, hints, variables, arguments) for each in parameters]
    needs += [Need(name, NOTHING, default=arguments[name]) for name in unknown]
    return tuple(needs)


def _initialiser(origin: Any) -> Any:
    """Return the function that has the annotations: the initialiser of a class that has one."""
    has_own = isinstance(origin, type) and vars(object)["__init__"] is not getattr(origin, "__init__", None)
    return origin.__init__ if has_own else origin


def _need(
    parameter: Parameter, hints: Mapping[str, Any], variables: Mapping[Any, Any], arguments: Mapping[str, Any]
) -> Need:
    name, by_position, default, hint = parameter
    if name in arguments:
        return Need(name, NOTHING, by_position, default=arguments[name])
    hint = hints.get(name, hint)
    if isinstance(default, InjectMarker):
        hint, default = (default.key if default.key is not NOTHING else hint), NOTHING
    if hint is NOTHING:
        return Need(name, NOTHING, by_position, default=default)
    key, optional, collect = settle(substitute(hint, variables))
    return Need(name, key, by_position, optional, default, collect)


def settle(hint: Any) -> tuple[Key, bool, Collect]:
    """Turn an annotation into a key, whether None will do, and whether all bindings of the key are meant."""
    hint = without_markers(hint)
    key, optional = split_optional(hint)
    if isinstance(key, str):
        key = ForwardRef(key)
    origin, arguments = origin_of(key), get_args(key)
    if origin is list and len(arguments) == 1:
        return arguments[0], optional, Collect.LIST
    if origin is dict and len(arguments) == 2 and arguments[0] is str:
        return arguments[1], optional, Collect.DICT
    return key, optional, Collect.ONE


def without_markers(hint: Any) -> Any:
    """Return *hint* without `Inject()`: `Annotated[T, "q", Inject()]` gives `Annotated[T, "q"]`."""
    if origin_of(hint) is not Annotated:
        return hint
    base, *metadata = get_args(hint)
    kept = [item for item in metadata if not isinstance(item, InjectMarker)]
    return Annotated[(base, *kept)] if kept else base


def annotations_of(function: Any) -> dict[str, Any]:
    """Return the annotations of *function*, strings resolved where they can be, `ForwardRef` where they cannot."""
    function = unwrap(function)
    try:
        return typing.get_type_hints(function, include_extras=True)
    except Exception:  # noqa: BLE001 - a name for type checkers only, or text that is no type: look at each by itself
        return {name: _evaluate(hint, function) for name, hint in _raw_annotations(function).items()}


def _raw_annotations(function: Any) -> dict[str, Any]:
    if sys.version_info >= (3, 14):
        import annotationlib  # noqa: PLC0415 - exists from 3.14 on (PEP 749)

        return dict(annotationlib.get_annotations(function, format=annotationlib.Format.FORWARDREF))
    return dict(getattr(function, "__annotations__", {}))


class _Names(dict[str, Any]):
    """The names that an annotation may use; an unknown one stands for itself, for the graph to look up."""

    def __missing__(self, name: str) -> Any:
        return getattr(builtins, name) if hasattr(builtins, name) else ForwardRef(name)


def _evaluate(hint: Any, function: Any) -> Any:
    text = getattr(hint, "__forward_arg__", hint)
    if not isinstance(text, str):
        return hint
    names = _Names(getattr(function, "__globals__", {}))
    with contextlib.suppress(ValueError):  # an empty cell: the name is bound later than the function
        names |= _nonlocals(function)
    try:
        return eval(text, {}, names)  # noqa: S307 - the user's own annotation, as typing itself evaluates it
    except Exception:  # noqa: BLE001 - whatever the text raises, the name stays open
        return _reference(text)


def _nonlocals(function: Any) -> dict[str, Any]:
    """Return what *function* takes from the function around it; ValueError: not all of it is there yet."""
    names = getattr(code_of(function), "co_freevars", ())
    cells = getattr(function, "__closure__", None) or ()
    return {name: cell.cell_contents for name, cell in zip(names, cells, strict=False)}


def _reference(text: str) -> Any:
    try:
        return ForwardRef(text)
    except SyntaxError:
        return NOTHING


def _type_arguments(target: Any) -> dict[Any, Any]:
    """Return what the type variables of *target*, a class or an alias of one, and of its generic bases stand for."""
    origin = origin_of(target) or target
    found = dict(zip(getattr(origin, "__parameters__", ()), typing.get_args(target), strict=False))
    stack = [origin]
    while stack:
        cls = stack.pop()
        bases = getattr(cls, "__orig_bases__", ()) if isinstance(cls, type) else ()
        for base in bases:
            inner = origin_of(base)
            for variable, argument in zip(getattr(inner, "__parameters__", ()), typing.get_args(base), strict=False):
                found.setdefault(variable, substitute(argument, found))
            stack.append(inner)
    return found


def substitute(hint: Any, variables: Mapping[Any, Any]) -> Any:
    """Return *hint* with each type variable replaced by what *variables* says."""
    if not variables:
        return hint
    if isinstance(hint, TypeVar):
        return variables.get(hint, hint)
    parameters = getattr(hint, "__parameters__", ())
    if parameters and hint is not origin_of(hint) and origin_of(hint) is not None:
        return hint[tuple(variables.get(parameter, parameter) for parameter in parameters)]
    return hint


def product_of(function: Callable[..., Any]) -> Key:
    """
    Return the key of what *function* makes, from its return annotation.

    `Iterator[T]`, `AsyncIterator[T]`, generators, context managers and awaitables of `T` give `T`.

    Raises:
        BindingError: there is no return annotation, or it is None or a bare `Iterator`.
    """
    name = getattr(function, "__qualname__", repr(function))
    hint = annotations_of(function).get("return", NOTHING)
    if hint is NOTHING:
        raise BindingError(
            f"{name} does not say what it makes; annotate its return type, or give the key: bind(Key, {name})"
        )
    key = _unwrap_product(hint)
    if key is not hint and origin_of(hint) in _YIELDING and not _yields(function):
        raise BindingError(
            f"{name} is annotated to give {show(hint)} but never yields; "
            f"write a generator, or give the key: bind(Key, {name})"
        )
    if key is NOTHING or key is types.NoneType or key is None or isinstance(key, ForwardRef) or key is Any:
        raise BindingError(f"{name} returns {show(hint)}, which is no key; give the key: bind(Key, {name})")
    return key


def _yields(function: Any) -> bool:
    inner = unwrap(function)
    return is_generator_function(inner) or is_async_generator_function(inner)


def _unwrap_product(hint: Any) -> Any:
    origin, arguments = origin_of(hint), get_args(hint)
    if hint in _YIELDING or hint in _CONTEXTS:
        return NOTHING
    if origin in _YIELDING or origin in _CONTEXTS:
        return arguments[0] if arguments else NOTHING
    if origin in _AWAITED:
        return _unwrap_product(arguments[-1])
    if is_union(hint):
        return split_optional(hint)[0]
    return hint


def returns_context(function: Any) -> type | None:
    """Return the abstract context manager class that *function* is annotated to return, or None."""
    if not is_routine(unwrap(function)):
        return None
    hint = annotations_of(function).get("return")
    origin = base_of(origin_of(hint) or hint)
    if origin in _CONTEXTS:
        return typing.cast(type, origin)
    return None
