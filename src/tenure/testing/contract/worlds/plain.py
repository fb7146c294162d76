"""Plain Python: a check is a coroutine that never waits."""

import time
from typing import ClassVar

from tenure.testing.contract.nodes import at_once
from tenure.testing.contract.worlds.base import Main, World


class Sync(World):
    """Plain Python; it has threads, and no tasks."""

    name: ClassVar[str] = "sync"
    is_async: ClassVar[bool] = False
    is_virtual: ClassVar[bool] = False
    second: ClassVar[float] = 0.02

    def run(self, main: Main) -> None:
        """Run *main*."""
        at_once(main())

    def now(self) -> float:
        """Return the time, in seconds of a check."""
        return time.monotonic() / self.second

    async def checkpoint(self) -> None:
        """Do nothing."""

    async def settle(self) -> None:
        """Do nothing."""

    async def sleep(self, seconds: float) -> None:
        """Wait for real; for what is to take longer than a limit."""
        time.sleep(seconds * self.second)  # noqa: ASYNC251  # this world has no loop
