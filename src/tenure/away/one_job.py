"""
One job, run in a scope of its own: on the thread that asks, with its scope on a loop where that has to be awaited.

An error that is an end like any other goes to whoever asked, behind the scope, whose resources are not shown it.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tenure.away.begun import Begun
from tenure.away.filling import filled
from tenure.away.loop_calls import held_on, interruptible, run_on
from tenure.away.portal import running_loop
from tenure.resource_scope import ResourceScope
from tenure.runtime.injection import key_of

IsEnd: TypeAlias = Callable[[BaseException], bool]
"""Tells of an error whether it is an end like any other."""


class _Ended:
    """What a job ended with that its resources are not shown."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


def run(
    function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], scope: ResourceScope, begun: Begun, is_end: IsEnd
) -> Any:
    """
    Call *function* in *scope*, which is not entered yet.

    Returns:
        What it returns; of a coroutine function, on the thread of its loop, a coroutine to await; None where a resource
        has swallowed what it raised.
    """
    if inspect.iscoroutinefunction(function):
        on, coroutine = begun.own_loop(), arun(function, args, kwargs, scope, is_end)
        return coroutine if on is running_loop() else run_on(on, coroutine)
    return _unwrapped(_run_here(function, args, kwargs, scope, begun, is_end))


def _run_here(
    function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], scope: ResourceScope, begun: Begun, is_end: IsEnd
) -> Any:
    def body(**given: Any) -> Any:
        try:
            return function(*args, **given)
        except BaseException as error:
            if not is_end(error):
                raise
            return _Ended(error)

    loop = begun.loop
    if loop is None or loop is running_loop() or not begun.needs.awaits(function):
        with scope:
            return body(**kwargs)
    else:
        wanted = [(need.name, key_of(need)) for need in function.__tenure_injected__.needs]
        with held_on(loop, lambda: filled(scope, wanted, kwargs)) as (given, context):
            return context.run(body, **given)
    return None  # a resource has swallowed what the job raised


async def arun(
    function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], scope: ResourceScope, is_end: IsEnd
) -> Any:
    """Call the coroutine function *function* in *scope*, on the loop that runs."""
    return _unwrapped(await _arun_here(function, args, kwargs, scope, is_end))


async def _arun_here(
    function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], scope: ResourceScope, is_end: IsEnd
) -> Any:
    async with scope:
        with interruptible():
            try:
                return await function(*args, **kwargs)
            except BaseException as error:
                if not is_end(error):
                    raise
                return _Ended(error)


def _unwrapped(result: Any) -> Any:
    if isinstance(result, _Ended):
        raise result.error
    return result
