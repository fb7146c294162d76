"""
Where a scene runs: plain Python with threads, asyncio, uvloop, trio.

A scene is one coroutine function for all of them: in plain Python it blocks and never waits.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import trio

from tests.real.running import wait_until

STEP_S = 0.003
"""How long a scene waits before it looks again, seconds."""

Body = Callable[..., Coroutine[Any, Any, Any]]


class Job:
    """Something that runs beside the scene; its error stays in it."""

    def __init__(self, world: Any) -> None:
        self._world = world
        self.value: Any = None
        self.error: BaseException | None = None
        self.is_done = False
        self.cancel: Callable[[], object] = lambda: None

    async def ended(self, limit_s: float = 20.0) -> "Job":
        """Wait for its end."""
        await self._world.until(lambda: self.is_done, "a job of the scene", limit_s)
        return self

    async def run(self, body: Body, *args: Any) -> None:
        try:
            self.value = await body(*args)
        except BaseException as error:
            self.error = error
            if self._world.is_cancellation(error):
                raise
        finally:
            self.is_done = True


class Sync:
    """Plain Python; a job is a thread."""

    name = "sync"
    is_async = False

    def run(self, main: Body) -> None:
        finish(main())

    @contextlib.asynccontextmanager
    async def jobs(self) -> AsyncIterator[Callable[..., Job]]:
        threads: list[threading.Thread] = []

        def start(body: Body, *args: Any) -> Job:
            job = Job(self)
            threads.append(threading.Thread(target=lambda: finish(job.run(body, *args)), daemon=True))
            threads[-1].start()
            return job

        yield start
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()

    async def until(self, is_true: Callable[[], object], what: str, limit_s: float = 20.0) -> None:
        wait_until(is_true, what, limit_s)

    async def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def is_cancellation(self, error: BaseException) -> bool:
        return False

    async def get(self, source: Any, key: Any) -> Any:
        return source.get(key)

    async def start(self, container: Any, *keys: Any) -> None:
        container.start_sync(*keys)

    async def close(self, container: Any) -> None:
        container.close()

    async def reset(self, container: Any, *keys: Any) -> None:
        container.reset(*keys)

    @contextlib.asynccontextmanager
    async def inside(self, manager: Any) -> AsyncIterator[Any]:
        with manager as value:
            yield value

    def overriding(self, container: Any, key: Any, target: Any) -> Any:
        return self.inside(container.override(key, target))

    def left(self) -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("tenure")]


class _Async:
    is_async = True

    async def until(self, is_true: Callable[[], object], what: str, limit_s: float = 20.0) -> None:
        end = time.monotonic() + limit_s
        while not is_true():
            if time.monotonic() > end:
                raise TimeoutError(f"{what}: not within {limit_s} s")
            await self.pause(STEP_S)

    async def pause(self, seconds: float) -> None:
        raise NotImplementedError

    async def get(self, source: Any, key: Any) -> Any:
        return await source.aget(key)

    async def start(self, container: Any, *keys: Any) -> None:
        await container.start(*keys)

    async def close(self, container: Any) -> None:
        await container.aclose()

    async def reset(self, container: Any, *keys: Any) -> None:
        await container.areset(*keys)

    def inside(self, manager: Any) -> Any:
        return manager

    def overriding(self, container: Any, key: Any, target: Any) -> Any:
        return container.override(key, target)


class Asyncio(_Async):
    """asyncio; a job is a task, cancelled once by each call."""

    name = "asyncio"

    def run(self, main: Body) -> None:
        with asyncio.Runner(loop_factory=self.loop) as runner:
            runner.run(main())

    def loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.new_event_loop()

    @contextlib.asynccontextmanager
    async def jobs(self) -> AsyncIterator[Callable[..., Job]]:
        tasks: list[asyncio.Task[None]] = []

        def start(body: Body, *args: Any) -> Job:
            job = Job(self)
            task = asyncio.create_task(job.run(body, *args))
            job.cancel = task.cancel
            tasks.append(task)
            return job

        yield start
        for task in tasks:
            await asyncio.wait([task], timeout=20)
            assert task.done()

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def is_cancellation(self, error: BaseException) -> bool:
        return isinstance(error, asyncio.CancelledError)

    def limit(self, seconds: float) -> Any:
        """Return a context manager that ends its body with TimeoutError after *seconds*."""
        return asyncio.timeout(seconds)

    def left(self) -> list[str]:
        return [task.get_name() for task in asyncio.all_tasks() if task.get_name().startswith("tenure")]


class Uvloop(Asyncio):
    """asyncio on uvloop."""

    name = "uvloop"

    def loop(self) -> asyncio.AbstractEventLoop:
        import uvloop

        return uvloop.new_event_loop()


class Trio(_Async):
    """trio; a job is a task in a scope of its own, cancelled for good."""

    name = "trio"

    def run(self, main: Body) -> None:
        trio.run(main)

    @contextlib.asynccontextmanager
    async def jobs(self) -> AsyncIterator[Callable[..., Job]]:
        async with trio.open_nursery() as nursery:

            def start(body: Body, *args: Any) -> Job:
                job, scope = Job(self), trio.CancelScope()
                job.cancel = scope.cancel

                async def run() -> None:
                    with scope, contextlib.suppress(Exception):
                        await job.run(body, *args)

                nursery.start_soon(run)
                return job

            yield start

    async def pause(self, seconds: float) -> None:
        await trio.sleep(seconds)

    def is_cancellation(self, error: BaseException) -> bool:
        return isinstance(error, trio.Cancelled)

    @contextlib.asynccontextmanager
    async def limit(self, seconds: float) -> AsyncIterator[None]:
        """Return a context manager that ends its body with TimeoutError after *seconds*."""
        with trio.move_on_after(seconds) as scope:
            yield
        if scope.cancelled_caught:
            raise TimeoutError

    def left(self) -> list[str]:
        root = trio.lowlevel.current_root_task()
        assert root is not None
        tasks = [task for nursery in root.child_nurseries for task in nursery.child_tasks]
        return [task.name for task in tasks if task.name.startswith("tenure")]


WORLDS = {world.name: world for world in (Sync, Asyncio, Uvloop, Trio)}


def finish(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never waits, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    coroutine.close()
    raise AssertionError("a scene waited where nothing can")
