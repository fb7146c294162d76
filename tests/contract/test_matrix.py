"""The table of the laws says what the runs said, and nothing else."""

from tenure.testing.contract.results import MARKS, NOT_OFFERED
from tests.contract import matrix

DASH = MARKS[NOT_OFFERED]


def column(title, *verdicts):
    keys = ("law", "check", "world", "outcome", "reason", "trace")
    return {
        "title": title,
        "version": "1.2",
        "name": title,
        "verdicts": [dict(zip(keys, v, strict=True)) for v in verdicts],
    }


def test_a_law_has_the_mark_of_its_worst_check():
    """One broken check breaks a law; a law of which nothing was offered has a dash."""
    ours = column("Tenure", ("L1", "x", "sync", "kept", "", ""), ("L1", "y", "sync", "kept", "", ""))
    other = column(
        "other",
        ("L1", "x", "sync", "kept", "", ""),
        ("L1", "y", "sync", "broken", "it <did> not", "trace"),
        ("L1", "y", "trio", "broken", "it hangs", "trace"),
    )
    lines = matrix.table([ours, other]).splitlines()

    assert "| law | Tenure | other |" in lines
    assert "| L1 building runs nothing | ✓ | [✗](#l1-other) |" in lines
    assert f"| L2 opened once, shared by all | {DASH} | {DASH} |" in lines
    assert f"| L69 Ctrl-C at any bytecode | rig | {DASH} |" in lines
    assert '- <a id="l1-other"></a>L1, other: it &lt;did> not (sync, trio)' in lines
    assert any(line.startswith("| other | 0 | 1 | ") for line in lines)


def test_the_heading_tells_versions():
    """The heading names each library with the version that was run."""
    text = matrix.table([column("Tenure"), column("other")])

    assert "Tenure 1.2, other 1.2." in text


def test_what_runs_over_its_limit_is_a_column_without_marks(monkeypatch):
    """A library that never comes back costs its column, not the table."""
    monkeypatch.setattr(matrix, "LIMIT_S", 0.001)

    assert matrix.measured(matrix.PEERS[0], ["sync"])["verdicts"] == []
