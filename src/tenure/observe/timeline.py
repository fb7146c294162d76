"""
The timeline of one start or close: who was opened (closed) when, for how long, waiting for whom; the critical path.

A pure record made of events: knows no container and no clock, draws nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tenure.observe.histogram import duration
from tenure.record import record


@record
class Span:
    """One opening or closing of a timeline. Times are seconds after the timeline's beginning."""

    id: int
    """As in its events."""
    label: str
    scope: str
    began_s: float
    """Negative for what others had begun before."""
    elapsed_s: float
    """How long its code ran, retries included; up to the end of the timeline if it had not ended."""
    waited_for: tuple[int, ...]
    """Ids of the spans that had to end before: of what it needs where it was opened, of what needs it where it closed.
    What failed to open is not known to have waited for anything."""
    idle_s: float
    """How long nothing that it waited for was going on, and it had not begun: it waited for its turn (`max_parallel`),
    for a thread, or for the event loop."""
    outcome: str
    """"done", "failed", "abandoned" (given up at its limit) or "under way" at the end of the timeline."""
    error: str | None = None
    """The class and text of the error where it failed."""
    n_retries: int = 0

    @property
    def ended_s(self) -> float:
        """When it ended."""
        return self.began_s + self.elapsed_s


@record
class Timeline:
    """
    One start or close.

    `spans` are in order of beginning. `critical` are the ids of the spans that the last one to end had to wait for, one
    after the other, the first first: each is what the next one waited for longest. The time from the beginning to the
    end of the last of them is exactly what they took and idled; to make the whole shorter, shorten one of these.
    """

    act: str
    """"start" or "close"."""
    scope: str
    """Name of the scope that was started or closed; "root" for the container."""
    scope_id: int
    elapsed_s: float
    spans: tuple[Span, ...]
    critical: tuple[int, ...]
    error: str | None = None
    """The class and text of the error that ended a start, or that ended the body of what is closed."""
    n_dropped: int = 0
    """How many events were not looked at because there were too many."""

    @property
    def critical_s(self) -> float:
        """Seconds that the code of the spans on the critical path ran."""
        path = set(self.critical)
        return sum(span.elapsed_s for span in self.spans if span.id in path)

    def as_dict(self) -> dict[str, Any]:
        """Return it as dicts, lists, strings and numbers, which `json.dumps` takes and `from_dict` takes back."""
        found: dict[str, Any] = {name: getattr(self, name) for name in self.__match_args__}
        spans = [{name: getattr(span, name) for name in span.__match_args__} for span in self.spans]
        for span in spans:
            span["waited_for"] = list(span["waited_for"])
        return found | {"spans": spans, "critical": list(self.critical)}

    def svg(self) -> str:
        """Return it as a waterfall: an SVG document that needs nothing else, for light and dark."""
        from tenure.draw.waterfall import waterfall_of  # noqa: PLC0415 - imported on use: many programs never do

        return waterfall_of(self)

    def html(self) -> str:
        """Return the waterfall as a page of its own, with a table of the same."""
        from tenure.draw.waterfall_page import waterfall_page_of  # noqa: PLC0415 - as above

        return waterfall_page_of([self], title=f"{self.act} of {self.scope}")

    def bars(self, *, columns: int = 80) -> str:
        """
        Return the waterfall as lines for a terminal that is *columns* wide, >= 40.

        Raises:
            ValueError: *columns* is less than 40.
        """
        from tenure.draw.waterfall_text import bars_of  # noqa: PLC0415 - as above

        return bars_of(self, columns=columns)

    def _repr_svg_(self) -> str:
        """Have notebooks show the waterfall."""
        return self.svg()

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "Timeline":
        """
        Return the timeline that `as_dict` gave *saved* for.

        Raises:
            TypeError: *saved* has other fields.
        """
        spans = tuple(Span(**{**span, "waited_for": tuple(span["waited_for"])}) for span in saved["spans"])
        return cls(**{**saved, "spans": spans, "critical": tuple(saved["critical"])})

    def __str__(self) -> str:
        """Return a line for the whole and one per span; those on the critical path are marked by `*`."""
        labels = {span.id: span.label for span in self.spans}
        path = " → ".join(labels[id] for id in self.critical)
        ended = f", ended by {self.error}" if self.error else ""
        head = f"{self.act} of {self.scope}: {duration(self.elapsed_s)}, {len(self.spans)} spans{ended}"
        through = f"critical path {duration(self.critical_s)}: {path}" if path else "nothing to wait for"
        marked = set(self.critical)
        lines = [f"{'*' if span.id in marked else ' '} {_line(span, labels)}" for span in self.spans]
        return "\n".join([head, through, *lines])


def _line(span: Span, labels: Mapping[int, str]) -> str:
    said = [f"{duration(span.began_s):>8} + {duration(span.elapsed_s):<8} {span.label}"]
    said += [f"after {', '.join(labels[id] for id in span.waited_for)}"] if span.waited_for else []
    said += [f"{span.n_retries} retries"] if span.n_retries else []
    said += [span.outcome if span.error is None else f"{span.outcome}: {span.error}"] * (span.outcome != "done")
    return ", ".join(said)


def critical_path(spans: Sequence[Span]) -> tuple[int, ...]:
    """
    Return the ids of the spans that the last of *spans* to end waited for, one after the other, and its own.

    Going back from that one, each is the one that ended last among those that the next one waited for. O(spans +
    waits).
    """
    by_id = {span.id: span for span in spans}
    found: dict[int, None] = {}
    at = max(spans, key=_end, default=None)
    while at is not None and at.id not in found:  # told by a container there are no circles; records may say anything
        found[at.id] = None
        at = max((by_id[id] for id in at.waited_for if id in by_id), key=_end, default=None)
    return tuple(reversed(found))


def _end(span: Span) -> tuple[float, int]:
    return span.ended_s, -span.id


def idle_before(began_s: float, waited_for: Iterable[float]) -> float:
    """Return how long before *began_s* nothing was going on that ended at the times *waited_for*."""
    return max(began_s - max(waited_for, default=0.0), 0.0) if began_s > 0 else 0.0
