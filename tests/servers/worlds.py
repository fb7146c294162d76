"""Where a load runs: asyncio, uvloop, trio, threads."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, Self

import trio


class LimitError(Exception):
    """What a load does took longer than it may: no library raises this one."""


class _AsyncioLimit:
    def __init__(self, seconds: float) -> None:
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        return self

    async def __aexit__(self, *outcome: object) -> None:
        try:
            await self._timeout.__aexit__(*outcome)
        except TimeoutError as error:
            raise LimitError from error

    def hurry(self, seconds: float) -> None:
        """Let the body have so much longer, from now on."""
        self._timeout.reschedule(asyncio.get_running_loop().time() + seconds)


class _TrioLimit:
    def __init__(self, seconds: float) -> None:
        self._scope = trio.move_on_after(seconds)

    async def __aenter__(self) -> Self:
        self._scope.__enter__()
        return self

    async def __aexit__(self, *outcome: object) -> bool:
        is_caught = self._scope.__exit__(*outcome)
        if self._scope.cancelled_caught:
            raise LimitError
        return bool(is_caught)

    def hurry(self, seconds: float) -> None:
        self._scope.deadline = trio.current_time() + seconds


class Asyncio:
    name = "asyncio"
    is_async = True

    def run(self, main: Callable[[], Awaitable[Any]]) -> Any:
        with asyncio.Runner(loop_factory=self.loop) as runner:
            return runner.run(main())

    def loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()

    async def crowd(self, size: int, work: Callable[[], Awaitable[None]]) -> None:
        """Run *work* in so many tasks, until all have ended."""
        async with asyncio.TaskGroup() as group:
            for _ in range(size):
                group.create_task(work())

    def limit(self, seconds: float) -> Any:
        """Return a context manager that ends its body with LimitError after so long."""
        return _AsyncioLimit(seconds)

    def tasks(self) -> list[str]:
        return sorted(task.get_name() for task in asyncio.all_tasks())

    async def turn(self) -> None:
        await asyncio.sleep(0.002)


class Uvloop(Asyncio):
    name = "uvloop"

    def loop(self) -> asyncio.AbstractEventLoop:
        import uvloop

        return uvloop.new_event_loop()


class Trio:
    name = "trio"
    is_async = True

    def run(self, main: Callable[[], Awaitable[Any]]) -> Any:
        return trio.run(main)

    async def crowd(self, size: int, work: Callable[[], Awaitable[None]]) -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(size):
                nursery.start_soon(work)

    def limit(self, seconds: float) -> Any:
        return _TrioLimit(seconds)

    def tasks(self) -> list[str]:
        root = trio.lowlevel.current_root_task()
        assert root is not None
        found, names = [root], []
        while found:
            task = found.pop()
            names.append(task.name)
            found += [child for nursery in task.child_nurseries for child in nursery.child_tasks]
        return sorted(names)

    async def turn(self) -> None:
        await trio.sleep(0.002)


class Threads:
    name = "threads"
    is_async = False

    def crowd(self, size: int, work: Callable[[], None]) -> int:
        """Run *work* in so many threads; return how many of them do not end."""
        threads = [threading.Thread(target=work, daemon=True) for _ in range(size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return sum(thread.is_alive() for thread in threads)

    def tasks(self) -> list[str]:
        return []


WORLDS: dict[str, Any] = {world.name: world for world in (Asyncio, Uvloop, Trio, Threads)}
