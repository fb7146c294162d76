"""How the traffic goes, as lines. The meter remembers; the rest is pure."""

from collections import deque
from dataclasses import dataclass, field
from statistics import quantiles

from tenure.cli.demo.recorder import Recorder
from tenure.cli.demo.traffic import Told, Traffic
from tenure.cli.text import (
    EMPTY,
    Glyphs,
    Line,
    Span,
    Tone,
    count,
    duration,
    line,
    progress,
    quiet,
    sparkline,
    strong,
)

WINDOW = 10
N_LATENCIES = 2000


@dataclass(slots=True)
class Meter:
    """How many requests are done at which time, and so how many a second; times are in seconds."""

    began: float
    ended: float = 0.0
    samples: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    history: list[float] = field(default_factory=list)
    """Requests per second, at each measurement."""

    def measure(self, at: float, n_done: int) -> None:
        """Note that *n_done* requests are done at the time *at*."""
        self.ended = at
        self.samples.append((at, n_done))
        self.history.append(self.rate)

    @property
    def rate(self) -> float:
        """Requests per second over the last measurements; 0 before the second one."""
        if len(self.samples) < 2:
            return 0.0
        (first, n_first), (last, n_last) = self.samples[0], self.samples[-1]
        return (n_last - n_first) / max(last - first, 1e-9)


def serving_lines(
    traffic: Traffic, n_requests: int, meter: Meter, recorder: Recorder, width: int, glyphs: Glyphs
) -> list[Line]:
    """Return the region that shows the traffic while it goes on."""
    told = traffic.told
    done, undone = progress(told.n_done / n_requests, max(width - 26, 10), glyphs)
    half, most = latencies(told)
    return [
        EMPTY,
        line(
            Span(done, Tone.ACCENT), quiet(undone), f"  {count(told.n_done)}", quiet(f" / {count(n_requests)}")
        ),
        line(
            strong(f"{count(meter.rate):>6}"), " requests/s  ",
            Span(sparkline(meter.history, max(width - 62, 8), glyphs), Tone.ACCENT),
            quiet(f"  half within{half}, 99 % within{most}"),
        ),
        line(*_answers(told), quiet(f", {traffic.n_in_flight} in flight")),
        line(*_open_now(recorder)),
    ]  # fmt: skip


def status_line(traffic: Traffic, n_requests: int, meter: Meter, recorder: Recorder) -> Line:
    """Return one line that tells how the traffic goes."""
    done = f"{count(traffic.told.n_done):>7} of {count(n_requests)}"
    return line(f"  serving {done}  {count(meter.rate):>6} requests/s  ", *_open_now(recorder))


def served_lines(told: Told, meter: Meter, width: int, glyphs: Glyphs) -> list[Line]:
    """Return what is left of the traffic when it is over."""
    elapsed_s = max(meter.ended - meter.began, 1e-9)
    half, most = latencies(told)
    return [
        line(
            strong(f"Served {count(told.n_done)} requests in {duration(elapsed_s).strip()}"),
            f": {count(told.n_done / elapsed_s)} requests/s",
        ),
        line("  ", *_answers(told)),
        line(
            Span("  " + sparkline(meter.history, max(width - 44, 8), glyphs), Tone.ACCENT),
            quiet(f"  half within{half}, 99 % within{most}"),
        ),
    ]


def latencies(told: Told) -> tuple[str, str]:
    """Return the time within which half, and 99 of 100, of the last requests were answered."""
    recent = told.latencies_s[-N_LATENCIES:]
    if len(recent) < 2:
        return " -", " -"
    cuts = quantiles(recent, n=100, method="inclusive")
    return f" {duration(cuts[49]).strip()}", f" {duration(cuts[98]).strip()}"


def _answers(told: Told) -> list[str | Span]:
    parts: list[str | Span] = [f"{count(len(told.confirmed))} orders, {count(told.n_read)} reads, "]
    parts.append(f"{count(len(told.refused))} failed on purpose, {len(told.left)} left half-way")
    if told.unknown:
        parts.append(f", {len(told.unknown)} cut off")
    return parts


def _open_now(recorder: Recorder) -> list[str | Span]:
    tallies = recorder.tallies.items()
    n_root = sum(tally.n_owed for _, tally in tallies if tally.scope == "root")
    inner = [f"{tally.n_owed} {label}" for label, tally in tallies if tally.scope != "root"]
    return [f"open: {n_root} for all", quiet("".join(f", {kind}" for kind in inner))]
