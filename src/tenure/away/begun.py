"""
What one process that works off jobs has open: the container, and the loop that its asynchronous resources live on.

Knows who opens and closes, and what jobs need a loop for; must not know how a job is run.
"""

import asyncio
import inspect
import threading
from collections.abc import Iterable
from typing import Any, Protocol

from tenure.away.loop_calls import run_on
from tenure.away.portal import Portal
from tenure.away.ref import ContainerRef
from tenure.container import Container
from tenure.model.check import awaiting, findings_of
from tenure.runtime.injection import Injected


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


class Referred:
    """A reference, as a host."""

    def __init__(self, ref: ContainerRef) -> None:
        self._ref = ref

    async def begin(self) -> None:
        """See `Host`."""
        await self._ref.start()

    async def end(self) -> None:
        """See `Host`."""
        await self._ref.aclose()

    def begin_sync(self) -> None:
        """See `Host`."""
        self._ref.start_sync()

    def end_sync(self) -> None:
        """See `Host`."""
        self._ref.close()


class Needs:
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


class Begun:
    """What one process has open."""

    def __init__(self, needs: Needs, loop: asyncio.AbstractEventLoop | None) -> None:
        self.needs = needs
        self.loop = loop
        self._guard = threading.Lock()
        self._portal: Portal | None = None
        self._is_on_loop = False

    def own_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop, made if there is none: for the first thing that has to be awaited."""
        with self._guard:
            if self.loop is None:
                self._portal = Portal()
                self.loop = self._portal.loop
            return self.loop

    def open(self, host: Host) -> None:
        """Start the container, on the loop if there is one."""
        loop = self.own_loop() if self.needs.needs_loop else self.loop
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
