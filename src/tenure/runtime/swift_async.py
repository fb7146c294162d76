"""
The swift way of `async with`, on asyncio; see `swift`.

Only the task that entered the scope takes it. Where it waits, others come to run: the mark that it leaves in the scope
tells them what it is about, and so does the context of the tasks that the user's code starts meanwhile. The region that
would cancel the body is begun when somebody asks for it. On trio everything takes the steps.
"""

import sys
from collections.abc import Callable
from types import AsyncGeneratorType, TracebackType
from typing import Any, Self

from tenure.compile.source import END
from tenure.keys import Key
from tenure.lifecycle.handles import yields_twice
from tenure.runtime.at_work import codes, waiting
from tenure.runtime.scope import Scope, State, current
from tenure.runtime.swift import SwiftScope, give_back, owe_failure


def _find_task() -> Any:
    """Return the running task of asyncio, if any; what does so from then on is put in place of this."""
    global _task  # noqa: PLW0603 - asyncio is imported by whoever uses it
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        raise RuntimeError("no running event loop")
    _task = asyncio.current_task
    return _task()


_task: Callable[[], Any] = _find_task
"""Returns the running task of asyncio, None outside of tasks; raises RuntimeError where no loop of it runs."""


class AsyncSwiftScope(SwiftScope):
    """A scope to enter with `async with` as well; what subclasses do without the swift way is in the two methods."""

    __slots__ = ()

    def _enter_async(self) -> None:
        raise NotImplementedError

    async def _leave_async(self, error: BaseException | None) -> bool:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Enter on the running loop."""
        engine = self.engine
        root = engine.root
        if self.is_simple and self.state is _NEW and root.state is _OPEN and current.get() is None and engine.is_swift:
            try:
                task = _task()
            except RuntimeError:
                task = None
            if task is not None and not task.cancelling():  # the region that may be made later counts from 0
                self.parent: Scope | None = root
                self.name: str = self.level.name
                self._task = task
                self.state: State = _OPEN
                root._children[self] = None  # noqa: SLF001 - its slot: see Scope
                if root.state is _OPEN:  # else its closing began, which may have seen this one or not
                    self._token = current.set(self)
                    return self
                root._children.pop(self, None)  # noqa: SLF001
                self.state = _NEW
        self._enter_async()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """Close everything it owns, last opened first; see `leaving.leave`."""
        may = self.is_simple
        if may:
            try:
                may = _task() is self._task
                if may:
                    del self.idle
            except (AttributeError, RuntimeError):
                may = False
        if not may:  # outside the handler: what is raised there has no context
            return await self._leave_async(error)
        opened, engine = self.opened, self.engine
        is_open = self.state is _OPEN and current.get() is self
        may = is_open and engine.is_swift and not engine.stash
        if not may or (opened and (error is not None or _is_cancelled_around())):
            self.idle = True
            return await self._leave_async(error)
        at_work = True  # noqa: F841 - others look at it: see `at_work`
        self.state = _CLOSING
        if not self.is_simple:
            give_back(self)
            return await self._leave_async(error)
        if not opened:
            self.cache.clear()
            return self._left(error)
        self.made: dict[Key, Any] = self.cache
        self.cache: dict[Key, Any] = {}  # nothing is given out any more; who looks sees what it was
        failure = await self._close(opened)
        self.made.clear()
        if failure is None and (self.is_simple or all(each.done for each in self.exits.values())):
            return self._left(error)
        try:
            return await self._leave_rest(error, failure)
        finally:
            del failure  # its traceback holds this frame (L16)

    async def _close(self, opened: list[Any]) -> BaseException | None:
        """Close the generators among *opened* as `swift` does; those of both colours."""
        mark: list[Any] = [None, -1]
        self._waits: list[Any] | None = mark
        token = waiting.set(mark)
        failure = None
        try:
            while opened:
                generator = opened[-2]
                is_async = type(generator) is AsyncGeneratorType
                if (await anext(generator, END) if is_async else next(generator, END)) is not END:
                    await _end(generator)
                    raise yields_twice(opened[-1])
                del opened[-2:]
        except BaseException as error:  # noqa: BLE001 - raised where all of it is closed
            failure = error
        waiting.reset(token)
        self._waits = None
        return failure

    async def _leave_rest(self, error: BaseException | None, failure: BaseException | None) -> bool:
        """Close by steps what is left, after *failure* (L24), or because closing code had somebody look."""
        if failure is not None and self.opened:
            owe_failure(self, failure)
            return await self._leave_async(error)
        give_back(self)
        is_left = await self._leave_async(error if failure is None else None)
        if failure is not None:  # Ctrl-C after the last of them
            raise failure
        return is_left


def _ask_anyio() -> bool:
    """Tell whether a scope of anyio's around is cancelled; what does so is put in place of this where anyio is."""
    global _is_cancelled_around  # noqa: PLW0603 - most programs never import it, others at any time
    if "anyio" not in sys.modules:
        return False
    from tenure.lifecycle.backends.anyio_scopes import is_cancelled_around  # noqa: PLC0415 - asyncio runs already

    _is_cancelled_around = is_cancelled_around
    return is_cancelled_around()


_is_cancelled_around: Callable[[], bool] = _ask_anyio
"""Tells whether a scope of anyio's around the task is cancelled already, so that a closing needs a shield."""


async def _end(generator: Any) -> None:
    if type(generator) is AsyncGeneratorType:
        await generator.aclose()
    else:
        generator.close()


_NEW, _OPEN, _CLOSING = State.NEW, State.OPEN, State.CLOSING
codes.add(AsyncSwiftScope.__aexit__.__code__)
