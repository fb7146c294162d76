"""Start and close a container to see where the time goes; what is done with the timelines others say."""

import asyncio
from typing import Any

from tenure.observe import TimelineRecorder
from tenure.observe.timeline import Timeline


def timed(container: Any) -> tuple[tuple[Timeline, ...], Exception | None]:
    """
    Start *container*, of either face, and close it.

    Returns:
        The timelines of the start and of the close, and what one of them failed with.
    """
    recorder = TimelineRecorder(container)
    failure: Exception | None = None
    try:
        asyncio.run(_started_and_closed(container))
    except Exception as error:  # noqa: BLE001 - whatever the program raised: the timeline shows where
        failure = error
    finally:
        recorder.detach()
    return (*recorder.starts, *recorder.closes), failure


async def _started_and_closed(container: Any) -> None:
    async with container:
        pass
