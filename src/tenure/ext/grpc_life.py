"""The start and the stop of a server of gRPC, of either kind, with those of a container around them."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Any

from tenure.hosting.life import Hosting
from tenure.hosting.under_way import UnderWay


class _Life:
    """
    Stands in for the methods of *server* that start and stop it.

    Args:
        server: the server.
        host: what starts and closes the container.
        under_way: the calls that run.
        handlers: called at the start; returns the functions to be checked.
    """

    def __init__(self, server: Any, host: Hosting, under_way: UnderWay, handlers: Callable[[], Iterable[Any]]) -> None:
        self._host = host
        self._under_way = under_way
        self._handlers = handlers
        self._own_start = server.start
        self._own_stop = server.stop
        self._own_wait = server.wait_for_termination
        self._is_begun = False
        host.know(handlers, sync=not self._is_async)
        server.start, server.stop = self.start, self.stop
        server.wait_for_termination = self.wait_for_termination

    _is_async: bool
    start: Any
    stop: Any
    wait_for_termination: Any


class AsyncLife(_Life):
    """Of a server of `grpc.aio`."""

    _is_async = True
    _closing: "asyncio.Task[None] | None" = None

    async def start(self) -> None:
        """Start the container, then the server."""
        await self._host.begin(self._handlers())
        try:
            await self._own_start()
        except BaseException as error:
            await self._host.end(error)
            raise
        self._is_begun = True

    async def stop(self, grace: float | None) -> None:
        """Stop the server, then close the container, once; goes on when its caller is cancelled."""
        await asyncio.shield(asyncio.ensure_future(self._stop(grace)))

    async def _stop(self, grace: float | None) -> None:
        await self._own_stop(grace)  # which would never end again for anybody, were it cancelled
        await self._close()

    async def wait_for_termination(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - gRPC's own name
        """Wait until the server has stopped and the container is closed; tell whether *timeout* came first."""
        is_late: bool = await self._own_wait(timeout)
        if not is_late:
            await self._close()
        return is_late

    async def _close(self) -> None:
        if not self._is_begun:
            return
        if self._closing is None:
            self._closing = asyncio.create_task(self._end())
        await asyncio.shield(self._closing)

    async def _end(self) -> None:
        await self._under_way.wait()
        await self._host.end(None)


class ThreadLife(_Life):
    """Of a server of `grpc`."""

    _is_async = False

    def __init__(self, server: Any, host: Hosting, under_way: UnderWay, handlers: Callable[[], Iterable[Any]]) -> None:
        super().__init__(server, host, under_way, handlers)
        self._guard = threading.Lock()
        self._closed: Closed | None = None

    def start(self) -> None:
        """Start the container, then the server."""
        self._host.begin_sync(self._handlers())
        try:
            self._own_start()
        except BaseException:
            self._host.end_sync()
            raise
        self._is_begun = True

    def stop(self, grace: float | None) -> Any:
        """Begin to stop the server; return an event that is set when the container is closed as well."""
        stopped = self._own_stop(grace)
        return self._ended(stopped.wait) if self._is_begun else stopped

    def wait_for_termination(self, timeout: float | None = None) -> bool:
        """Wait until the server has stopped and the container is closed; tell whether *timeout* came first."""
        is_late: bool = self._own_wait(timeout)
        if not is_late and self._is_begun:
            self._ended(lambda: None).wait()
        return is_late

    def _ended(self, wait: Callable[[], Any]) -> "Closed":
        """Return the event; close the container on a thread, after *wait*, unless that is under way."""
        with self._guard:
            if self._closed is None:
                self._closed = Closed()
                close = self._end, wait, self._closed
                threading.Thread(target=close[0], args=close[1:], name="tenure: server stops").start()
            return self._closed

    def _end(self, wait: Callable[[], Any], closed: "Closed") -> None:
        try:
            wait()
            self._under_way.block()
            self._host.end_sync()
        except BaseException as error:  # noqa: BLE001 - whoever waits is told
            closed.failure = error
        finally:
            closed.set()


class Closed(threading.Event):
    """
    That a server has stopped and its container is closed.

    Attributes:
        failure: what closing raised, None if nothing; `wait` raises it.
    """

    failure: BaseException | None = None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait as `threading.Event` does; raises what closing the container raised."""
        is_set = super().wait(timeout)
        if is_set and self.failure is not None:
            raise self.failure
        return is_set
