"""Containers that applications run on: started before the first request, checked, closed after the last one."""

import os
import threading
import weakref
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any, TypeAlias

from tenure.binder import Binder
from tenure.container import Container
from tenure.errors import BindingError
from tenure.hosting.handlers import expect_handlers
from tenure.record import record
from tenure.runtime.scope import State

Handlers: TypeAlias = Callable[[], Iterable[Any]]
"""Gives the functions that an application calls, as far as it knows them now."""


@record(eq=False)
class Calls:
    """What one application calls."""

    handlers: Handlers
    sync: bool
    """Whether it serves without an event loop."""
    awaits: bool
    """Whether what a synchronous function asks for is awaited before it is called."""


class Hosting:
    """
    One container, for all the applications that run on it: the first starts it, the last closes it.

    Whoever started it before keeps it: it is then neither started nor closed here.

    Args:
        container: the container.
    """

    def __init__(self, container: Container) -> None:
        self._container = weakref.ref(container)
        self._guard = threading.Lock()
        self._n_runs = 0
        self._is_ours = False
        self._applications: list[tuple[weakref.ref[Handlers], bool, bool]] = []
        self._look = ExitStack()  # what lets others look at it, where TENURE_INSPECT says so

    def know(self, handlers: Handlers, *, sync: bool = False, awaits: bool = False) -> None:
        """
        Remember whom to ask what an application calls, for checks before it starts: many know their routes only then.

        Args:
            handlers: a function of its own, held by what lives as long as the application; here it is held weakly,
                because it may well lead to the container.
            sync: whether requests are served without an event loop.
            awaits: whether what a synchronous handler asks for is awaited before it is called.
        """
        self._applications.append((weakref.ref(handlers), sync, awaits))

    def calls(self) -> list[Calls]:
        """Return what the applications on the container call, those that are still there."""
        return [
            Calls(handlers, sync, awaits)
            for reference, sync, awaits in self._applications
            if (handlers := reference()) is not None
        ]

    def check(self, handlers: Iterable[Any], *, sync: bool = False) -> Container:
        """Look for what is wrong with the container and with what *handlers* ask of it; see `begin`."""
        container = self._container()
        if container is None:
            raise BindingError("the container of the application is gone: keep it as long as the application")
        expect_handlers(container, handlers)
        container.check(sync=sync)
        return container

    async def begin(self, handlers: Iterable[Any] = (), *, sync: bool = False) -> None:
        """
        Check what *handlers* ask for, then open what lives as long as the container.

        Args:
            handlers: functions that the application calls.
            sync: whether requests are served without an event loop.

        Raises:
            GraphError: something is not bound, or bound wrongly; nothing was opened.
            BindingError: a handler is marked with `Inject`, and not under `@inject`.
            OSError: the socket that TENURE_INSPECT asks for cannot be made; nothing was opened.
            BaseException: the first failure of an opening; what had been opened is closed again.
        """
        container = self.check(handlers, sync=sync)
        if not self._enter(container):
            return
        try:
            await container.start()
        except BaseException as error:
            await self.end(error)
            raise

    async def end(self, error: BaseException | None = None) -> None:
        """Close everything behind the last run, and show it *error*."""
        container = self._leave()
        if container is not None:
            with self._look.pop_all():  # until everything is closed
                await _close(container, error)

    def begin_sync(self, handlers: Iterable[Any] = ()) -> None:
        """Do the same without an event loop."""
        container = self.check(handlers, sync=True)
        if not self._enter(container):
            return
        try:
            container.start_sync()
        except BaseException as error:
            self._leave()
            with self._look.pop_all():
                container.__exit__(type(error), error, error.__traceback__)
            raise

    def end_sync(self) -> None:
        """Close everything behind the last run, without an event loop."""
        container = self._leave()
        if container is not None:
            with self._look.pop_all():
                container.close()

    def forget(self) -> None:
        """Know of no run: in a forked child, where nothing of the parent's is open."""
        self._guard = threading.Lock()
        self._n_runs = 0
        self._is_ours = False
        self._look.pop_all()

    def _enter(self, container: Container) -> bool:
        with self._guard:
            if self._n_runs == 0:
                self._is_ours = not is_started(container)
                if self._is_ours and os.environ.get("TENURE_INSPECT"):
                    from tenure.runner.inspecting import inspected  # noqa: PLC0415 - imported on use: few are looked at

                    self._look.enter_context(inspected(container, None))
            self._n_runs += 1
            return self._is_ours

    def _leave(self) -> Container | None:
        with self._guard:
            self._n_runs -= 1
            return self._container() if self._is_ours and self._n_runs == 0 else None


async def _close(container: Container, error: BaseException | None) -> None:
    if error is None:
        await container.aclose()
    else:
        await container.__aexit__(type(error), error, error.__traceback__)


def is_started(container: Container) -> bool:
    """Tell whether *container* is started, by whomever."""
    engine = container.engine
    life, root = engine.life, engine.root
    return life is not None and life.started == root.number and root.state is State.OPEN


_known: "weakref.WeakKeyDictionary[Container, Hosting]" = weakref.WeakKeyDictionary()
_knowing = threading.Lock()


def hosting(container: Container) -> Hosting:
    """
    Return what the applications on *container* share.

    Raises:
        BindingError: it is no type-driven container.
    """
    if not isinstance(container, Container):
        what = "a declarative container serves applications as part of another one: Container().include(it)"
        raise BindingError(f"setup takes a tenure.Container, not {container!r}; {what}")
    with _knowing:
        return _known.setdefault(container, Hosting(container))


def _forget_in_child() -> None:
    global _knowing  # noqa: PLW0603 - another thread of the parent may have held it
    _knowing = threading.Lock()
    for host in list(_known.values()):
        host.forget()


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget_in_child)


def declare(container: Binder, keys: Iterable[Any], scope: str) -> None:
    """
    Say that scopes called *scope* are given a value of each of *keys*, unless it is bound already.

    Raises:
        ScopeError: *container* knows no scope of that name.
    """
    for key in keys:
        if key not in container:
            container.declare(key, scope=scope)


def declare_current(container: Binder, keys: Iterable[Any], current: Callable[[], Any], scope: str) -> None:
    """
    Say that scopes called *scope* have a value of each of *keys* that *current* gives, unless it is bound already.

    For frameworks that make it when the scope is open. Nobody has to ask for it, as with what `declare` declares.

    Raises:
        ScopeError: *container* knows no scope of that name.
    """
    vars(current)["__tenure_unasked__"] = True
    for key in keys:
        if key not in container:
            container.bind(key, current, scope=scope)
