"""The report on load and faults, as text and as docs/servers.md."""

import platform
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parents[2] / "docs" / "servers.md"
BEGIN = "<!-- begin: written by dev.py servers --write -->"
END = "<!-- end -->"


def quantile(values: list[float], share: float) -> float:
    """Return the value below which *share* of the *values* lie, the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def row(load: Any) -> tuple[str, ...]:
    """Return what one run came to."""
    account = load.account
    times = [f"{quantile(account.latencies_s, share):.3f}" for share in (0.5, 0.95, 0.99)]
    leaks, wrong = len(load.left), len(account.wrong)
    return (
        load.client.kind, load.client.name, load.client.world, load.client.pool, f"{account.n_ended}",
        f"{account.n_served}", f"{account.n_gave_up}", f"{account.n_failed}", *times, f"{wrong}", f"{leaks}",
    )  # fmt: skip


HEAD = (
    "server", "client", "on", "pool", "requests", "served", "cancelled", "failed", "p50 s", "p95 s", "p99 s", "wrong",
    "left",
)  # fmt: skip
FAULT_HEAD = ("client", "on", "pool", "fault", "lasted s", "recovery s", "errors until then")


def fault_rows(load: Any) -> list[tuple[str, ...]]:
    """Return a row for each fault of a run."""
    rows = []
    for played in load.account.played:
        errors = ", ".join(f"{n} {kind}" for kind, n in sorted(played.errors.items())) or "none"
        recovery = "never" if played.recovery_s is None else f"{played.recovery_s:.2f}"
        client = load.client
        rows.append((client.name, client.world, client.pool, played.name, f"{played.outage_s:.2f}", recovery, errors))
    return rows


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table of Markdown."""
    lines = ["| " + " | ".join(each) + " |" for each in (head, tuple("---" for _ in head), *rows)]
    return "\n".join(lines)


def text(loads: list[Any], missing: list[str]) -> str:
    """Return the report."""
    faults = [each for load in loads for each in fault_rows(load)]
    done = f"{sum(load.account.n_ended for load in loads)} requests on CPython {platform.python_version()}."
    told = [f"- {load.client.name} on {load.client.world}: {line}" for load in loads for line in problems(load)]
    parts = [
        done, table(HEAD, [row(load) for load in loads]), "### Faults", table(FAULT_HEAD, faults),
        *(["### Wrong", "\n".join(told)] if told else []),
        *(["Not played here: " + "; ".join(missing) + "."] if missing else []),
    ]  # fmt: skip
    return "\n\n".join(parts)


def problems(load: Any) -> list[str]:
    """Return what may not be, a line each."""
    account = load.account
    never = [f"no recovery from {each.name}" for each in account.played if each.recovery_s is None]
    unplayed = len(load.faults) - len(account.played)
    return [*account.wrong, *load.left, *never, *([f"{unplayed} faults were not played"] if unplayed else [])]


def write(told: str) -> None:
    """Put the report into the document, between its marks."""
    page = DOCUMENT.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", "utf-8")
