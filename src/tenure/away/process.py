"""
What one process has of the container that a reference leads to: the container itself, and how far its life has come.

Nothing here crosses a fork: a child begins with nothing, and never touches what its parent has (design rule 13).
"""

import asyncio
import os
import sys
import threading
from typing import Any

from tenure.away.portal import Portal, running_loop, wait_on
from tenure.away.starting import SCOPE, has_to_wait, serving, start, start_sync
from tenure.away.target import Target, import_of, load, shown
from tenure.container import Container
from tenure.errors.travel import ContainerRefError
from tenure.hosting.life import is_started
from tenure.record import record
from tenure.runtime.forgotten import owed_by
from tenure.runtime.injection import Injected
from tenure.runtime.scope import State


@record
class WorkerFacts:
    """What one process has done with the container that a reference leads to."""

    pid: int
    """Of the process."""
    target: str
    """What the reference refers to."""
    is_started: bool
    """Whether the container is started now."""
    n_starts: int
    """How many times the reference has started it in this process."""
    n_closes: int
    """How many times the reference has closed it in this process."""
    open: tuple[str, ...]
    """What is open in it now, by name of the key, in order of opening; scopes included."""


class Here:
    """This process's container of one target; the methods are those of `ContainerRef`."""

    def __init__(self, target: Target) -> None:
        self.target: Target = target
        self.loop: asyncio.AbstractEventLoop | None = None
        """The loop that its asynchronous resources live on, None as long as there are none."""
        self.starts_at_call: bool = False
        """Whether a call is to start the container, because nothing else did."""
        self._container: Any = None
        self._served: Container | None = None
        self._portal: Portal | None = None
        self._loading = threading.RLock()
        self._starting = threading.Lock()
        self._is_loading = False
        self._is_ours = False
        self._n_starts = self._n_closes = 0
        self._told: set[Injected] = set()

    # the container

    @property
    def container(self) -> Any:
        """The container of the user, of either face, found or made now if need be."""
        if self._served is None:
            self._load()
        return self._container

    @property
    def served(self) -> Container:
        """The type-driven container that calls are served by: the user's, or one that has only that in it."""
        if self._served is None:
            self._load()
        assert self._served is not None
        return self._served

    def _load(self) -> None:
        import_of(self.target)
        with self._loading:
            if self._served is not None:
                return
            if self._is_loading:
                raise ContainerRefError(shown(self.target), "what makes it asks for it while it is being made")
            self._is_loading = True
            try:
                container = load(self.target)
                self._served, self._container = serving(container), container
            finally:
                self._is_loading = False

    def scope_name(self, wanted: str | None) -> str | None:
        """Return the name of the scope around a call; None: what `resource_scope()` takes by itself."""
        return wanted if wanted is not None else SCOPE if SCOPE in self.served.engine.ladder else None

    # its life

    async def start(self) -> None:
        """See `ContainerRef.start`."""
        served = self._checked()
        if is_started(served):
            return
        await start(self._container, served)
        if not self._is_ours:  # else another task was faster
            self.loop = running_loop()
            self._note_start()

    def start_sync(self) -> None:
        """See `ContainerRef.start_sync`."""
        with self._starting:
            served = self._checked()
            if is_started(served):
                return
            if has_to_wait(self._container, served):
                try:
                    wait_on(self.own_loop(), start, self._container, served)
                except BaseException:
                    self._close_portal()
                    raise
            else:
                start_sync(self._container, served)
            self._note_start()

    def _checked(self) -> Container:
        served = self.served
        for function in _expected.get(self.target, ()):
            if function not in self._told:
                self._told.add(function)
                served.expects(function)
        served.check()
        return served

    def _note_start(self) -> None:
        self._is_ours = True
        self._n_starts += 1
        self.starts_at_call = False

    async def aclose(self) -> None:
        """See `ContainerRef.aclose`."""
        served = self._to_close()
        if served is None:
            self._close_idle_portal()
            return
        try:
            if self._is_loop_ours_to_use():
                await served.aclose()
            else:
                assert self.loop is not None
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(served.aclose(), self.loop))
        finally:
            self._note_close(served)

    def close(self) -> None:
        """See `ContainerRef.close`."""
        with self._starting:
            served = self._to_close()
            if served is None:
                self._close_idle_portal()
                return
            try:
                if self._is_loop_ours_to_use():
                    served.close()
                else:
                    assert self.loop is not None
                    wait_on(self.loop, served.aclose)
            finally:
                self._note_close(served)

    def _is_loop_ours_to_use(self) -> bool:
        """Tell whether closing is done right here, rather than on another thread's loop."""
        return self.loop is None or self.loop is running_loop() or self.loop.is_closed()

    def _to_close(self) -> Container | None:
        served = self._served
        if served is None or (is_started(served) and not self._is_ours):
            return None
        return served if self._is_ours or owed_by(served.engine.root) else None

    def _note_close(self, served: Container) -> None:
        if served.engine.root.state is not State.CLOSED:  # it was refused
            return
        self._is_ours = False
        self._n_closes += 1
        self._close_portal()
        self.loop = None

    # the loop

    def own_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop of the container, begun on a thread of its own if there is none."""
        with self._loading:
            if self.loop is None:
                self._portal = Portal()
                self.loop = self._portal.loop
            return self.loop

    def _close_idle_portal(self) -> None:
        """End a loop on which nothing lives: what a call had it made for may have failed to open."""
        if self._served is None or not owed_by(self._served.engine.root):
            self._close_portal()

    def _close_portal(self) -> None:
        portal, self._portal = self._portal, None
        if portal is not None:
            self.loop = None
            portal.close()

    # looking

    def facts(self) -> WorkerFacts:
        """See `ContainerRef.describe`."""
        served = self._served
        is_on = served is not None and is_started(served)
        names = [] if served is None else [exit_.binding.label for exit_ in owed_by(served.engine.root)]
        return WorkerFacts(os.getpid(), shown(self.target), is_on, self._n_starts, self._n_closes, tuple(names))


_expected: dict[Target, list[Injected]] = {}
"""What functions under `@ref.inject` ask for, by target: looked at before the container is started."""


def expect(target: Target, function: Injected) -> None:
    """Have what *function* asks for looked at before the container of *target* is started in any process."""
    _expected.setdefault(target, []).append(function)


_heres: dict[Target, Here] = {}
_guard = [threading.Lock()]


def here_of(target: Target) -> Here:
    """Return what this process has of *target*."""
    found = _heres.get(target)
    if found is None:
        with _guard[0]:
            found = _heres.setdefault(target, Here(target))
    return found


def _begin_anew() -> None:
    """In a forked child: leave the parent's containers alone, also when the interpreter ends, and begin with none."""
    sys.__dict__.setdefault("_tenure_foreign", []).append(dict(_heres))
    _heres.clear()
    _guard[0] = threading.Lock()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_begin_anew)
