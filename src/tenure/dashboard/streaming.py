"""
Server-sent events (WHATWG HTML, 9.2): what is new, when there is something new, not more often than a viewer can see.

Each event carries the numbers of all parts that the viewer has by then, which its browser sends when it comes back.
"""

import time
from collections.abc import AsyncGenerator, Callable, Mapping

from tenure.dashboard.broadcast import Broadcast, Part
from tenure.dashboard.viewer import Viewer
from tenure.lifecycle.backends import current
from tenure.record import record


@record
class Pace:
    """How often, all in seconds."""

    gap_s: float = 0.25
    """At least so long between one look and the next, however much happens."""
    look_s: float = 1.0
    """At most so long, for what happens without events: the use of pools."""
    beat_s: float = 10.0
    """So long after the last word the viewer is told that the stream is alive."""
    lasts_s: float = 30.0
    """After so long a stream ends, and the browser comes back by itself: a server that stops waits no longer."""
    back_s: float = 1.0
    """How long the browser waits before it comes back."""


async def events(
    broadcast: Broadcast, viewer: Viewer, last_id: str, pace: Pace, name: str, is_stopping: Callable[[], bool]
) -> AsyncGenerator[str, None]:
    """
    Yield what is sent to *viewer*, until it has gone, its time is over, or the server stops.

    Args:
        broadcast: what is shown.
        viewer: to whom.
        last_id: what its browser had last, "" for nothing.
        pace: how often.
        name: what tells this process's numbers from those of the one before it.
        is_stopping: whether the server was told to stop.
    """
    now = current().now
    began = spoke = now()
    sent = _numbers(last_id, name)
    yield f"retry: {pace.back_s * 1000:.0f}\n\n" + _clock()
    while not viewer.over.is_set:
        parts = broadcast.parts(pace.look_s)
        text = _new(parts, sent, name)
        if text:
            yield text
            spoke = now()
        elif now() - spoke >= pace.beat_s:
            yield _clock()
            spoke = now()
        if is_stopping():
            yield "event: stop\ndata: {}\n\n"
            return
        if now() - began >= pace.lasts_s:
            return
        await viewer.rest(pace.gap_s)
        await viewer.news(pace.look_s - pace.gap_s)


def _clock() -> str:
    """Return the event that tells the time here, so that ages are right in a browser whose clock is not."""
    return f'event: clock\ndata: {{"now":{time.time():.1f}}}\n\n'


def _new(parts: Mapping[str, Part], sent: dict[str, int], name: str) -> str:
    """Return the events for what differs from *sent*, which is brought up to date."""
    text = ""
    for key, part in parts.items():
        if sent.get(key) != part.number:
            sent[key] = part.number
            numbers = ".".join(f"{each}-{number}" for each, number in sent.items())
            text += f"id: {name}.{numbers}\nevent: {key}\ndata: {part.text}\n\n"
    return text


def _numbers(last_id: str, name: str) -> dict[str, int]:
    """Return the number of each part as a browser has it, by its last id; {} for one of another process."""
    whose, _, rest = last_id.partition(".")
    if whose != name:
        return {}
    pairs = (each.partition("-") for each in rest.split(".")[:10])
    return {key: int(number) for key, _, number in pairs if number.isascii() and number.isdigit()}
