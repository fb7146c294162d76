"""
What is shown while a run goes on: a region that is drawn again on a terminal, a line now and then elsewhere.

Reads the recorder and the traffic; changes neither.
"""

import asyncio
import time
from types import TracebackType
from typing import Self

from tenure.cli.demo.closing import close_lines
from tenure.cli.demo.recorder import Recorder, Story
from tenure.cli.demo.serving import Meter, served_lines, serving_lines, status_line
from tenure.cli.demo.startup import start_lines
from tenure.cli.demo.traffic import Traffic
from tenure.cli.screen import Screen
from tenure.cli.text import EMPTY, Line, Span, Tone, duration, line, quiet, strong

TICK_S = 0.05
TICKS_PER_STATUS = 10


class Display:
    """Shows a run from entering to leaving; draws in a task of its own."""

    def __init__(self, screen: Screen, recorder: Recorder, n_requests: int) -> None:
        self._screen = screen
        self._recorder = recorder
        self._n_requests = n_requests
        self._traffic: Traffic | None = None
        self._meter = Meter(0.0)

    async def __aenter__(self) -> Self:
        """Begin to draw."""
        self._screen.begin()
        self._task = asyncio.create_task(self._draw_on(), name="demo display")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Draw no more, and leave the screen as it was."""
        self._task.cancel()
        await asyncio.wait([self._task])
        self._screen.end()
        if not self._task.cancelled():
            self._task.result()  # drawing fails: say so

    def say_started(self) -> None:
        """Say what was opened."""
        recorder, screen = self._recorder, self._screen
        stories = [story for story in recorder.stories.values() if story.opened_at is not None]
        began, ended = recorder.started_at or 0.0, recorder.ended_at or 0.0
        screen.say([*start_lines(stories, began, ended, screen.width, screen.glyphs), EMPTY])

    def serve(self, traffic: Traffic) -> None:
        """Show *traffic* from now on."""
        self._traffic = traffic
        self._meter = Meter(time.perf_counter())
        self._tick(0)

    def say_stopping(self, signal_name: str) -> None:
        """Say that a signal ends the traffic."""
        hint = "finishing what is in flight, then closing; once more cuts it off"
        self._screen.say([line(Span(signal_name, Tone.ACCENT), f": {hint}"), EMPTY])

    def say_served(self) -> None:
        """Say how the traffic went; it is over."""
        if self._traffic is None:
            return
        traffic, self._traffic = self._traffic, None
        self._meter.measure(time.perf_counter(), traffic.told.n_done)
        screen = self._screen
        screen.say([*served_lines(traffic.told, self._meter, screen.width, screen.glyphs), EMPTY])

    def say_closed(self) -> None:
        """Say what was closed."""
        stories = list(self._recorder.stories.values())
        self._screen.say([*close_lines(stories, self._screen.width, self._screen.glyphs), EMPTY])

    async def _draw_on(self) -> None:
        n_ticks = 0
        while True:
            await asyncio.sleep(TICK_S)
            n_ticks += 1
            self._tick(n_ticks)

    def _tick(self, n_ticks: int) -> None:
        traffic, screen = self._traffic, self._screen
        if traffic is None:
            screen.region(waiting_lines(list(self._recorder.stories.values()), time.perf_counter()))
            return
        self._meter.measure(time.perf_counter(), traffic.told.n_done)
        shown = (traffic, self._n_requests, self._meter, self._recorder)
        if n_ticks % TICKS_PER_STATUS == 0:
            screen.status(status_line(*shown))
        screen.region(serving_lines(*shown, screen.width, screen.glyphs))


def waiting_lines(stories: list[Story], now: float) -> list[Line]:
    """Return what is being opened or closed at the time *now*, a line each, and how long that takes already."""
    busy: list[tuple[str, Story, float]] = []
    for story in stories:
        if story.opened_at is None and story.error is None:
            busy.append(("opening", story, story.opening_at))
        elif story.closing_at is not None and story.closed_at is None:
            busy.append(("closing", story, story.closing_at))
    n_open = sum(story.opened_at is not None and story.closed_at is None for story in stories)
    lines = [line(quiet(f"  {verb}  "), Span(story.label, Tone.ACCENT), f"  {duration(now - began).strip()}")
             for verb, story, began in busy]  # fmt: skip
    return [line(strong(f"{n_open} open")), *lines]
