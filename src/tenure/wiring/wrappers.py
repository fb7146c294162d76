"""
Wrappers: one per kind of function, each of the same kind and with the signature of the one behind.

A parameter that the caller gives is left alone; one that is given a marker, as frameworks do that call markers as
dependencies, counts as not given. No marker passes.
"""

import functools
import inspect
import itertools
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tenure.providers.giving import Later
from tenure.runtime.forwarding import forwarding, plain_forwarding
from tenure.wiring.calls import CallScope, Parts, parts
from tenure.wiring.injected import MARK, Filler, Injected, Plan, enlist
from tenure.wiring.markers import is_marker
from tenure.wiring.together import Together, open_together


def wrap(function: Any) -> Any:
    """Return *function* with its marked parameters filled in at each call."""
    is_async = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    injected = Injected(function, is_async)
    target = _taking_keywords(function)
    wrapper = _kind_of(function)(target, injected)
    functools.update_wrapper(wrapper, function)
    setattr(wrapper, MARK, injected)
    enlist(injected)
    return wrapper


def _kind_of(function: Any) -> Callable[[Any, Injected], Any]:
    if inspect.iscoroutinefunction(function):
        return _coroutine
    if inspect.isasyncgenfunction(function):
        return _async_generator
    return _generator if inspect.isgeneratorfunction(function) else _plain


def _plain(function: Any, injected: Injected) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        plan = injected.plan or injected.prepare()
        if not plan.is_simple:
            return _call_in_scope(function, plan, args, kwargs)
        given = len(args)
        for name, position, value_of in plan.direct:
            if position < given:
                if is_marker(args[position]):
                    args = _replaced(args, position, value_of())
            elif name not in kwargs or is_marker(kwargs[name]):
                kwargs[name] = value_of()
        return function(*args, **kwargs)

    return call


def _call_in_scope(function: Any, plan: Plan, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    when = parts(plan)
    args = _fill(when.before, args, kwargs)
    wanted = _engines(plan, when, args, kwargs)
    if not wanted:
        return function(*_fill(when.inside, args, kwargs), **kwargs)
    with CallScope(wanted):
        return function(*_fill(when.inside, args, kwargs), **kwargs)


def _coroutine(function: Any, injected: Injected) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        plan = injected.plan or injected.prepare()
        if not plan.is_simple:
            return await _acall_in_scope(function, plan, args, kwargs)
        given = len(args)
        for name, position, value_of in plan.direct:
            if position < given:
                if is_marker(args[position]):
                    args = _replaced(args, position, await _awaited(value_of()))
            elif name not in kwargs or is_marker(kwargs[name]):
                value = value_of()
                kwargs[name] = await value.value() if type(value) is Later else value
        return await function(*args, **kwargs)

    return call


async def _acall_in_scope(function: Any, plan: Plan, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    when = parts(plan)
    args = await _afill(when.before, args, kwargs, when.opened_before)
    wanted = _engines(plan, when, args, kwargs)
    if not wanted:
        return await function(*await _afill(when.inside, args, kwargs), **kwargs)
    async with CallScope(wanted):
        return await function(*await _afill(when.inside, args, kwargs, when.opened_inside), **kwargs)


def _generator(function: Any, injected: Injected) -> Any:
    @contextmanager
    def behind(*args: Any, **kwargs: Any) -> Iterator[Any]:
        plan = injected.plan or injected.prepare()
        when = parts(plan)
        args = _fill(when.before, args, kwargs)
        scope = CallScope(_engines(plan, when, args, kwargs))
        with scope:
            args = _fill(when.inside, args, kwargs)
            yield function(*args, **kwargs), scope.detach()

    return plain_forwarding(behind)


def _async_generator(function: Any, injected: Injected) -> Any:
    @asynccontextmanager
    async def behind(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        plan = injected.plan or injected.prepare()
        when = parts(plan)
        args = await _afill(when.before, args, kwargs, when.opened_before)
        scope = CallScope(_engines(plan, when, args, kwargs))
        async with scope:
            args = await _afill(when.inside, args, kwargs, when.opened_inside)
            yield function(*args, **kwargs), scope.detach()

    return forwarding(behind)


def _is_given(name: str, position: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    if position < len(args):
        return not is_marker(args[position])
    return name in kwargs and not is_marker(kwargs[name])


def _engines(plan: Plan, when: Parts, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Collection[Any]:
    """Return the engines that the call has to have a scope of."""
    left = [name for name, position, _ in plan.closing if not _is_given(name, position, args, kwargs)]
    if len(left) == len(plan.closing):
        return when.engines
    return dict.fromkeys(plan.providers[name].__tenure_engine__ for name in left)


def _fill(fillers: tuple[Filler, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Put what is missing into *kwargs*; return the positional arguments, markers replaced."""
    for name, position, value_of in fillers:
        if not _is_given(name, position, args, kwargs):
            args = _put(name, position, value_of(), args, kwargs)
    return args


async def _afill(
    fillers: tuple[Filler, ...], args: tuple[Any, ...], kwargs: dict[str, Any], groups: tuple[Together, ...] = ()
) -> tuple[Any, ...]:
    """As `_fill`; *groups* are opened first where nothing of it is given."""
    if groups and not any(_is_given(name, position, args, kwargs) for name, position, _ in fillers):
        await open_together(groups)
    for name, position, value_of in fillers:
        if not _is_given(name, position, args, kwargs):
            args = _put(name, position, await _awaited(value_of()), args, kwargs)
    return args


async def _awaited(value: Any) -> Any:
    return await value.value() if type(value) is Later else value


def _put(name: str, position: int, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    if position < len(args):
        return _replaced(args, position, value)
    kwargs[name] = value
    return args


def _replaced(args: tuple[Any, ...], position: int, value: Any) -> tuple[Any, ...]:
    return (*args[:position], value, *args[position + 1 :])


def _taking_keywords(function: Any) -> Any:
    """Return *function*, or one in its place that takes by keyword what *function* takes by position only."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or not code.co_posonlyargcount:
        return function
    parameters = inspect.signature(function).parameters.values()
    leading = [parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_ONLY]

    def call(*args: Any, **kwargs: Any) -> Any:
        rest = [kwargs.pop(parameter.name, parameter.default) for parameter in leading[len(args) :]]
        return function(*args, *itertools.takewhile(_is_there, rest), **kwargs)

    return call


def _is_there(value: Any) -> bool:
    return value is not inspect.Parameter.empty
