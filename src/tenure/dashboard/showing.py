"""
Make what is shown of one container: joins the inspection, the health, the timelines and the graph.

Nothing here waits: the graph is laid out on a thread and shown when that is done, checks run as jobs of the loop.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import copy_context
from typing import Any

import tenure.pool  # noqa: F401 - what looks for pools imports it, which should not be while a loop waits
from tenure.dashboard.observing import Observation
from tenure.dashboard.picture import Picture, picture_of
from tenure.dashboard.status import status_of, timeline_of
from tenure.draw.view import View
from tenure.health.records import HealthReport
from tenure.health.reporting import look_sync, nothing, report
from tenure.lifecycle.backends import current
from tenure.observe.snapshot import engine_of, inspection_of


class Showing:
    """
    The parts that are shown of *container*.

    Args:
        container: of either face.
        touch: called when something has changed without an event; from any thread.
        details: whether texts of errors are told, masked.
        starts: whether the next start is observed, whoever looks.
        health_every_s: how often checks are made while somebody looks; None: never.
    """

    def __init__(
        self, container: Any, touch: Callable[[], object], *, details: bool, starts: bool, health_every_s: float | None
    ) -> None:
        self._container = container
        self._engine: Any = engine_of(container)
        self._touch = touch
        self._details = details
        self._health_every_s = health_every_s
        self._checked_at = float("-inf")
        self._bindings: tuple[Any, ...] | None = None  # those that the picture is of, or is being made of
        self._picture: Picture | None = None
        self.observation: Observation = Observation(self._engine, touch, starts=starts)

    def look(self, is_looked_at: bool) -> None:
        """Have somebody look from now on, or nobody."""
        if is_looked_at:
            self.observation.look()
        else:
            self.observation.look_away()

    def parts(self) -> Mapping[str, Any]:
        """Return what is shown now, by name of the part."""
        seen = inspection_of(self._container, self.observation.watch if self.observation.is_on else None)
        self._draw([binding.key for binding in seen.bindings])
        picture = self._picture
        ids = picture.ids if picture is not None else {}
        timelines = self.observation.timelines()
        started = next((each for each in timelines if each.act == "start"), None)
        status = status_of(seen, self._report(), self.observation.failures, ids, started, details=self._details)
        lines = [timeline_of(each, details=self._details) for each in timelines]
        graph = {} if picture is None else {"graph": picture.data}
        return graph | {"status": status, "timelines": lines}

    def check(self) -> None:
        """Make the checks of what is open, unless that was done a moment ago; on the loop that runs here."""
        if self._health_every_s is not None and time.monotonic() - self._checked_at >= self._health_every_s:
            self._checked_at = time.monotonic()
            current().spawn(self._ask, copy_context(), "tenure dashboard: health")

    async def _ask(self) -> None:
        try:
            await report(self._container)
        except Exception:  # noqa: BLE001 - it reads what the user declared, which may raise anything
            return
        self._touch()

    def _report(self) -> HealthReport | None:
        try:
            return look_sync(self._container, nothing)
        except Exception:  # noqa: BLE001 - likewise
            return None

    def _draw(self, keys: Iterable[Any]) -> None:
        """Begin to lay out the graph if it has changed since."""
        graph = self._engine.graph
        bindings = (*(graph.bindings.get(key) for key in keys), sum(map(len, tuple(graph.learned.values()))))
        if bindings != self._bindings:
            self._bindings = bindings
            threading.Thread(target=self._lay_out, name="tenure dashboard: graph", daemon=True).start()

    def _lay_out(self) -> None:
        made_of = self._bindings
        try:
            picture = picture_of(self._engine)
        except Exception as error:  # noqa: BLE001 - likewise
            picture = Picture(View("", (), (), ()))
            picture.data["error"] = type(error).__qualname__
        if made_of is self._bindings:  # else another thread draws what is newer
            self._picture = picture
            self._touch()
