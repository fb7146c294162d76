"""What a run that stops still has to do: scopes that were open then, resources that are not closed."""

from collections.abc import Callable

from tenure.events import Closed, CloseFailed, Event, ScopeLeft
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
        self._closed: set[int] = set()
        self._end: Callable[[], None] | None = None

    def begin(self) -> None:
        """Keep account from now on: before anything closes."""
        self._end = self._container.observe(self._observe)

    def end(self) -> None:
        """Keep account no more."""
        if self._end is not None:
            self._end()

    def _observe(self, event: Event) -> None:
        if isinstance(event, Closed | CloseFailed):
            self._closed.add(event.id)

    def unreleased(self) -> list[str]:
        """Return what is open, a line each; takes no lock, for a signal handler asks."""
        views = [view for view in self._container.snapshot().resources if view.id not in self._closed]
        return [f"{view.label} ({view.scope}, {view.state})" for view in views]
