"""Reading what is left: files, and nothing else, are asked."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from tenure.cli.demo.stored import Stored, read_stored


def test_files_are_read_as_they_are(tmp_path: Path) -> None:
    """Rows, receipts, drafts, records and warnings are counted as they stand."""
    with closing(sqlite3.connect(tmp_path / "orders.db")) as database, database:
        database.execute("CREATE TABLE orders (id)")
        database.execute("CREATE TABLE payments (order_id)")
        database.executemany("INSERT INTO orders VALUES (?)", [(1,), (2,)])
        database.execute("INSERT INTO payments VALUES (1)")
    for name in ("receipts/01/1.txt", "drafts/2.part"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).touch()
    (tmp_path / "audit.jsonl").write_text('{"outcome": "ok"}\n{"outcome": "ok"}\n{"outcome": "E"}\n')
    (tmp_path / "app.log").write_text("now INFO    a\nnow WARNING b\n")

    assert Stored(
        orders=frozenset({1, 2}),
        payments=frozenset({1}),
        receipts=frozenset({1}),
        n_drafts=1,
        audited=Counter(ok=2, E=1),
        n_warnings=1,
    ) == read_stored(tmp_path)


def test_nothing_is_nothing(tmp_path: Path) -> None:
    """A run that failed before it wrote anything has left nothing: no error, and nothing is made by looking."""
    assert Stored() == read_stored(tmp_path)
    assert list(tmp_path.iterdir()) == []
