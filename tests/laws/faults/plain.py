"""Plain Python, where coroutines never wait; and what all worlds with an event loop have in common."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from tests.laws.faults.nodes import Subject
from tests.laws.faults.recording import Run, never
from tests.laws.faults.uses import Use


class _Entered:
    """Enters a synchronous context manager by `async with`."""

    __slots__ = ("manager",)

    def __init__(self, manager: Any) -> None:
        self.manager = manager

    async def __aenter__(self) -> Any:
        return self.manager.__enter__()

    async def __aexit__(self, *outcome: object) -> Any:
        return self.manager.__exit__(*outcome)


class SyncWorld:
    """Plain Python: coroutines that never wait."""

    name = backend = "sync"
    is_async = has_limits = False
    clock = staticmethod(never)

    def close(self) -> None:
        """Nothing is held."""

    def drive(self, search: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run *search*."""
        send(search())

    async def perform(self, use: Use, subject: Subject, run: Run) -> None:
        """Do *use* once; tell *run* what came of it."""
        try:
            send(use.code(self, subject, run))
        except BaseException as error:
            run.left.append(error)

    def inside(self, manager: Any) -> Any:
        return _Entered(manager)

    async def get(self, source: Any, key: Any) -> Any:
        return source.get(key)

    async def start(self, scope: Any, keys: list[Any]) -> None:
        scope.start_sync(*keys)

    async def pause(self) -> None:
        return

    async def together(self, functions: list[Callable[[], Awaitable[None]]]) -> None:
        raise NotImplementedError


def send(coroutine: Any) -> None:
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise AssertionError("a coroutine waits where nothing can be awaited")


class AsyncWorld:
    """Somewhere with an event loop."""

    is_async = has_limits = True

    def inside(self, manager: Any) -> Any:
        return manager

    async def get(self, source: Any, key: Any) -> Any:
        return await source.aget(key)

    async def start(self, scope: Any, keys: list[Any]) -> None:
        await scope.start(*keys)
