"""The observer, shown events made by hand."""

from typing import Any

from tenure import events
from tenure.cli.demo.closing import close_lines
from tenure.cli.demo.recorder import Recorder, Tally
from tenure.cli.text import ASCII

ERROR = ValueError("boom")


def who(number: int, label: str, scope: str = "root") -> dict[str, Any]:
    return {"id": number, "key": label, "label": label, "scope": scope, "scope_id": 1}


def opened(at: float, number: int, label: str, *needs: int, scope: str = "root") -> list[events.Event]:
    there = who(number, label, scope)
    return [events.Opening(at=at, **there), events.Opened(at=at + 1, **there, elapsed_s=1.0, needs=needs)]


def closed(
    at: float, number: int, label: str, outcome: BaseException | None = None, scope: str = "root"
) -> list[events.Event]:
    there = who(number, label, scope)
    return [
        events.Closing(at=at, **there),
        events.Closed(at=at + 1, **there, elapsed_s=1.0, lifetime_s=9.0, outcome=outcome),
    ]


def shown(*groups: list[events.Event]) -> Recorder:
    recorder = Recorder()
    for group in groups:
        for event in group:
            recorder(event)
    return recorder


def test_counts_by_kind() -> None:
    """What is opened, closed, and closed with an error before its eyes is counted under its label."""
    recorder = shown(
        opened(0, 1, "Tx", scope="request"),
        opened(0, 2, "Tx", scope="request"),
        closed(5, 1, "Tx", scope="request"),
        closed(5, 2, "Tx", ERROR, scope="request"),
        opened(7, 3, "Tx", scope="request"),
    )

    assert {"Tx": Tally("request", n_opened=3, n_closed=2, n_told=1, n_owed=1)} == recorder.tallies


def test_failures_are_counted_apart() -> None:
    """A failed opening owes nothing, a failed closing neither; what was abandoned is still owed."""
    there = who(2, "Pool")
    recorder = shown(
        [events.Opening(at=0, **who(1, "Pool")), events.OpenFailed(at=1, **who(1, "Pool"), elapsed_s=1, error=ERROR)],
        opened(2, 2, "Pool"),
        [events.Closing(at=5, **there), events.CloseFailed(at=6, **there, elapsed_s=1, lifetime_s=3, error=ERROR)],
        opened(7, 3, "Pool"),
        [events.Closing(at=9, **who(3, "Pool")), events.Abandoned(at=10, **who(3, "Pool"), limit_s=1)],
    )

    assert {"Pool": Tally("root", n_opened=2, n_failed=3, n_owed=1)} == recorder.tallies


def test_closing_before_a_dependent_is_a_violation() -> None:
    """What is closed while something made from it is open is named."""
    recorder = shown(opened(0, 1, "Pool"), opened(2, 2, "Server", 1), closed(5, 1, "Pool"), closed(7, 2, "Server"))

    assert (recorder.n_edges, recorder.violations) == (1, ["Pool was closed before what needed it"])


def test_closing_dependents_first_is_in_order() -> None:
    """Dependents first, each of them, is what is asked for."""
    recorder = shown(
        opened(0, 1, "Pool"),
        opened(2, 2, "Server", 1),
        opened(2, 3, "Worker", 1, 1),
        closed(5, 3, "Worker"),
        closed(7, 2, "Server"),
        closed(9, 1, "Pool"),
    )

    assert recorder.violations == []


def test_scopes_are_counted_by_name() -> None:
    """What was left is counted; what was not is still there."""
    recorder = shown(
        [
            events.ScopeEntered(at=0, scope="request", scope_id=2, parent_id=1),
            events.ScopeEntered(at=0, scope="request", scope_id=3, parent_id=1),
            events.ScopeLeft(at=1, scope="request", scope_id=2, outcome=None),
        ]
    )

    assert (recorder.n_left, recorder.scopes) == ({"request": 1}, {3: "request"})


def test_close_is_told_in_order_of_closing() -> None:
    """The report on the close numbers resources in the order in which they began to close."""
    recorder = shown(opened(0, 1, "Pool"), opened(2, 2, "Server", 1), closed(5, 2, "Server"), closed(7, 1, "Pool"))
    lines = close_lines(list(recorder.stories.values()), 60, ASCII)

    assert ["".join(span.text for span in line).rstrip() for line in lines] == [
        "Closed 2 resources in 3.00 s, each before what it was made from",
        "   1  Server   1.00 s   #########",
        "   2  Pool     1.00 s                      #########",
    ]
