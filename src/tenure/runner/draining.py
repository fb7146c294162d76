"""What a run that stops still has to do: scopes that were open then, resources that are not closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tenure.events import Closed, CloseFailed, Event, Opened, OpenFailed, Opening, ResourceEvent, ScopeLeft
from tenure.runner.options import Runnable


class Accepted:
    """
    Scopes that are open when it is made; those that are entered later do not count, or a busy server would never end.

    Args:
        container: whose scopes.
        on_left: called whenever one was left, on the thread that left it.
    """

    def __init__(self, container: Runnable, on_left: Callable[[], None]) -> None:
        self._container = container
        self._on_left = on_left
        self._end: Callable[[], None] = container.observe(self._observe)
        self._ids = self._open_now()

    def _open_now(self) -> set[int]:
        return {scope.id for scope in self._container.snapshot().scopes if scope.parent_id is not None}

    def _observe(self, event: Event) -> None:
        if isinstance(event, ScopeLeft):
            self._on_left()

    @property
    def are_left(self) -> bool:
        """Whether all of them have been left."""
        if self._ids:
            self._ids &= self._open_now()
        return not self._ids

    def forget(self) -> None:
        """Look no more."""
        self._end()


class Ledger:
    """
    What a container still holds.

    Args:
        container: the container.
    """

    def __init__(self, container: Runnable) -> None:
        self._container = container
        container.snapshot()  # what that imports on first use must be whole before a handler asks
        self._closed: set[int] = set()
        self._opening: dict[int, ResourceEvent] | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep account in the body, in which everything is opened or closed."""
        end = self._container.observe(self._observe)
        self._opening = {}
        try:
            yield
        finally:
            end()
            self._opening = None

    def _observe(self, event: Event) -> None:
        opening = self._opening
        if opening is None:
            return
        if isinstance(event, Opening):
            opening[event.id] = event
        elif isinstance(event, Opened | OpenFailed):
            opening.pop(event.id, None)
        elif isinstance(event, Closed | CloseFailed):
            self._closed.add(event.id)

    def unreleased(self) -> list[str]:
        """Return what is open, or has begun to open, a line each; takes no lock, for a signal handler asks."""
        begun = self._opening
        lines = [
            f"{view.label} ({view.scope}, {view.state})"
            for view in self._container.snapshot().resources
            if view.id not in self._closed and (begun is None or view.state != "opening")
        ]
        return lines + [f"{event.label} ({event.scope}, opening)" for event in list((begun or {}).values())]
