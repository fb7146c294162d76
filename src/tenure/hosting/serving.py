"""What the runs of applications that share a container hold together: its resources and its wiring."""

import threading
import weakref
from collections import Counter

from tenure import wiring
from tenure.containers import Container
from tenure.providers import BaseResource


class Serving:
    """
    How many runs a container serves.

    Args:
        container: the container.
    """

    def __init__(self, container: Container) -> None:
        self._container = weakref.ref(container)
        self._guard = threading.Lock()
        self._n_runs: Counter[type[BaseResource[object]]] = Counter()
        self._wirings: list[wiring.PendingWiring] = []

    def begin(self, resource_type: type[BaseResource[object]]) -> None:
        """Count one run more, and serve the functions that no container was wired to."""
        with self._guard:
            self._n_runs[resource_type] += 1
        self.wire()

    def end(self, resource_type: type[BaseResource[object]]) -> bool:
        """Count one run less; tell whether it was the last one that held resources of *resource_type*."""
        with self._guard:
            self._n_runs[resource_type] -= 1
            return self._n_runs[resource_type] == 0

    def wire(self) -> None:
        """Serve the functions that no container was wired to."""
        container = self._container()
        if container is not None:
            self._wirings.append(wiring.wire_pending(container))

    def unwire(self) -> None:
        """Serve them no more, unless a run goes on."""
        with self._guard:
            ended = [] if any(self._n_runs.values()) else self._wirings
            if ended:
                self._wirings = []
        for each in ended:
            each.unwire()


_known: "weakref.WeakKeyDictionary[Container, Serving]" = weakref.WeakKeyDictionary()
_knowing = threading.Lock()


def serving(container: Container) -> Serving:
    """Return what the runs of *container* share."""
    with _knowing:
        return _known.setdefault(container, Serving(container))
