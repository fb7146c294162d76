"""
Three witnesses held against each other: what the clients were told, what Tenure says, what the system shows.

Pure: evidence in, checks out. The run was right if every check agrees.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from tenure.cli.demo.audit import SystemView, extra_fds, extra_names
from tenure.cli.demo.recorder import Recorder, Tally
from tenure.cli.demo.stored import Stored
from tenure.cli.demo.traffic import Told
from tenure.cli.demo.witnesses import Check, Range


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about a run that is over."""

    told: Told
    n_sent: int
    application: Recorder
    run: Recorder
    n_alive: int
    """Resources that the closed containers' own snapshots show as open."""
    stored: Stored
    before: SystemView
    after: SystemView
    is_directory_left: bool
    failures: list[Exception] = field(default_factory=list)
    """Errors that ended the run or its reading."""

    @property
    def tallies(self) -> dict[str, Tally]:
        """What happened to each kind of resource, of both containers."""
        return {**self.run.tallies, **self.application.tallies}

    def tally(self, label: str) -> Tally:
        """Return what happened to one kind of resource; nothing, if there was none of it."""
        return self.tallies.get(label, Tally(""))


def judge(evidence: Evidence) -> list[Check]:
    """Return every check on *evidence*, agreeing or not."""
    return [
        _committed(evidence),
        _rolled_back(evidence),
        _half_written(evidence.stored),
        _receipts(evidence),
        _requests(evidence),
        _failed(evidence),
        _warnings(evidence),
        *_owed(evidence),
        *_held(evidence.before, evidence.after),
        _damage(evidence.stored),
        _temporary(evidence),
    ]


def findings(evidence: Evidence, checks: list[Check]) -> list[str]:
    """Return what does not agree, a sentence each; an empty list is a run that was right."""
    found = [describe(failure) for failure in evidence.failures]
    for check in checks:
        if not check.agrees:
            found.append(f"{check.question}: {check.said}")
            found.extend(f"{check.question}: {detail}" for detail in check.details)
    for label, tally in evidence.tallies.items():
        if tally.n_failed or tally.n_owed:
            found.append(f"{label}: {tally.n_failed} failed, {tally.n_owed} still open")
    return found


def describe(error: BaseException) -> str:
    """Return *error* in a line: its name and text, those of its parts if it is a group."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(describe(part) for part in error.exceptions)
    return f"{type(error).__name__}: {error}"


def _committed(evidence: Evidence) -> Check:
    told, stored, transactions = evidence.told, evidence.stored, evidence.tally("Transaction")
    asked = told.confirmed | told.refused | told.left | told.unknown
    return Check(
        "orders committed",
        clients=_at_least(len(told.confirmed), told.unknown),
        tenure=_exactly(transactions.n_closed - transactions.n_told),
        system=_exactly(len(stored.orders)),
        source="rows in orders.db",
        details=(
            *(f"{number} was answered 200 and has no row" for number in sorted(told.confirmed - stored.orders)),
            *(f"{number} has a row that no client asked for" for number in sorted(stored.orders - asked)),
        ),
    )


def _rolled_back(evidence: Evidence) -> Check:
    told, stored = evidence.told, evidence.stored
    failed = told.refused | told.left
    return Check(
        "orders rolled back",
        clients=_at_least(len(failed), told.unknown),
        tenure=_exactly(evidence.tally("Transaction").n_told),
        system=_at_least(len(failed - stored.orders), told.unknown - stored.orders),
        source="failed, and no row",
        details=tuple(f"{number} failed and has a row" for number in sorted(failed & stored.orders)),
    )


def _half_written(stored: Stored) -> Check:
    halves = tuple(f"{number} is in one table only" for number in sorted(stored.orders ^ stored.payments))
    return _none("orders half written", halves, "order, no payment")


def _receipts(evidence: Evidence) -> Check:
    told, stored, drafts = evidence.told, evidence.stored, evidence.tally("Draft")
    return Check(
        "receipts published",
        clients=_at_least(len(told.printed), told.unknown),
        tenure=_exactly(drafts.n_closed - drafts.n_told),
        system=_exactly(len(stored.receipts)),
        source="files",
        details=(
            *(f"{number} has no receipt" for number in sorted(told.printed - stored.receipts)),
            *(f"{number} has a receipt and no row" for number in sorted(stored.receipts - stored.orders)),
        ),
    )


def _requests(evidence: Evidence) -> Check:
    return Check(
        "requests",
        clients=(evidence.n_sent - len(evidence.told.unknown), evidence.n_sent),
        tenure=_exactly(evidence.application.n_left["request"]),
        system=_exactly(evidence.stored.audited.total()),
        source="lines in audit.jsonl",
        details=tuple(evidence.told.wrong),
    )


def _failed(evidence: Evidence) -> Check:
    told, audited = evidence.told, evidence.stored.audited
    return Check(
        "requests that failed",
        clients=_at_least(len(told.refused | told.left), told.unknown),
        tenure=_exactly(evidence.tally("AuditRecord").n_told),
        system=_exactly(audited.total() - audited["ok"]),
        source="not ok in the same",
    )


def _warnings(evidence: Evidence) -> Check:
    return Check(
        "warnings logged",
        tenure=_exactly(evidence.tally("AuditRecord").n_told),
        system=_exactly(evidence.stored.n_warnings),
        source="lines in app.log",
    )


def _owed(evidence: Evidence) -> Iterator[Check]:
    recorders = (evidence.run, evidence.application)
    scopes = [name for recorder in recorders for name in recorder.scopes.values()]
    n_owed = sum(tally.n_owed for tally in evidence.tallies.values())
    violations = tuple(name for recorder in recorders for name in recorder.violations)
    n_edges = sum(recorder.n_edges for recorder in recorders)
    yield Check("scopes left open", tenure=_exactly(len(scopes)), expected=0, source="by its events")
    yield Check("resources left open", tenure=_exactly(n_owed), expected=0, source="by its events")
    yield Check("resources alive", tenure=_exactly(evidence.n_alive), expected=0, source="by its snapshots")
    yield Check(
        "closed out of order",
        tenure=_exactly(len(violations)),
        expected=0,
        source=f"of {n_edges:,} edges",
        details=violations,
    )


def _held(before: SystemView, after: SystemView) -> Iterator[Check]:
    for question, extra, n_before, n_after in (
        ("file descriptors left", extra_fds(before, after), len(before.fds), len(after.fds)),
        ("threads left", extra_names(before.threads, after.threads), len(before.threads), len(after.threads)),
        ("asyncio tasks left", extra_names(before.tasks, after.tasks), len(before.tasks), len(after.tasks)),
    ):
        yield _none(question, tuple(extra), f"{n_before} before, {n_after} after")


def _damage(stored: Stored) -> Check:
    damage = () if stored.integrity == "ok" else (stored.integrity,)
    return _none("database pages damaged", damage, "integrity_check")


def _temporary(evidence: Evidence) -> Check:
    left = ["the directory of the run"] * evidence.is_directory_left + ["a draft"] * evidence.stored.n_drafts
    return _none("temporary files left", tuple(left), "drafts, directory")


def _none(question: str, wrong: tuple[str, ...], source: str) -> Check:
    return Check(question, system=_exactly(len(wrong)), expected=0, source=source, details=wrong)


def _exactly(number: int) -> Range:
    return number, number


def _at_least(number: int, unknown: AbstractSet[int]) -> Range:
    return number, number + len(unknown)
