"""`serving`: a dashboard by itself, for programs that serve no HTTP; on the running loop, or on a thread of its own."""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager

from tenure.dashboard.admission import is_loopback
from tenure.dashboard.app import Dashboard
from tenure.dashboard.server import served


class serving:  # noqa: N801 - it stands in `with serving(...)`, as a function would
    """
    Serve *dashboard* while the body runs; what `with` gives is its address, as "http://127.0.0.1:8321/".

    `async with` serves it on the running loop of asyncio, `with` on a thread and loop of its own, whatever the program
    runs. Its own server answers browsers on this machine; for more (TLS, workers) give the dashboard to a server of
    ASGI.

    Args:
        dashboard: what is served.
        host: an address of this machine. Any other than loopback takes a dashboard with a token.
        port: 0 for any that is free.

    Raises:
        ValueError: others could reach *host*, and the dashboard has no token.
        OSError: on entering: the port is taken, or the host is not of this machine.
    """

    def __init__(self, dashboard: Dashboard, *, host: str = "127.0.0.1", port: int = 0) -> None:
        if not is_loopback(host) and not dashboard.has_token:
            msg = f"others can reach {host}: the dashboard needs a token; see `token` of Dashboard"
            raise ValueError(msg)
        self._what = dashboard, host, port
        self._here: AbstractAsyncContextManager[str] | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    async def __aenter__(self) -> str:
        self._here = served(*self._what)
        return await self._here.__aenter__()

    async def __aexit__(self, *_: object) -> None:
        here, self._here = self._here, None
        if here is not None:
            await here.__aexit__(None, None, None)

    def __enter__(self) -> str:
        address: Future[str] = Future()
        self._thread = threading.Thread(target=self._serve, args=(address,), name="tenure dashboard", daemon=True)
        self._thread.start()
        return address.result()

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._stop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def _serve(self, address: "Future[str]") -> None:
        async def main() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            async with served(*self._what) as where:
                address.set_result(where)
                await self._stop.wait()

        try:
            asyncio.run(main())
        except BaseException as error:
            if address.done():
                raise
            address.set_exception(error)
