"""
Enter a scope and leave it: the handle that `resource_scope()` gives.

Leaving resets the current scope where it was set; in another task that is impossible, and an error after everything is
closed.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Generic, TypeVar

from tenure.errors import ScopeError
from tenure.events import ScopeEntered
from tenure.keys import Key
from tenure.lifecycle.backends import current as current_backend
from tenure.lifecycle.backends import is_cancellation, running
from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.interrupts import uninterrupted
from tenure.model.binding import CALL
from tenure.notes import add_note, attach_closing_errors, closing_errors
from tenure.runtime.leaving import leave, left_empty
from tenure.runtime.scope import ANONYMOUS, Scope, State, current, current_of

F = TypeVar("F")


def scope_name(engine: Any, parent: Scope, name: str | None) -> str:
    """
    Return the name that a scope inside *parent* gets.

    Raises:
        ScopeError: no scope has that name, or it is wider than one that is already open.
    """
    ladder = engine.ladder
    if name is None:
        last = ladder[-2] if len(ladder) > 1 else ANONYMOUS
        return ANONYMOUS if last in _names_around(parent) or CALL in _names_around(parent) else str(last)
    if name not in ladder:
        raise ScopeError(f"no scope is called {name!r}; " + did_you_mean(name, ladder, "Container(scopes=(...))"))
    for other in _names_around(parent):
        if other in ladder and ladder.index(other) > ladder.index(name):
            raise ScopeError(
                f"a {name!r} scope cannot be opened inside a {other!r} scope: {name!r} is the wider one; leave "
                f"{other!r} first, or change their order in Container(scopes=(...))"
            )
    return name


def did_you_mean(name: Any, known: Sequence[str], elsewhere: str) -> str:
    """Return the end of a sentence about an unknown *name*: what is known, what it may have been, where to add it."""
    import difflib  # noqa: PLC0415 - slow to import, and for errors only

    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"name it in {elsewhere}"
    return f"known are {', '.join(map(repr, known))}: {hint}"


def _names_around(scope: Scope | None) -> list[str]:
    names = []
    while scope is not None:
        names.append(scope.name)
        scope = scope.parent
    return names


def enter(engine: Any, name: str, values: Mapping[Key, Any], is_sync: bool) -> Scope:
    """
    Open a scope inside the current one and make it current; *name* comes from `scope_name`.

    Raises:
        ContainerClosedError: the scope around it is closing or closed.
    """
    parent = current_of(engine)
    scope = Scope(engine, parent, name)
    scope.is_sync = is_sync
    if not is_sync:
        backend = running()
        scope.task = backend.task() if backend is not None else None
    scope.values.update(values)
    with engine.lock:
        parent.refuse_unless_serving()  # a server that drains may have accepted one more request
        parent.children[scope] = None
    scope.outer = current.get()
    scope.token = current.set(scope)
    if engine.notify is not None:
        engine.notify(ScopeEntered(time.perf_counter(), scope.name, scope.number, parent.number))
    return scope


def exit_sync(scope: Scope, error: BaseException | None) -> bool:
    """Leave *scope* without a loop; return whether *error* was swallowed; raises what `leave` says."""
    if left_empty(scope.engine, scope, error):
        return _conclude(scope, error, error)
    return _exit_now(scope, error)


@uninterrupted
def _exit_now(scope: Scope, error: BaseException | None) -> bool:
    return _conclude(scope, error, drive(leave(scope.engine, scope, error, is_async=False)))


async def exit_async(scope: Scope, error: BaseException | None) -> bool:
    """Leave *scope* on the running loop; return whether *error* was swallowed; raises what `leave` says."""
    region = scope.region
    n_before = region.n_cancellations if region is not None else 0
    ended_by = await scope.end_region(error)
    if ended_by is error and left_empty(scope.engine, scope, error):
        return _conclude(scope, error, error)
    failure = await adrive(leave(scope.engine, scope, ended_by, is_async=True))
    if failure is error and region is not None and region.n_cancellations < n_before:
        failure = _taken_back(error)
    try:
        return _conclude(scope, error, failure)
    finally:
        del failure  # its traceback holds this frame (L16)


def _taken_back(error: BaseException | None) -> BaseException | None:
    """
    Return what a resource made of *error*, a cancellation of its own that it has taken back, as a task group does.

    It cancels the body when one of its tasks fails, and raises what that failed of where it is closed.
    """
    failed = closing_errors(error) if error is not None and is_cancellation(error) else ()
    if not failed:
        return error
    attach_closing_errors(failed[0], failed[1:])
    return failed[0]


def _conclude(scope: Scope, error: BaseException | None, failure: BaseException | None) -> bool:
    stray = _reset_current(scope)
    if failure is not None and failure is not error:
        try:
            raise failure
        finally:
            del failure  # its traceback holds this frame (L16)
    if failure is None and error is not None:
        return True
    if stray is not None:
        if error is None:
            raise stray
        add_note(error, str(stray))
    return False


def _reset_current(scope: Scope) -> ScopeError | None:
    token, scope.token = scope.token, None
    if token is None:
        return None
    now = current.get()
    try:
        current.reset(token)
        if now is not scope:  # left out of order: one that was entered since stays current
            current.set(now)
        _skip_closed()
    except ValueError:  # the token belongs to another context
        return ScopeError(
            f"the scope {scope.name!r} was entered in one task or thread and left in another; everything it owned is "
            "closed, but it stays current where it was entered: enter and leave a scope in the same task"
        )
    return None


def _skip_closed() -> None:
    """Scopes may be left out of order: none that is closed may stay current."""
    scope = current.get()
    while scope is not None and scope.state is State.CLOSED:
        scope = scope.outer
        current.set(scope)


class ScopeHandle(Generic[F]):
    """
    What `resource_scope()` gives: enter it once, with `with` or `async with`.

    Args:
        engine: whose scope it will be.
        face: makes of the scope what `as` gives.
        expect: called with each key of *values* and the scope's name; raises where it cannot be given.
        name: as for `scope_name`.
        values: what is given to the scope, by key.
        max_parallel: how many resources the scope opens or closes at the same time; None: any number.

    Raises on entering:
        ScopeError: it was entered before; or its name does not fit.
        ContainerClosedError: the container, or the scope around it, is closed.
    """

    __slots__ = ("_engine", "_expect", "_face", "_max_parallel", "_name", "_scope", "_values")

    def __init__(
        self,
        engine: Any,
        face: Callable[[Scope], F],
        expect: Callable[[Key, str], None],
        name: str | None,
        values: Mapping[Key, Any],
        max_parallel: int | None,
    ) -> None:
        self._engine = engine
        self._face = face
        self._expect = expect
        self._name = name
        self._values = values
        self._max_parallel = max_parallel
        self._scope: Scope | None = None

    def _enter(self, is_sync: bool) -> F:
        if self._scope is not None:
            raise ScopeError(
                f"the scope {self._scope.name!r} was entered before; a scope is entered once: "
                "call container.resource_scope() again for another one"
            )
        name = scope_name(self._engine, current_of(self._engine), self._name)
        for key in self._values:
            self._expect(key, name)
        self._scope = enter(self._engine, name, self._values, is_sync)
        self._scope.max_parallel = self._max_parallel
        return self._face(self._scope)

    def detach(self) -> Scope:
        """Make the scope current no longer, without leaving it: a generator sets it while it runs."""
        scope = self._leave()
        _reset_current(scope)
        if scope.region is not None:
            scope.region.drop()  # a cancel scope across the yields of a generator would break it (PEP 789)
            scope.region = None
        return scope

    def _leave(self) -> Scope:
        if self._scope is None:
            raise ScopeError("the scope was never entered; use it as `with container.resource_scope():`")
        return self._scope

    def __enter__(self) -> F:
        """Enter without a loop: what has to be awaited is refused inside."""
        return self._enter(is_sync=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close everything it owns, last opened first; see `leaving.leave`."""
        return exit_sync(self._leave(), error)

    async def __aenter__(self) -> F:
        """Enter on the running loop."""
        face = self._enter(is_sync=False)
        self._leave().begin_region(current_backend().region())
        return face

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close everything it owns, last opened first; see `leaving.leave`."""
        return await exit_async(self._leave(), error)
