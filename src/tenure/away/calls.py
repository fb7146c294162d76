"""
Calls that this process's container serves, with a scope around each.

A plain function runs on the thread that calls it. Where what it asks for has to be awaited, its scope is entered and
left by a task on the container's loop, which waits meanwhile; the function is shown the values.
"""

import asyncio
import functools
import inspect
from typing import Any

from tenure.away.filling import filled
from tenure.away.loop_calls import held_on
from tenure.away.portal import running_loop
from tenure.away.process import Here, expect, here_of
from tenure.away.target import Target
from tenure.compile.calls import Always, call_of
from tenure.errors import BindingError, ContainerClosedError
from tenure.keys import show
from tenure.record import replace
from tenure.resource_scope import ResourceScope
from tenure.runtime.entering import prepared
from tenure.runtime.injection import Source, describe, injected_needs, key_of, visible_signature, wrap
from tenure.runtime.refusing import is_live


def injected(target: Target, function: Any, scope: str | None) -> Any:
    """Return *function* with what it asks for filled in by the container of *target*; see `ContainerRef.inject`."""
    if inspect.isasyncgenfunction(function):
        raise BindingError(
            f"{show(function)} is an async generator function, which no process can hand to another; "
            "let it return a list, or decorate with tenure.inject what runs in one process"
        )
    calls = Calls(target, function, scope)
    call = _call_of(calls, function)
    functools.update_wrapper(call, function)  # its name, so that it is pickled by that
    call.__signature__ = calls.local.__signature__
    call.__annotations__ = calls.local.__annotations__
    vars(call)["__tenure_injected__"] = None  # the reference looks at it before the start, nobody else needs to
    return call


def _call_of(calls: "Calls", function: Any) -> Any:
    """Return a function of the kind of *function*, with nothing but *calls* in it."""
    if inspect.iscoroutinefunction(function):

        async def wait(*args: Any, **kwargs: Any) -> Any:
            return await calls.acall(args, kwargs)

        return wait
    if inspect.isgeneratorfunction(function):

        def iterate(*args: Any, **kwargs: Any) -> Any:
            return (yield from calls.local(*args, **kwargs))

        return iterate

    def call(*args: Any, **kwargs: Any) -> Any:
        return calls.call(args, kwargs)

    return call


class Calls:
    """What calls one function; a copy of it in another process is served by the container of that process."""

    def __init__(self, target: Target, function: Any, scope: str | None) -> None:
        needs = injected_needs(function)
        self._made_of = target, function, scope
        self._keys = [need.key for need in needs]
        self._wanted = [(need.name, key_of(need)) for need in needs]
        self._given = call_of(function, self._wanted, visible_signature(function, needs), None, Always(_nowhere), False)
        self.local: Any = wrap(function, needs, Source("call", self._scope, _nowhere, _nowhere, None))
        """Serves a call in the thread or task that makes it."""
        expect(target, replace(describe(function, needs), is_async=True))  # whatever has to be awaited will be

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a function of a script or notebook be sent by value: cloudpickle asks for it."""
        return Calls, self._made_of

    def _here(self) -> Here:
        here = here_of(self._made_of[0])
        if here.starts_at_call:
            here.start_sync()
        return here

    def _scope(self) -> ResourceScope:
        here = self._here()
        return prepared(ResourceScope(), here.served.engine, here.scope_name(self._made_of[2]))

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a plain function."""
        here = self._here()
        if not self._has_to_wait(here) or (here.loop is not None and here.loop is running_loop()):
            return self.local(*args, **kwargs)
        return self._through(here.own_loop(), args, kwargs)

    async def acall(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a coroutine function, on the loop that the container's resources live on."""
        loop = self._here().loop
        if loop is None or loop is running_loop():
            return await self.local(*args, **kwargs)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self.local(*args, **kwargs), loop))

    def _has_to_wait(self, here: Here) -> bool:
        engine = here.served.engine
        return any(
            not is_live(engine, each, engine.root)
            for key in self._keys
            if (binding := engine.graph.find(key)) is not None
            for each in engine.plans.asynchronous(binding)
        )

    def _through(self, loop: asyncio.AbstractEventLoop, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call the function here, with a scope around it whose task is on *loop*."""
        if loop.is_closed():
            raise ContainerClosedError("the event loop of the container")
        with held_on(loop, lambda: filled(self._scope(), self._wanted, kwargs)) as (given, context):
            return context.run(self._given, *args, **given)
        return None  # a resource has swallowed what the function raised


def _nowhere(*_: Any) -> Any:
    raise AssertionError("there is a scope around each call, which gives all")
