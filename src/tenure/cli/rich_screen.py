"""A screen that `rich` draws: colours as the terminal has them, a live region that follows its size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text

from tenure.cli.screen import Screen
from tenure.cli.text import Line, Tone, cut

_STYLES = {
    Tone.PLAIN: "",
    Tone.STRONG: "bold",
    Tone.QUIET: "dim",
    Tone.ACCENT: "cyan",
    Tone.GOOD: "green",
    Tone.BAD: "red",
}


@dataclass(slots=True)
class RichScreen(Screen):
    """A live terminal."""

    _console: Any = field(init=False, default=None)
    _live: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._console = Console(file=self.stream, highlight=False, soft_wrap=True)

    def say(self, lines: Sequence[Line], *, whole: bool = False) -> None:
        """Write *lines* for good, above the region; *whole* ones may be wider than the screen."""
        if lines:
            self._drawn(lambda: self._console.print(self._text_of(lines, whole=whole), soft_wrap=True))

    def region(self, lines: Sequence[Line]) -> None:
        """Show *lines* in the place of the last region."""
        height = max(self._console.size.height - 2, 1)
        text = self._text_of(lines[:height], whole=False)
        self._drawn(lambda: self._update(text))

    def begin(self) -> None:
        """Hide the cursor, which would jump with the region."""

    def end(self) -> None:
        """Remove the region and show the cursor."""
        live, self._live = self._live, None
        if live is not None:
            self._drawn(lambda: (live.update(Text(""), refresh=True), live.stop()))

    def _update(self, text: Text) -> None:
        if self._live is None:
            self._live = Live(
                text, console=self._console, auto_refresh=False, transient=True, redirect_stdout=False,
                redirect_stderr=False, vertical_overflow="crop",
            )  # fmt: skip
            self._live.start()
            self._console.show_cursor(True)  # a second signal ends the process at once: nobody would show it again
        self._live.update(text, refresh=True)

    def _text_of(self, lines: Sequence[Line], *, whole: bool) -> Text:
        width = self._console.size.width - 1
        shown = lines if whole else [cut(line, width, self.glyphs.more) for line in lines]
        return Text("\n").join(Text.assemble(*((s.text, _STYLES[s.tone]) for s in line)) for line in shown)

    def _drawn(self, draw: Any) -> None:
        if self.is_broken:
            return
        try:
            draw()
        except (OSError, ValueError):  # the reader has gone; ValueError: the stream was closed
            self.is_broken = True
