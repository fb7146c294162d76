"""Cancel a body at a certain step of the opening or closing of a resource."""

import threading
from types import TracebackType
from typing import Any, Self

from tenure.lifecycle.backends import current
from tenure.lifecycle.backends.base import Region


class CutOff:
    """
    The body of an `async with` that is cancelled when a resource opens or closes, on asyncio as on trio.

    The cancellation ends with it: what follows goes on. It reaches whoever waits in the body, as when the client of a
    request goes away; what the container owns opens in a task of its own, which is not the one that is cancelled.

    Attributes:
        has_happened: whether the body was cancelled.
    """

    def __init__(self, begin: Any, end: Any) -> None:
        self.has_happened: bool = False
        self._begin, self._end = begin, end
        self._region: Region | None = None
        self._thread = 0

    async def __aenter__(self) -> Self:
        """Begin to wait for the step."""
        if self._region is not None:
            raise RuntimeError("it was entered before; ask for another one")
        self._region = current().region()
        self._thread = threading.get_ident()
        self._begin(self)
        return self

    def cancel(self) -> None:
        """Cancel the body, from code on its loop."""
        if threading.get_ident() != self._thread:
            raise RuntimeError("a resource that opens or closes on another thread can cancel nothing here")
        assert self._region is not None, "it is only asked while the body runs"
        self.has_happened = True
        self._region.cancel()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """End the cancellation; any other error goes on."""
        self._end(self)
        assert self._region is not None, "it was entered"
        left = await self._region.end(error)
        if left is None or left is error:
            return left is None and error is not None
        try:
            raise left
        finally:
            del left
