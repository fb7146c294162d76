"""An operation of a life, under way in some task."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

Operation: TypeAlias = Callable[[], Awaitable[Any]]


class Going:
    """An operation under way."""

    __slots__ = ("cancel", "error", "is_done", "value")

    def __init__(self) -> None:
        self.value: Any = None
        self.error: BaseException | None = None
        self.is_done = False
        self.cancel: Callable[[], object] | None = None

    async def run(self, operation: Operation) -> None:
        """Run *operation*; whatever it raises is kept."""
        try:
            self.value = await operation()
        except BaseException as error:
            self.error = error
        self.is_done = True
