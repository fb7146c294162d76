"""The report, and the command that prints it."""

from types import SimpleNamespace

import pytest

from tests.servers import __main__ as command
from tests.servers import report
from tests.servers.faults import Account, Played
from tools import commands, servers


def load_that(**account):
    found = Account(10)
    for name, value in account.items():
        setattr(found, name, value)
    client = SimpleNamespace(kind="redis", name="redis-py", world="trio", pool="tenure.Pool")
    return SimpleNamespace(client=client, account=found, left=[], faults=(), stats=None)


@pytest.mark.parametrize(("share", "value"), [(0.5, 51), (0.95, 96), (0.99, 100), (1.0, 100)])
def test_quantiles(share, value):
    """A quantile is one of the values."""
    assert report.quantile([float(each) for each in range(100, 0, -1)], share) == value


def test_quantile_of_nothing():
    """Where nothing was served, there is no latency."""
    assert report.quantile([], 0.5) == 0.0


def test_row_of_a_run():
    """A run has a row, and each of its faults has one."""
    played = Played("killed", 1.0, 3.5, 0.25)
    played.errors.update(["OSError", "OSError"])
    load = load_that(n_served=2, latencies_s=[0.1, 0.3], played=[played])

    assert report.row(load)[4:] == ("2", "2", "0", "0", "0.300", "0.300", "0.300", "0", "0")
    assert report.fault_rows(load) == [("redis-py", "trio", "tenure.Pool", "killed", "2.50", "0.25", "2 OSError")]


def test_problems_are_told():
    """What was wrong, what was left and what was not survived is told, and makes the command fail."""
    load = load_that(wrong=["a scope hung"], played=[Played("killed", 1.0)])
    load.left = ["a file"]
    load.faults = (1, 2)

    assert report.problems(load) == ["a scope hung", "a file", "no recovery from killed", "1 faults were not played"]
    assert "- redis-py on trio: a scope hung" in report.text([load], [])


def test_what_is_missing_is_told():
    """A server that is not here is named, with what to do."""
    assert "Not played here: postgres (no PostgreSQL here)." in report.text([], ["postgres (no PostgreSQL here)"])


def test_written_between_the_marks(monkeypatch, tmp_path):
    """Only what stands between the marks of the document is written anew."""
    monkeypatch.setattr(report, "DOCUMENT", tmp_path / "servers.md")
    report.DOCUMENT.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", "utf-8")
    report.write("new")

    assert report.DOCUMENT.read_text("utf-8") == f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"


def test_the_document_has_a_report():
    """The page in the documents holds a report of all clients without anything wrong."""
    page = report.DOCUMENT.with_name("servers.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ") and line.count(" | ") == 12][2:]

    assert len(rows) == len(command.CLIENTS)
    assert {tuple(each.strip(" |") for each in row[-2:]) for row in rows} == {("0", "0")}


def test_unknown_client(capsys):
    """A name that is none is refused, with those that there are."""
    with pytest.raises(SystemExit) as ended:
        command.main(["nobody"])

    assert ended.value.code == 2
    assert "no client 'nobody'; there are postgres-asyncpg-asyncio" in capsys.readouterr().err


def test_options_reach_the_command():
    """`dev.py servers` hands on what it is told."""
    options = commands.parser().parse_args(["servers", "--quick", "--write", "files-open-threads"])

    assert servers.words(options) == ["--quick", "--write", "files-open-threads"]
    assert options.run is servers.servers


def test_a_run_of_the_command(capsys):
    """The command plays a client and prints its row; nothing wrong is success."""
    code = command.main(["--quick", "files-open-threads"])

    assert code == 0
    assert "| files | open | threads | tenure.Pool |" in capsys.readouterr().out
