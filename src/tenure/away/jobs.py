"""
The container of a process that works off jobs: opened once in each process, with a scope around each job.

Knows threads, forks and event loops; must not know any queue. What the integrations of queues stand on.
"""

import asyncio
import atexit
import functools
import inspect
import os
import sys
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from tenure.away.loop_calls import held_on, interruptible, run_on
from tenure.away.portal import Portal, running_loop
from tenure.away.ref import ContainerRef
from tenure.container import Container
from tenure.errors import MissingBindingError
from tenure.hosting.handlers import expect_handlers
from tenure.hosting.life import declare, hosting
from tenure.model.check import awaiting, findings_of
from tenure.runtime.injection import Injected, key_of

Values = Callable[..., Mapping[Any, Any]]


class Jobs:
    """
    One container, for the jobs of each process that works them off.

    Args:
        container: the container, or a reference to the one of each process.
        keys: what the scope of a job is given values of.
        functions: gives the functions that are jobs, when a process begins.
        scope: name of the scopes.
        is_end: tells of an error whether it is an end like any other, which the resources of the scope are not shown.

    Raises:
        BindingError: *container* is no type-driven container.
        ScopeError: it knows no scope of that name.
    """

    def __init__(
        self,
        container: Container | ContainerRef,
        *,
        keys: Iterable[Any],
        functions: Callable[[], Iterable[Any]],
        scope: str = "request",
        is_end: Callable[[BaseException], bool] = lambda error: False,
    ) -> None:
        self._source = container
        self._keys = tuple(keys)
        if isinstance(container, ContainerRef):
            self._host: Host = _Referred(container)
        else:
            self._host = hosting(container)
            declare(container, self._keys, scope)
        self._functions = functions
        self._scope = scope
        self._is_end = is_end
        self._guard = threading.RLock()
        self._begun: _Begun | None = None
        self._ends_at_exit = False
        _all.add(self)

    @property
    def container(self) -> Container:
        """The container of this process."""
        return self._source.served if isinstance(self._source, ContainerRef) else self._source

    # the life of a process

    def check(self) -> "_Needs":
        """
        Look for what is wrong with the container, and with what the jobs ask of it.

        Raises:
            GraphError: something is not bound, or bound wrongly.
            ContainerRefError: the reference leads to no container.
            BindingError: a job is marked with `Inject`, and not under `@inject`.
        """
        container, functions = self.container, list(self._functions())
        declare(container, self._keys, self._scope)
        needs = _Needs(container, functions)
        expect_handlers(container, functions, awaits=True)
        container.check()
        return needs

    def begin(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """
        Check, then open what lives as long as the container; again in the same process: nothing.

        Args:
            loop: what asynchronous jobs run on, in another thread; None: one is made where something has to be awaited.

        Raises:
            BaseException: see `check`; or the first failure of an opening, what had been opened is closed again.
        """
        with self._guard:
            if self._begun is not None:
                return
            begun = _Begun(self.check(), loop)
            begun.open(self._host)
            self._begun = begun
            if not self._ends_at_exit:
                self._ends_at_exit = True
                atexit.register(_end, weakref.ref(self))

    async def abegin(self) -> None:
        """Do the same on the loop that runs, which the jobs run on, too."""
        if self._begun is None:
            needs = self.check()
            await self._host.begin()
            self._begun = _Begun(needs, asyncio.get_running_loop())

    def end(self) -> None:
        """Close what `begin` opened, in this process; again: nothing."""
        with self._guard:
            begun, self._begun = self._begun, None
        if begun is not None:
            begun.close(self._host)

    async def aend(self) -> None:
        """Close what `abegin` opened; again: nothing."""
        begun, self._begun = self._begun, None
        if begun is not None:
            await self._host.end()

    def forget(self) -> None:
        """Know of nothing that was begun: in a forked child."""
        if self._begun is not None:  # a loop that is collected says that it is not closed
            sys.__dict__.setdefault("_tenure_foreign", []).append(self._begun)
        self._guard = threading.RLock()
        self._begun = None

    # jobs

    def wrap(self, function: Callable[..., Any], values: Values) -> Callable[..., Any]:
        """
        Return *function*, run in a scope of its own at each call.

        Args:
            function: a function, or coroutine function, which runs on the loop; usually under `@inject`.
            values: called with the arguments of each call, in the thread of the caller; gives what the scope is given.

        Returns:
            A synchronous function; of a coroutine function it gives, on the thread of the loop, a coroutine to await.
        """

        @functools.wraps(function)
        def job(*args: Any, **kwargs: Any) -> Any:
            result = self._run(function, args, kwargs, values(*args, **kwargs))
            if isinstance(result, _Ended):
                raise result.error
            return result

        vars(job)["__tenure_job__"] = self
        return job

    def awrap(self, function: Callable[..., Any], values: Values) -> Callable[..., Any]:
        """Return the coroutine function *function*, run in a scope of its own at each call."""

        @functools.wraps(function)
        async def job(*args: Any, **kwargs: Any) -> Any:
            result = await self._arun(function, args, kwargs, values(*args, **kwargs))
            if isinstance(result, _Ended):
                raise result.error
            return result

        vars(job)["__tenure_job__"] = self
        return job

    def _run(self, function: Any, args: Any, kwargs: Any, values: Mapping[Any, Any]) -> Any:
        begun = self._begun
        if begun is None:
            self.begin()
            begun = self._begun
            assert begun is not None
        if inspect.iscoroutinefunction(function):
            on, coroutine = self._loop_of(begun), self._arun(function, args, kwargs, values)
            return coroutine if on is running_loop() else run_on(on, coroutine)
        body, loop = self._ending(function), begun.loop
        if loop is None or loop is running_loop() or not begun.needs.awaits(function):
            with self.container.resource_scope(self._scope, values=values):
                return body(*args, **kwargs)
        else:
            with held_on(loop, lambda: self._filled(function, kwargs, values)) as (filled, context):
                return context.run(body, *args, **filled)
        return None  # a resource has swallowed what the job raised

    def _loop_of(self, begun: "_Begun") -> asyncio.AbstractEventLoop:
        with self._guard:
            return begun.loop or begun.make_loop()

    async def _arun(self, function: Any, args: Any, kwargs: Any, values: Mapping[Any, Any]) -> Any:
        async with self.container.resource_scope(self._scope, values=values):
            with interruptible():
                try:
                    return await function(*args, **kwargs)
                except BaseException as error:
                    if not self._is_end(error):
                        raise
                    return _Ended(error)

    def _ending(self, function: Any) -> Any:
        def body(*args: Any, **kwargs: Any) -> Any:
            try:
                return function(*args, **kwargs)
            except BaseException as error:
                if not self._is_end(error):
                    raise
                return _Ended(error)

        return body

    @asynccontextmanager
    async def _filled(self, function: Any, kwargs: Any, values: Mapping[Any, Any]) -> AsyncIterator[dict[str, Any]]:
        """Open a scope, and in it what *function* is to be given besides *kwargs*; give both."""
        async with self.container.resource_scope(self._scope, values=values) as scope:
            with interruptible():
                filled = dict(kwargs)
                for need in function.__tenure_injected__.needs:
                    if need.name not in filled:
                        try:
                            filled[need.name] = await scope.aget(key_of(need))
                        except MissingBindingError:  # it may have a default, and says what is missing if not
                            pass
            yield filled


class Host(Protocol):
    """What opens and closes a container; of `Hosting`, or of a reference."""

    async def begin(self) -> None:
        """Open what lives as long as the container, on the running loop."""
        ...

    async def end(self) -> None:
        """Close it."""
        ...

    def begin_sync(self) -> None:
        """Do so without a loop."""
        ...

    def end_sync(self) -> None:
        """Close it without a loop."""
        ...


class _Referred:
    """A reference, as a host."""

    def __init__(self, ref: ContainerRef) -> None:
        self.begin = ref.start
        self.end = ref.aclose
        self.begin_sync = ref.start_sync
        self.end_sync = ref.close


class _Ended:
    """What a job ended with that its resources are not shown."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Needs:
    """
    What the jobs on a container need a loop for.

    Attributes:
        needs_loop: whether something, in the container or of the jobs, has to be awaited.
    """

    def __init__(self, container: Container, functions: Iterable[Any]) -> None:
        functions = list(functions)
        found = [each for each in map(_injected, functions) if each is not None]
        graph, ladder = container.engine.graph, container.engine.ladder
        self._graph = graph
        self._awaiting: dict[Injected, bool] = {}
        self.needs_loop: bool = any(map(inspect.iscoroutinefunction, functions)) or any(
            finding.kind == "async-in-sync" for finding in findings_of(graph, ladder, found, sync=True, least="error")
        )

    def awaits(self, function: Any) -> bool:
        """Tell whether *function* is to be given what has to be awaited for each call."""
        injected = _injected(function)
        if injected is None:
            return False
        known = self._awaiting.get(injected)
        if known is None:
            known = self._awaiting[injected] = bool(awaiting(self._graph, [injected]))
        return known


def _injected(function: Any) -> Injected | None:
    return getattr(function, "__tenure_injected__", None)


class _Begun:
    """What one process has open."""

    def __init__(self, needs: _Needs, loop: asyncio.AbstractEventLoop | None) -> None:
        self.needs = needs
        self.loop = loop
        self._portal: Portal | None = None
        self._is_on_loop = False

    def make_loop(self) -> asyncio.AbstractEventLoop:
        """Make a loop: the first thing that has to be awaited needs one."""
        self._portal = Portal()
        self.loop = self._portal.loop
        return self.loop

    def open(self, host: Host) -> None:
        """Start the container, on the loop if there is one."""
        loop = self.make_loop() if self.loop is None and self.needs.needs_loop else self.loop
        if loop is None:
            host.begin_sync()
            return
        self._is_on_loop = True
        try:
            run_on(loop, host.begin())
        except BaseException:
            self._close_portal()
            raise

    def close(self, host: Host) -> None:
        """Close it where it was opened."""
        try:
            if self.loop is None or not self._is_on_loop:
                host.end_sync()
            else:
                run_on(self.loop, host.end())
        finally:
            self._close_portal()

    def _close_portal(self) -> None:
        if self._portal is not None:
            self._portal.close()


def _end(reference: "weakref.ref[Jobs]") -> None:
    jobs = reference()
    if jobs is not None:
        jobs.end()


_all: "weakref.WeakSet[Jobs]" = weakref.WeakSet()


def _forget_in_child() -> None:
    for jobs in list(_all):
        jobs.forget()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget_in_child)
