"""
What a run has left in its files, read afresh after everything is closed.

Opens the database by itself, for reading only: no code that wrote is trusted to read.
"""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stored:
    """What the files say."""

    orders: frozenset[int] = frozenset()
    payments: frozenset[int] = frozenset()
    receipts: frozenset[int] = frozenset()
    n_drafts: int = 0
    """Receipts that were begun and neither published nor thrown away."""
    audited: Counter[str] = field(default_factory=Counter)
    """Audit records by outcome."""
    n_warnings: int = 0
    """Warnings in the log."""
    integrity: str = "ok"
    """What SQLite says to `PRAGMA integrity_check`: "ok" if all is well."""


def read_stored(directory: Path) -> Stored:
    """
    Return what is in the files under *directory*; a file that is not there counts as empty.

    Raises:
        sqlite3.DatabaseError: the database cannot be read.
        ValueError: an audit record is not whole.
    """
    orders, payments, integrity = _read_database(directory / "orders.db")
    receipts = frozenset(int(path.stem) for path in directory.glob("receipts/*/*.txt"))
    audit = _lines(directory / "audit.jsonl")
    return Stored(
        orders=orders,
        payments=payments,
        receipts=receipts,
        n_drafts=len(list(directory.glob("drafts/*"))),
        audited=Counter(json.loads(record)["outcome"] for record in audit),
        n_warnings=sum(" WARNING " in entry for entry in _lines(directory / "app.log")),
        integrity=integrity,
    )


def _read_database(path: Path) -> tuple[frozenset[int], frozenset[int], str]:
    if not path.exists():
        return frozenset(), frozenset(), "ok"
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
        orders = frozenset(number for (number,) in database.execute("SELECT id FROM orders"))
        payments = frozenset(number for (number,) in database.execute("SELECT order_id FROM payments"))
        (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
    return orders, payments, str(integrity)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
