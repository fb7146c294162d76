"""
Calls with injected parameters: one wrapper per kind of function, all with the signature that callers see.

Works on an engine that is found at call time, so that a function can be decorated before its container exists.
"""

import functools
import inspect
import operator
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Annotated, Any, get_args

from tenure.compile.calls import Always, call_of
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
        # a text in the marker is a key; in an annotation it is one that Python has not read yet
        is_text = isinstance(marker.key, str)
        key, optional, collect = (wanted, False, Collect.ONE) if is_text else settle(wanted)
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


@record(eq=False)
class Source:
    """Where injected values come from."""

    name: str | None
    """Of the scope around each call; None: there is none of its own."""
    scope: Callable[[], Any]
    """Gives a new scope of that name, to enter with `with` or `async with`."""
    get: Callable[[], Callable[[Key], Any]]
    """Gives what returns a value by key, as the current scope sees it."""
    aget: Callable[[], Callable[[Key], Any]]
    """Gives the same that has to be awaited."""
    known: Always | None
    """What *get* gives, where that is always the same."""


def wrap(function: Callable[..., Any], needs: tuple[Need, ...], source: Source) -> Any:
    """Return *function*, of any of the four kinds, with *needs* filled in; a caller's own keyword arguments win."""
    wanted = tuple((need.name, key_of(need)) for need in needs)
    visible = visible_signature(function, needs)
    if inspect.isasyncgenfunction(function):
        wrapper: Any = _async_generator(function, wanted, source)
    elif inspect.isgeneratorfunction(function):
        wrapper = _generator(function, wanted, source)
    else:
        is_async = inspect.iscoroutinefunction(function)
        if source.name is None:
            get = source.aget if is_async else source.known or source.get
            wrapper = call_of(function, wanted, visible, None, get, is_async)
        else:
            of_scope = operator.attrgetter("aget" if is_async else "get")
            wrapper = call_of(function, wanted, visible, source.scope, of_scope, is_async)
    functools.update_wrapper(wrapper, function)
    wrapper.__signature__ = visible
    wrapper.__annotations__ = _visible_annotations(wrapper.__signature__)
    return wrapper


def _visible_annotations(signature: inspect.Signature) -> dict[str, Any]:
    found = {p.name: p.annotation for p in signature.parameters.values() if p.annotation is not p.empty}
    if signature.return_annotation is not signature.empty:
        found["return"] = signature.return_annotation
    return found


def key_of(need: Need) -> Key:
    """Return the key that *need* is asked for by: its own, or one that stands for several or for none."""
    key = need.key
    if need.collect is Collect.LIST:
        key = list[key]  # type: ignore[valid-type]  # a value, not a type
    elif need.collect is Collect.DICT:
        key = dict[str, key]  # type: ignore[valid-type]  # a value, not a type
    return (key | None) if need.optional else key


def _missing(wanted: tuple[tuple[str, Key], ...], given: dict[str, Any]) -> list[tuple[str, Key]]:
    return [(name, key) for name, key in wanted if name not in given]


def _generator(function: Any, wanted: Any, source: Source) -> Any:
    @contextmanager
    def behind(*args: Any, **kwargs: Any) -> Iterator[Any]:
        scope = source.scope() if source.name is not None else nullcontext()
        with scope as at:
            get = at.get if at is not None else source.get()
            for name, key in _missing(wanted, kwargs):
                kwargs[name] = get(key)
            yield function(*args, **kwargs), at.detach() if at is not None else None

    return plain_forwarding(behind)


def _async_generator(function: Any, wanted: Any, source: Source) -> Any:
    @asynccontextmanager
    async def behind(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        scope = source.scope() if source.name is not None else nullcontext()
        async with scope as at:
            get = at.aget if at is not None else source.aget()
            for name, key in _missing(wanted, kwargs):
                kwargs[name] = await get(key)
            yield function(*args, **kwargs), at.detach() if at is not None else None

    return forwarding(behind)
