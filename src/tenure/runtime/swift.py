"""
The swift way through a simple scope: enter, make what is asked for in one function, leave; no step machine.

It is taken where nothing has to be waited for and nobody looks on: no observer, no second thread in the scope, nothing
replaced. Two marks keep that so. `idle` is taken away, which only one can do, by whoever opens or closes swiftly.
`is_simple` is put down by whoever looks at the tables of the scope, before the look. Swift code looks at `is_simple`
after it has taken `idle`, everybody else at `idle` after having put `is_simple` down: one of them notices the other.
What was opened is in `Scope.opened`, and becomes exits as soon as somebody looks (`swift_seen`).
"""

import time
from types import TracebackType
from typing import Any, NoReturn, Self

from tenure.compile.source import END
from tenure.keys import Key
from tenure.lifecycle.exits import Exit, next_number
from tenure.lifecycle.handles import yields_twice
from tenure.model.binding import NOTHING
from tenure.runtime.at_work import codes
from tenure.runtime.scope import Scope, State, current


class SwiftScope(Scope):
    """A scope to enter with `with`; what subclasses do where the swift way is not open is in `_enter` and `_leave`."""

    __slots__ = ()

    def _enter(self, is_sync: bool) -> None:
        raise NotImplementedError

    def _leave(self, error: BaseException | None) -> bool:
        raise NotImplementedError

    def _conclude(self, error: BaseException | None) -> bool:
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Enter without a loop: what has to be awaited is refused inside."""
        engine = self.engine
        root = engine.root
        if self.is_simple and self.state is _NEW and root.state is _OPEN and current.get() is None and engine.is_swift:
            self.parent: Scope | None = root
            self.name: str = self.level.name
            self._is_sync = True
            self.state: State = _OPEN
            root._children[self] = None  # noqa: SLF001 - its slot: see Scope
            if root.state is _OPEN:  # else its closing began, which may have seen this one or not
                self._token = current.set(self)
                return self
            root._children.pop(self, None)  # noqa: SLF001
            self.state = _NEW
        self._enter(is_sync=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Close everything it owns, last opened first; see `leaving.leave`."""
        may = self.is_simple
        if may:
            try:
                del self.idle
            except AttributeError:
                may = False
        if not may:  # outside the handler: what is raised there has no context
            return self._leave(error)
        opened, engine = self.opened, self.engine
        is_open = self.state is _OPEN and current.get() is self
        if not (is_open and engine.is_swift and not engine.stash) or (opened and error is not None):
            self.idle = True
            return self._leave(error)
        at_work = True  # noqa: F841 - others look at it: see `at_work`
        self.state = _CLOSING
        if not self.is_simple:
            give_back(self)
            return self._leave(error)
        if not opened:
            self.cache.clear()
            return self._left(error)
        self.made: dict[Key, Any] = self.cache
        self.cache: dict[Key, Any] = {}  # nothing is given out any more; who looks sees what it was
        failure = _close(opened)
        self.made.clear()
        if failure is None and (self.is_simple or all(each.done for each in self.exits.values())):
            return self._left(error)
        if failure is None:  # closing code had somebody look: what is left has become exits
            give_back(self)
            return self._leave(error)
        try:
            return self._leave_failed(error, failure)
        finally:
            del failure  # its traceback holds this frame (L16)

    def _left(self, error: BaseException | None) -> bool:
        self.state = _CLOSED
        self.parent._children.pop(self, None)  # type: ignore[union-attr]  # noqa: SLF001 - its slot
        if not self.is_simple:
            ended(self)
        token, self._token = self._token, None  # type: ignore[assignment]  # the slot of a part that may be None
        try:
            current.reset(token)
        except ValueError:  # it belongs to another context
            self._token = token
            return self._conclude(error)
        return False

    def _leave_failed(self, error: BaseException | None, failure: BaseException) -> bool:
        """Close the others by steps after *failure* (L24)."""
        if not self.opened:  # Ctrl-C after the last of them
            give_back(self)
            self._leave(None)
            raise failure
        owe_failure(self, failure)
        return self._leave(error)


def _close(opened: list[Any]) -> BaseException | None:
    """Close the generators among *opened*, the last one first, up to one that fails; take off what is closed."""
    try:
        while opened:
            if next(opened[-2], END) is not END:
                opened[-2].close()
                raise yields_twice(opened[-1])
            del opened[-2:]
    except BaseException as failure:  # noqa: BLE001 - raised where all of it is closed
        return failure
    return None


_NEW, _OPEN, _CLOSING, _CLOSED = State.NEW, State.OPEN, State.CLOSING, State.CLOSED
codes.add(SwiftScope.__exit__.__code__)


# the end of leaving swiftly


def ended(scope: Scope) -> None:
    """Let those know who wait for the end of *scope*."""
    _end_closings(scope)
    ending = scope.ending
    if ending is not None:
        ending.set()


def _end_closings(scope: Scope) -> None:
    """Let what somebody saw being closed be closed."""
    for exit_ in scope.exits.values():
        if exit_.done and not exit_.is_over:
            exit_.end()


def give_back(scope: Scope) -> None:
    """Let *scope*, which somebody has looked at just now, be left by steps."""
    _end_closings(scope)
    with scope.engine.lock:
        if scope.ending is None or scope.ending.is_swift:
            scope.state = _OPEN
        scope.idle = True


def owe_failure(scope: Any, failure: BaseException) -> None:
    """Let *failure*, of the generator opened last, be told among those of the others when these are closed by steps."""
    binding = scope.opened[-1]
    with scope.engine.lock:
        exits = scope.exits
        exit_ = Exit(binding, NOTHING, _Failure(failure), next_number(), time.perf_counter())
        exits[exit_.number] = exit_
    give_back(scope)


class _Failure:
    """A generator of either colour whose closing fails, as one has already."""

    __slots__ = ("_error",)

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __next__(self) -> NoReturn:
        error, self._error = self._error, AssertionError()
        raise error

    async def __anext__(self) -> NoReturn:
        self.__next__()
