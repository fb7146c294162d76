"""
A timeline as a chart: rows, where their bars begin and end, what each waited for, and the ticks of the axis.

Everything that draws a waterfall reads this. Of an error only its class is shown: texts of errors may say anything.
"""

import math
from collections.abc import Sequence
from typing import Protocol

from tenure.record import record


class Span(Protocol):
    """One opening or closing; see `tenure.observe.timeline.Span`."""

    @property
    def id(self) -> int: ...  # noqa: D102 - as there
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def scope(self) -> str: ...  # noqa: D102
    @property
    def began_s(self) -> float: ...  # noqa: D102
    @property
    def elapsed_s(self) -> float: ...  # noqa: D102
    @property
    def waited_for(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def idle_s(self) -> float: ...  # noqa: D102
    @property
    def outcome(self) -> str: ...  # noqa: D102
    @property
    def error(self) -> str | None: ...  # noqa: D102
    @property
    def n_retries(self) -> int: ...  # noqa: D102


class Timeline(Protocol):
    """One start or close; see `tenure.observe.timeline.Timeline`."""

    @property
    def act(self) -> str: ...  # noqa: D102 - as there
    @property
    def scope(self) -> str: ...  # noqa: D102
    @property
    def elapsed_s(self) -> float: ...  # noqa: D102
    @property
    def spans(self) -> Sequence[Span]: ...  # noqa: D102
    @property
    def critical(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def critical_s(self) -> float: ...  # noqa: D102
    @property
    def error(self) -> str | None: ...  # noqa: D102
    @property
    def n_dropped(self) -> int: ...  # noqa: D102


@record
class Row:
    """One bar. Times are seconds after the beginning of the chart."""

    label: str
    began_s: float
    ended_s: float
    idle_s: float
    """How long before it began it waited for its turn, a thread or the event loop."""
    is_critical: bool
    is_done: bool
    """Whether it ended well."""
    after: int | None
    """Number of the row that it waited for longest; None: it waited for none."""
    said: str
    """What stands behind the bar: how long it took, and how it ended if not well."""
    details: str
    """What is told when one points at it, in lines."""


@record
class Chart:
    """One start or close, to be drawn."""

    title: str
    note: str
    elapsed_s: float
    """From the left edge to the right one."""
    ticks: tuple[float, ...]
    """Seconds after the left edge."""
    begin_s: float
    """Of the start or close, after the left edge: not 0 where something had begun before."""
    rows: tuple[Row, ...]


_NEARLY = 1e-4
"""Part of a tick's distance that ends may be off: durations are differences of clocks that count from long ago."""


def chart_of(timeline: Timeline) -> Chart:
    """Return *timeline* as a chart, a row for each span, in order of beginning."""
    spans = timeline.spans
    begin_s = -min([0.0, *(span.began_s for span in spans)])
    end_s = max([timeline.elapsed_s, *(span.began_s + span.elapsed_s for span in spans)])
    number = {span.id: at for at, span in enumerate(spans)}
    critical = set(timeline.critical)
    rows = tuple(_row(span, spans, number, begin_s, span.id in critical) for span in spans)
    elapsed_s = (begin_s + end_s) or 1e-9
    ticks = tuple(begin_s + tick for tick in _ticks(end_s))
    return Chart(_title(timeline), _note(timeline), elapsed_s, ticks, begin_s, rows)


def _title(timeline: Timeline) -> str:
    failed = f", ended by {_class(timeline.error)}" if timeline.error else ""
    return f"{timeline.act} of {timeline.scope}: {seconds(timeline.elapsed_s)}{failed}"


def _note(timeline: Timeline) -> str:
    labels = {span.id: span.label for span in timeline.spans}
    word = "opened" if timeline.act == "start" else "closed"
    dropped = f", {timeline.n_dropped} events left out" if timeline.n_dropped else ""
    path = " → ".join(labels[id_] for id_ in timeline.critical if id_ in labels)
    critical = f"; critical path {seconds(timeline.critical_s)}: {path}" if path else ""
    return f"{len(timeline.spans)} {word}{dropped}{critical}"


def _row(span: Span, spans: Sequence[Span], number: dict[int, int], begin_s: float, is_critical: bool) -> Row:
    waited = [number[id_] for id_ in span.waited_for if id_ in number]
    after = max(waited, key=lambda at: (spans[at].began_s + spans[at].elapsed_s, -at), default=None)
    began_s = begin_s + span.began_s
    ending = "" if span.outcome == "done" else f" {span.outcome}{f': {_class(span.error)}' if span.error else ''}"
    retries = f" {span.n_retries} retries" if span.n_retries else ""
    said = f"{seconds(span.elapsed_s)}{ending}{retries}"
    details = [f"{span.label}: {said}", f"in {span.scope}, {seconds(span.began_s)} after the beginning"]
    details += [f"waited for {', '.join(spans[at].label for at in waited)}"] if waited else []
    details += [f"waited {seconds(span.idle_s)} for its turn"] if span.idle_s > 0 else []
    details += ["on the critical path"] if is_critical else []
    return Row(
        span.label, began_s, began_s + span.elapsed_s, max(span.idle_s, 0.0), is_critical, span.outcome == "done",
        after, said, "\n".join(details),
    )  # fmt: skip


def _class(error: str | None) -> str:
    return (error or "").partition(":")[0]


def _ticks(end_s: float, most: int = 8) -> list[float]:
    """Return round times from 0 to *end_s*: 1, 2 or 5 of a power of ten apart."""
    if end_s <= 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(end_s / most))
    step = next(factor * power for factor in (1, 2, 5, 10) if end_s / (factor * power) <= most + _NEARLY)
    return [number * step for number in range(int(end_s / step + _NEARLY) + 1)]


def seconds(value: float) -> str:
    """Return a time as people say it, with three digits: "1.25 ms"."""
    size = abs(value)
    if size >= 1000:
        return f"{value:.0f} s"
    for unit, factor in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if size >= factor * 0.9995:
            return f"{float(f'{value / factor:.3g}'):.10g} {unit}"
    return "0 s"
