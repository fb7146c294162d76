"""
The container of a process that works off jobs: opened once in each process, with a scope around each job.

Knows threads, forks and event loops; must not know any queue. What the integrations of queues stand on.
"""

import asyncio
import atexit
import functools
import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tenure.away.begun import Begun, Host, Needs, Referred
from tenure.away.one_job import arun, run
from tenure.away.ref import ContainerRef
from tenure.container import Container
from tenure.hosting.handlers import expect_handlers
from tenure.hosting.life import declare, hosting
from tenure.resource_scope import ResourceScope

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
            self._host: Host = Referred(container)
        else:
            self._host = host = hosting(container)
            declare(container, self._keys, scope)
            host.know(functions, awaits=True)
        self._functions = functions
        self._scope = scope
        self._is_end = is_end
        self._guard = threading.RLock()
        self._begun: Begun | None = None
        self._ends_at_exit = False
        _all.add(self)

    @property
    def container(self) -> Container:
        """The container of this process."""
        return self._source.served if isinstance(self._source, ContainerRef) else self._source

    # the life of a process

    def check(self) -> Needs:
        """
        Look for what is wrong with the container, and with what the jobs ask of it.

        Raises:
            GraphError: something is not bound, or bound wrongly.
            ContainerRefError: the reference leads to no container.
            BindingError: a job is marked with `Inject`, and not under `@inject`.
        """
        container, functions = self.container, list(self._functions())
        declare(container, self._keys, self._scope)
        needs = Needs(container, functions)
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
            begun = Begun(self.check(), loop)
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
            self._begun = Begun(needs, asyncio.get_running_loop())

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
            begun = self._begun
            if begun is None:
                self.begin()
                begun = self._begun
                assert begun is not None
            return run(function, args, kwargs, self._scope_with(values(*args, **kwargs)), begun, self._is_end)

        vars(job)["__tenure_job__"] = self
        return job

    def awrap(self, function: Callable[..., Any], values: Values) -> Callable[..., Any]:
        """Return the coroutine function *function*, run in a scope of its own at each call."""

        @functools.wraps(function)
        async def job(*args: Any, **kwargs: Any) -> Any:
            return await arun(function, args, kwargs, self._scope_with(values(*args, **kwargs)), self._is_end)

        vars(job)["__tenure_job__"] = self
        return job

    def _scope_with(self, values: Mapping[Any, Any]) -> ResourceScope:
        return self.container.resource_scope(self._scope, values=values)


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
