"""The verdict can fail: evidence that disagrees in one place is found there."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tenure.cli.demo.audit import SystemView
from tenure.cli.demo.checks import Evidence, findings, judge
from tenure.cli.demo.recorder import Recorder, Tally
from tenure.cli.demo.stored import Stored
from tenure.cli.demo.tables import check_lines, tally_lines
from tenure.cli.demo.traffic import Told
from tenure.cli.demo.witnesses import Check
from tenure.cli.text import ASCII, width_of

VIEW = SystemView({0: "tty", 1: "tty"}, ("MainThread",), ("main",))


def agreeing() -> Evidence:
    """Six requests: three orders, one of them with a receipt; one refused in print, one that left; one read."""
    told = Told(confirmed={1, 2, 3}, printed={3}, refused={4}, left={5}, n_read=1)
    application = Recorder(
        tallies={
            "Pool": Tally("root", n_opened=1, n_closed=1),
            "AuditRecord": Tally("request", n_opened=6, n_closed=6, n_told=2),
            "Transaction": Tally("request", n_opened=5, n_closed=5, n_told=2),
            "Draft": Tally("anonymous", n_opened=2, n_closed=2, n_told=1),
        },
        n_left=Counter(request=6, anonymous=2),
        n_edges=12,
    )
    orders = frozenset({1, 2, 3})
    stored = Stored(
        orders, orders, frozenset({3}), audited=Counter(ok=4, RefusalError=1, PeerGoneError=1), n_warnings=2
    )
    return Evidence(told, 6, application, Recorder(), 0, stored, VIEW, VIEW, is_directory_left=False)


def test_agreeing_evidence_has_no_findings() -> None:
    """Where all witnesses say the same, nothing is found."""
    evidence = agreeing()

    assert findings(evidence, judge(evidence)) == []


def store(evidence: Evidence, **changes: object) -> Evidence:
    return replace(evidence, stored=replace(evidence.stored, **changes))  # type: ignore[arg-type]  # names vary


def see(evidence: Evidence, **changes: object) -> Evidence:
    return replace(evidence, after=replace(evidence.after, **changes))  # type: ignore[arg-type]  # names vary


def tallied(evidence: Evidence, label: str, tally: Tally) -> Evidence:
    tallies = {**evidence.application.tallies, label: tally}
    return replace(evidence, application=replace(evidence.application, tallies=tallies))


TAMPERED: list[tuple[str, Callable[[Evidence], Evidence]]] = [
    (
        "orders committed: 3 was answered 200 and has no row",
        lambda e: store(e, orders=frozenset({1, 2}), payments=frozenset({1, 2})),
    ),
    (
        "orders committed: 9 has a row that no client asked for",
        lambda e: store(e, orders=frozenset({1, 2, 3, 9}), payments=frozenset({1, 2, 3, 9})),
    ),
    (
        "orders rolled back: 4 failed and has a row",
        lambda e: store(e, orders=frozenset({1, 2, 3, 4}), payments=frozenset({1, 2, 3, 4})),
    ),
    ("orders half written: 3 is in one table only", lambda e: store(e, payments=frozenset({1, 2}))),
    (
        "orders rolled back: the clients say 2, Tenure says 1, the system says 2",
        lambda e: tallied(e, "Transaction", Tally("request", n_opened=5, n_closed=5, n_told=1)),
    ),
    ("receipts published: 3 has no receipt", lambda e: store(e, receipts=frozenset())),
    ("receipts published: 5 has a receipt and no row", lambda e: store(e, receipts=frozenset({3, 5}))),
    ("requests: the clients say 6, Tenure says 6, the system says 5", lambda e: store(e, audited=Counter(ok=3, E=2))),
    ("warnings logged: Tenure says 2, the system says 0", lambda e: store(e, n_warnings=0)),
    ("temporary files left: a draft", lambda e: store(e, n_drafts=1)),
    ("temporary files left: the directory of the run", lambda e: replace(e, is_directory_left=True)),
    ("database pages damaged: page 3 is lost", lambda e: store(e, integrity="page 3 is lost")),
    ("file descriptors left: 7 -> /tmp/orders.db", lambda e: see(e, fds={0: "tty", 1: "tty", 7: "/tmp/orders.db"})),
    ("file descriptors left: 1 -> socket", lambda e: see(e, fds={0: "tty", 1: "socket"})),
    ("threads left: demo_0", lambda e: see(e, threads=("MainThread", "demo_0"))),
    ("asyncio tasks left: demo connection 1", lambda e: see(e, tasks=("main", "demo connection 1"))),
    ("Pool: 0 failed, 1 still open", lambda e: tallied(e, "Pool", Tally("root", n_opened=1, n_owed=1))),
    ("Pool: 1 failed, 0 still open", lambda e: tallied(e, "Pool", Tally("root", n_opened=1, n_failed=1))),
    (
        "closed out of order: Pool was closed before what needed it",
        lambda e: replace(e, run=Recorder(violations=["Pool was closed before what needed it"])),
    ),
    (
        "scopes left open: Tenure says 1, it should be 0",
        lambda e: replace(e, run=Recorder(scopes={7: "request"})),
    ),
    ("resources alive: Tenure says 1, it should be 0", lambda e: replace(e, n_alive=1)),
    ("OSError: disk full", lambda e: replace(e, failures=[ExceptionGroup("", [OSError("disk full")])])),
    ("requests: request 2 was given 3", lambda e: replace(e, told=replace(e.told, wrong=["request 2 was given 3"]))),
]


@pytest.mark.parametrize(("finding", "tamper"), TAMPERED, ids=[name for name, _ in TAMPERED])
def test_a_disagreement_is_named(finding: str, tamper: Callable[[Evidence], Evidence]) -> None:
    """Evidence that was tampered with in one place gives a finding that says which."""
    evidence = tamper(agreeing())

    assert finding in findings(evidence, judge(evidence))


def test_what_was_cut_off_may_have_ended_either_way() -> None:
    """A request whose answer nobody saw may have a row or none; both agree."""
    told = replace(agreeing().told, unknown={6})
    audited = Counter(ok=5, RefusalError=1, PeerGoneError=1)
    cut_off = replace(agreeing(), told=told, n_sent=7)
    cut_off.application.n_left["request"] = 7
    committed = tallied(cut_off, "Transaction", Tally("request", n_opened=6, n_closed=6, n_told=2))
    with_row = store(committed, orders=frozenset({1, 2, 3, 6}), payments=frozenset({1, 2, 3, 6}), audited=audited)

    assert findings(with_row, judge(with_row)) == []


def test_ranges_agree_where_they_meet() -> None:
    """A witness that cannot be exact agrees with one that is, within its range only."""
    assert Check("", clients=(3, 5), system=(4, 4)).agrees
    assert not Check("", clients=(3, 5), system=(6, 6)).agrees


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_tables_fit(width: int) -> None:
    """No row of either table is wider than the screen."""
    evidence = agreeing()
    lines = [*tally_lines(evidence.tallies, width, ASCII), *check_lines(judge(evidence), width, ASCII)]

    assert max(map(width_of, lines)) <= width
