"""
Log what a container does, with `logging`: a sentence for people, and everything that an event says as `extra`.

    attached = tenure.observe.logs.attach(container)

The `extra` keys are the attributes that spans and metrics have as well (`di.provider.key`, `error.type`, …), so that a
structured formatter, `structlog.stdlib.ExtraAdder` for one, shows them under the same names.
"""

import logging
from collections.abc import Mapping

from tenure.events import (
    Abandoned,
    BorrowerLate,
    BorrowerWaited,
    Closed,
    CloseFailed,
    Closing,
    Degraded,
    Event,
    Leak,
    Opened,
    OpenFailed,
    Opening,
    OpenRetried,
    ScopeEntered,
    ScopeLeaving,
    ScopeLeft,
    StartBegan,
    StartEnded,
)
from tenure.observe.attributes import attributes_of, is_of_root
from tenure.observe.exporting import Exporter
from tenure.observe.monitor import Observable
from tenure.observe.sentences import sentence_of
from tenure.workers.handle import WorkerCancelled, WorkerCrashed

LEVELS: Mapping[type[Event], int] = {
    Opening: logging.DEBUG,
    Opened: logging.INFO,
    OpenRetried: logging.WARNING,
    OpenFailed: logging.ERROR,
    Degraded: logging.WARNING,
    Closing: logging.DEBUG,
    Closed: logging.INFO,
    CloseFailed: logging.ERROR,
    Abandoned: logging.ERROR,
    ScopeEntered: logging.DEBUG,
    ScopeLeaving: logging.DEBUG,
    ScopeLeft: logging.INFO,
    StartBegan: logging.DEBUG,
    StartEnded: logging.INFO,
    Leak: logging.WARNING,
    BorrowerWaited: logging.DEBUG,
    BorrowerLate: logging.WARNING,
    WorkerCrashed: logging.WARNING,
    WorkerCancelled: logging.WARNING,
}
"""How loud each kind of event is for what the container itself owns. Of scopes, what is INFO here is DEBUG.

What says that something failed for good is an ERROR all the same: a worker that crashed and is not called again."""


def attach(
    container: Observable,
    *,
    name: str = "container",
    logger: "str | logging.Logger" = "tenure",
    levels: Mapping[type[Event], int] | None = None,
) -> "LogExporter":
    """
    Log the events of *container* from now on.

    Args:
        container: anything with `observe(callback)`.
        name: what the container is called, as `di.container.name`.
        logger: where to, or its name.
        levels: of kinds of events that differ from `LEVELS`; these count as they are, for scopes as well.

    Returns:
        What ends it: `detach()`, or the end of a `with` block.

    Raises:
        BindingError: *name* is empty.
    """
    where = logging.getLogger(logger) if isinstance(logger, str) else logger
    return LogExporter(container, name, where, levels or {}).begin(container)


class LogExporter(Exporter):
    """Logs events; made by `attach`."""

    def __init__(
        self, container: Observable, name: str, logger: logging.Logger, levels: Mapping[type[Event], int]
    ) -> None:
        super().__init__(container, name)
        self._logger = logger
        self._levels = levels

    def show(self, event: Event) -> None:
        """Log *event*, if its level is wanted."""
        level = self._level(event)
        if not self._logger.isEnabledFor(level):
            return
        sentence, *arguments = sentence_of(event)
        extra = {**attributes_of(event, self.container), **self._bindings.attributes(event)}
        error = getattr(event, "error", None)
        shown = (type(error), error, error.__traceback__) if isinstance(error, BaseException) else None
        self._logger.log(level, sentence, *arguments, extra=extra, exc_info=shown)

    def _level(self, event: Event) -> int:
        kind = type(event)
        error = getattr(event, "error", None)
        if kind in self._levels:
            return self._levels[kind]
        if error is not None and not isinstance(error, Exception):
            return logging.DEBUG  # a cancellation is nobody's fault
        if error is not None and not _goes_on(event):
            return logging.ERROR
        level = LEVELS.get(kind, logging.INFO)
        return logging.DEBUG if level == logging.INFO and kind in LEVELS and not is_of_root(event) else level


def _goes_on(event: Event) -> bool:
    """Tell whether what failed is tried again, or done without."""
    return isinstance(event, Degraded) or getattr(event, "delay_s", None) is not None
