"""A stretch of the running task that can be interrupted from outside, on asyncio and on trio."""

from types import TracebackType
from typing import Any, Protocol, Self

from tenure.lifecycle.backends import current


class Region(Protocol):
    """Enter it with `with`; leave it by the interruption, which goes no further, or otherwise."""

    @property
    def is_interrupted(self) -> bool:
        """Whether it was left by its interruption."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> bool | None: ...

    def interrupt(self) -> None:
        """Cancel what runs in it; on the thread of the loop, once."""
        ...


def region() -> Region:
    """Return a region for the library that runs."""
    return _TrioRegion() if current().name == "trio" else _AsyncioRegion()


class _AsyncioRegion:
    """Cancels the task; takes the cancellation back where nobody else cancelled it as well."""

    def __init__(self) -> None:
        self.is_interrupted = False
        self._is_asked = False
        self._is_inside = False
        self._task: Any = None
        self._n_before = 0

    def __enter__(self) -> Self:
        self._task = current().task()
        self._n_before = self._task.cancelling()
        self._is_inside = True
        return self

    def interrupt(self) -> None:
        if self._is_inside and not self._is_asked:
            self._is_asked = True
            self._task.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._is_inside = False
        task, self._task = self._task, None
        if not self._is_asked:
            return False
        n_left = task.uncancel()
        self.is_interrupted = error is not None and current().is_cancellation(error) and n_left <= self._n_before
        return self.is_interrupted


class _TrioRegion:
    """A cancel scope."""

    def __init__(self) -> None:
        import trio  # noqa: PLC0415 - an optional extra; it runs already

        self._scope = trio.CancelScope()

    @property
    def is_interrupted(self) -> bool:
        return self._scope.cancelled_caught

    def __enter__(self) -> Self:
        self._scope.__enter__()
        return self

    def interrupt(self) -> None:
        self._scope.cancel()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._scope.__exit__(kind, error, trace)
