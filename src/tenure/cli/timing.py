"""Start and close a container to see where the time goes; what is done with the timelines others say."""

import asyncio
from collections.abc import Callable
from typing import Any

from tenure.events import Closing, Event, ScopeLeaving, ScopeLeft, StartBegan, StartEnded
from tenure.observe import TimelineRecorder
from tenure.observe.timeline import Timeline


def timed(container: Any) -> tuple[tuple[Timeline, ...], Exception | None]:
    """
    Start *container*, of either face, and close it.

    Returns:
        The timelines of the start and of the close, and what one of them failed with.
    """
    whole = Whole(container)
    failure: Exception | None = None
    try:
        asyncio.run(_started_and_closed(container))
    except Exception as error:  # noqa: BLE001 - whatever the program raised: the timeline shows where
        failure = error
    finally:
        whole.detach()
    return tuple(each for each in whole.timelines() if each is not None), failure


async def _started_and_closed(container: Any) -> None:
    async with container:
        pass


class Whole:
    """
    Records the start and the close of a container; an observer.

    After a start that fails there is nothing left to close: what it closes again itself is shown as the close.
    """

    def __init__(self, container: Any) -> None:
        self._recorder = TimelineRecorder(_Nobody())
        self._starts = self._undoes = False
        self.detach: Callable[[], None] = container.observe(self)

    def __call__(self, event: Event) -> None:
        """Take *event* into account."""
        if isinstance(event, StartBegan) and event.scope == "root":
            self._starts = True
        if isinstance(event, Closing) and event.scope == "root" and self._starts and not self._undoes:
            self._undoes = True
            self._recorder(ScopeLeaving(event.at, "root", event.scope_id, None))
        self._recorder(event)
        if isinstance(event, StartEnded) and event.scope == "root":
            self._starts = False
            self._recorder(ScopeLeft(event.at, "root", event.scope_id, None))

    def timelines(self) -> tuple[Timeline | None, Timeline | None]:
        """Return those of the start and of the close, None for what did not happen."""
        starts, closes = self._recorder.starts, self._recorder.closes
        return (starts[0] if starts else None), (closes[-1] if closes else None)


class _Nobody:
    def observe(self, _: Any) -> None:
        """Show nothing: what there is to see is handed over."""
