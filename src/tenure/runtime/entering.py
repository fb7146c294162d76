"""
Enter a scope and leave it: the handle that `resource_scope()` gives.

Leaving resets the current scope where it was set; in another task that is impossible, and an error after everything is
closed.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from tenure.errors import ScopeError
from tenure.keys import Key
from tenure.lifecycle.backends import Region, is_cancellation, running
from tenure.lifecycle.backends import current as current_backend
from tenure.lifecycle.effects import adrive, drive
from tenure.lifecycle.exits import next_number
from tenure.lifecycle.interrupts import uninterrupted
from tenure.model.binding import CALL
from tenure.notes import add_note, attach_closing_errors, closing_errors
from tenure.runtime.leaving import leave, left_empty
from tenure.runtime.scope import ANONYMOUS, Scope, State, current, current_of, skip_closed
from tenure.runtime.swift_async import AsyncSwiftScope


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


def enter(scope: Scope, parent: Scope, name: str, is_sync: bool) -> None:
    """
    Open *scope*, a new one, inside *parent* and make it current; *name* comes from `scope_name`.

    Raises:
        ContainerClosedError: the scope around it is closing or closed.
    """
    engine = scope.engine
    scope.parent, scope.name, scope.is_sync = parent, name, is_sync
    if not is_sync:
        backend = running()
        scope.task = backend.task() if backend is not None else None
    with engine.lock:
        parent.refuse_unless_serving()  # a server that drains may have accepted one more request
        parent.children[scope] = None
    scope.state = State.OPEN
    scope.outer = current.get()
    scope.token = current.set(scope)
    if engine.notify is not None:
        from tenure.events import ScopeEntered  # noqa: PLC0415 - somebody looks on, and `observe` has imported it

        engine.notify(ScopeEntered(time.perf_counter(), scope.name, scope.number, parent.number))


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
        skip_closed()
    except ValueError:  # the token belongs to another context
        return ScopeError(
            f"the scope {scope.name!r} was entered in one task or thread and left in another; everything it owned is "
            "closed, but it stays current where it was entered: enter and leave a scope in the same task"
        )
    return None


class EnterableScope(AsyncSwiftScope):
    """
    A scope to enter once, with `with` or `async with`; made by `prepared`.

    Raises on entering:
        BindingError: what is given to it is bound to be made.
        ScopeError: it was entered before; or its name does not fit.
        ContainerClosedError: the container, or the scope around it, is closed.
    """

    __slots__ = ("_expect", "_wanted")

    _expect: Callable[[Key, str], None]
    _wanted: str

    def give(self, values: Mapping[Key, Any], expect: Callable[[Key, str], None]) -> None:
        """
        Let it have *values* when it is entered.

        Args:
            values: by key; never closed by Tenure.
            expect: called with each key and the scope's name; raises where it cannot be given.
        """
        self.values: dict[Key, Any] = dict(values)
        self._expect = expect
        self.is_simple = False

    def _enter(self, is_sync: bool) -> None:
        """Enter in whatever circumstances."""
        if self.state is not State.NEW:
            raise ScopeError(
                f"the scope {self.name!r} was entered before; a scope is entered once: "
                "call container.resource_scope() again for another one"
            )
        self.fill()
        parent = current_of(self.engine)
        name = scope_name(self.engine, parent, getattr(self, "_wanted", None))
        expect = getattr(self, "_expect", None)
        if expect is not None:
            for key in self.values:
                expect(key, name)
        enter(self, parent, name, is_sync)

    def detach(self) -> Scope:
        """Make it current no longer, without leaving it: a generator sets it while it runs."""
        self._refuse_unless_entered()
        _reset_current(self)
        if self.region is not None:
            self.region.drop()  # a cancel scope across the yields of a generator would break it (PEP 789)
            self.region: Region | None = None
        return self

    def _refuse_unless_entered(self) -> None:
        if self.state is State.NEW:
            raise ScopeError("the scope was never entered; use it as `with container.resource_scope():`")

    def _conclude(self, error: BaseException | None) -> bool:
        return _conclude(self, error, error)

    def _leave(self, error: BaseException | None) -> bool:
        self._refuse_unless_entered()
        return exit_sync(self, error)

    def _enter_async(self) -> None:
        self._enter(is_sync=False)
        self.begin_region(current_backend().region())

    async def _leave_async(self, error: BaseException | None) -> bool:
        self._refuse_unless_entered()
        return await exit_async(self, error)


S = TypeVar("S", bound=EnterableScope)


def prepared(scope: S, engine: Any, name: str | None) -> S:
    """
    Let *scope*, a fresh one, be entered later, as one of *engine* called *name* (see `scope_name`); return it.

    This is what its `__init__` would do: one of a class with slots costs as much again as all that stands in it.
    """
    scope.engine = engine
    scope.number = next_number()
    scope.state = _NEW
    scope.cache = {}
    scope.level = level = engine.levels.get(name)
    scope.is_simple = level is not None
    scope.idle = True
    scope.opened = None
    if name is not None:
        scope._wanted = name  # noqa: SLF001 - its own half
    return scope


_NEW = State.NEW
