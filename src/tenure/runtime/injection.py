"""
Calls with injected parameters: one wrapper per kind of function, all with the signature that callers see.

Works on an engine that is found at call time, so that a function can be decorated before its container exists.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any, get_args

from tenure.errors import BindingError
from tenure.keys import Key, origin_of, show
from tenure.model.binding import NOTHING, Collect, Need
from tenure.model.introspect import InjectMarker, annotations_of, settle
from tenure.model.place import location
from tenure.record import record
from tenure.runtime.forwarding import forwarding, plain_forwarding


@record(eq=False)
class Injected:
    """A function with injected parameters, as `check()` sees it."""

    name: str
    where: str | None
    needs: tuple[Need, ...]
    is_async: bool


def injected_needs(function: Callable[..., Any]) -> tuple[Need, ...]:
    """
    Return the parameters of *function* that are injected.

    Those annotated `Annotated[T, Inject()]`, and those whose default is `Inject[T]` or `Inject()`.

    Raises:
        BindingError: a default `Inject()` stands without an annotation, so that nothing says what is wanted.
    """
    hints = annotations_of(function)
    needs = []
    for parameter in inspect.signature(function).parameters.values():
        hint = hints.get(parameter.name, NOTHING)
        marker = parameter.default if isinstance(parameter.default, InjectMarker) else _marker_in(hint)
        if marker is None:
            continue
        wanted = marker.key if marker.key is not NOTHING else hint
        if wanted is NOTHING:
            raise BindingError(
                f"parameter {parameter.name!r} of {show(function)} is Inject() without an annotation; "
                f"write Inject[T], or annotate it"
            )
        key, optional, collect = settle(wanted)
        default = parameter.default
        if isinstance(default, InjectMarker) or default is parameter.empty:
            default = NOTHING
        needs.append(Need(parameter.name, key, False, optional, default, collect))
    if not needs:
        raise BindingError(
            f"inject has nothing to fill in for {show(function)}; mark a parameter: x: Annotated[T, Inject()], "
            "or x: T = Inject[T]"
        )
    return tuple(needs)


def _marker_in(hint: Any) -> InjectMarker | None:
    if origin_of(hint) is not Annotated:
        return None
    return next((item for item in get_args(hint)[1:] if isinstance(item, InjectMarker)), None)


def visible_signature(function: Callable[..., Any], needs: tuple[Need, ...]) -> inspect.Signature:
    """Return the signature of *function* without the injected parameters, annotations resolved where they can be."""
    hidden = {need.name for need in needs}
    hints = annotations_of(function)
    signature = inspect.signature(function)
    kept = [
        parameter.replace(annotation=hints.get(parameter.name, parameter.annotation))
        for parameter in signature.parameters.values()
        if parameter.name not in hidden
    ]
    returns = hints.get("return", signature.return_annotation)
    return signature.replace(parameters=_in_legal_order(kept), return_annotation=returns)


def _in_legal_order(parameters: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Make keyword-only what would stand behind a default without one, once injected parameters are gone."""
    seen_default, ordered = False, []
    for parameter in parameters:
        if seen_default and parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
            parameter = parameter.replace(kind=parameter.KEYWORD_ONLY)
        seen_default = seen_default or parameter.default is not parameter.empty
        ordered.append(parameter)
    return sorted(ordered, key=lambda parameter: parameter.kind)


def describe(function: Callable[..., Any], needs: tuple[Need, ...]) -> Injected:
    """Return *function* as `check()` sees it."""
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    return Injected(getattr(function, "__qualname__", repr(function)), location(function), needs, is_async)


def wrap(
    function: Callable[..., Any], needs: tuple[Need, ...], opener: Callable[[], Any], getter: Any, agetter: Any
) -> Any:
    """
    Return *function* with its injected parameters filled in at each call; a caller's own keyword arguments win.

    Args:
        function: of any of the four kinds.
        needs: its injected parameters.
        opener: gives the context manager (of both colours) that is around each call and gives what *getter* takes; its
            `detach` makes its scope, if it has one of its own, current no longer, and returns it.
        getter: function of that and of a key that gives the value.
        agetter: coroutine function of the same.
    """
    wanted = tuple((need.name, _key_of(need)) for need in needs)
    for kind, make in _KINDS:
        if kind(function):
            wrapper = make(function, wanted, opener, agetter)
            break
    else:
        wrapper = (_generator if inspect.isgeneratorfunction(function) else _plain)(function, wanted, opener, getter)
    functools.update_wrapper(wrapper, function)
    wrapper.__signature__ = visible_signature(function, needs)
    wrapper.__annotations__ = _visible_annotations(wrapper.__signature__)
    return wrapper


def _visible_annotations(signature: inspect.Signature) -> dict[str, Any]:
    found = {p.name: p.annotation for p in signature.parameters.values() if p.annotation is not p.empty}
    if signature.return_annotation is not signature.empty:
        found["return"] = signature.return_annotation
    return found


def _key_of(need: Need) -> Key:
    key = need.key
    if need.collect is Collect.LIST:
        key = list[key]  # type: ignore[valid-type]  # a value, not a type
    elif need.collect is Collect.DICT:
        key = dict[str, key]  # type: ignore[valid-type]  # a value, not a type
    return (key | None) if need.optional else key


def _missing(wanted: tuple[tuple[str, Key], ...], given: dict[str, Any]) -> list[tuple[str, Key]]:
    return [(name, key) for name, key in wanted if name not in given]


def _plain(function: Any, wanted: Any, opener: Any, getter: Any) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        with opener() as at:
            for name, key in _missing(wanted, kwargs):
                kwargs[name] = getter(at, key)
            return function(*args, **kwargs)

    return call


def _generator(function: Any, wanted: Any, opener: Any, getter: Any) -> Any:
    @contextmanager
    def behind(*args: Any, **kwargs: Any) -> Iterator[Any]:
        call = opener()
        with call as at:
            for name, key in _missing(wanted, kwargs):
                kwargs[name] = getter(at, key)
            yield function(*args, **kwargs), call.detach()

    return plain_forwarding(behind)


def _coroutine(function: Any, wanted: Any, opener: Any, agetter: Any) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        async with opener() as at:
            for name, key in _missing(wanted, kwargs):
                kwargs[name] = await agetter(at, key)
            return await function(*args, **kwargs)

    return call


def _async_generator(function: Any, wanted: Any, opener: Any, agetter: Any) -> Any:
    @asynccontextmanager
    async def behind(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        call = opener()
        async with call as at:
            for name, key in _missing(wanted, kwargs):
                kwargs[name] = await agetter(at, key)
            yield function(*args, **kwargs), call.detach()

    return forwarding(behind)


_KINDS: tuple[tuple[Any, Any], ...] = (
    (inspect.iscoroutinefunction, _coroutine),
    (inspect.isasyncgenfunction, _async_generator),
)
