"""
The libraries that can run Tenure's waits, behind one seam.

`current()` is the only place that asks which library runs; each backend is imported when first met.
"""

import sys
from typing import Any

from tenure.lifecycle.backends.base import Backend, Job, LimitReachedError, Region

__all__ = [
    "Backend",
    "Job",
    "LimitReachedError",
    "Region",
    "asyncio_backend",
    "current",
    "describe",
    "is_cancellation",
    "is_dead",
    "running",
]


def running() -> Backend | None:
    """Return the backend of the event loop that runs in this thread, None where none runs."""
    trio = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_run():
        return _trio()
    asyncio = sys.modules.get("asyncio")
    if asyncio is not None and asyncio._get_running_loop() is not None:  # noqa: SLF001 - the documented cheap form
        return asyncio_backend()
    return None


def current() -> Backend:
    """
    Return the backend of the event loop that runs in this thread.

    Raises:
        RuntimeError: no asyncio loop and no trio run is active in this thread.
    """
    backend = running()
    if backend is None:
        raise RuntimeError("no event loop runs in this thread; call this from asyncio or trio code")
    return backend


_instances: dict[str, Any] = {}


def asyncio_backend() -> Backend:
    """Return the backend of asyncio, for those who know already that it runs."""
    backend: Backend | None = _instances.get("asyncio")
    if backend is None:
        from tenure.lifecycle.backends.asyncio import AsyncioBackend  # noqa: PLC0415 - imported on first use

        backend = _instances["asyncio"] = AsyncioBackend()
    return backend


def _trio() -> Backend:
    backend: Backend | None = _instances.get("trio")
    if backend is None:
        from tenure.lifecycle.backends.trio import TrioBackend  # noqa: PLC0415 - an optional extra, imported on use

        backend = _instances["trio"] = TrioBackend()
    return backend


def is_cancellation(error: BaseException) -> bool:
    """Tell whether *error* is the running library's way of stopping a task."""
    backend = running()
    return backend is not None and backend.is_cancellation(error)


def describe(token: Any) -> str:
    """Return the event loop *token*, of whichever library, as text."""
    backend = asyncio_backend() if hasattr(token, "is_closed") else _trio()
    return backend.describe(token)


def is_dead(token: Any) -> bool:
    """Tell whether the event loop *token* has ended for good."""
    backend = asyncio_backend() if hasattr(token, "is_closed") else _trio()
    return backend.is_dead(token)
