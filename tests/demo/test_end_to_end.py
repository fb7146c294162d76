"""The whole demo, as a user starts it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tenure

SOURCES = Path(tenure.__file__).parents[1]
COMMAND = [sys.executable, "-W", "error", "-m", "tenure", "demo"]
pytestmark = pytest.mark.slow


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SOURCES), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **more}


def demo(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, encoding="utf-8", env=environment(**more), timeout=50, check=False
    )


def row(output: str, label: str) -> list[str]:
    """The cells of the row of the last tables that begins with *label*."""
    (found,) = [line for line in output.splitlines() if line.startswith(label)]
    return found.removeprefix(label).split()


def test_everything_agrees() -> None:
    """A run ends with exit status 0, and its tables say what was asked for: the sums are known beforehand."""
    finished = demo("--requests", "300")

    assert (finished.returncode, finished.stderr) == (0, ""), finished.stdout
    assert finished.stdout.splitlines()[-1].startswith("✓ all agree: ")
    assert "✗" not in finished.stdout
    assert row(finished.stdout, "orders committed")[:3] == ["224", "224", "224"]
    assert row(finished.stdout, "orders rolled back")[:3] == ["31", "31", "31"]
    assert row(finished.stdout, "receipts published")[:3] == ["60", "60", "60"]
    assert row(finished.stdout, "requests  ")[:3] == ["316", "316", "316"]
    assert row(finished.stdout, "Transaction") == ["request", "255", "255", "31", "0", "0"]
    assert row(finished.stdout, "DatabasePool") == ["root", "1", "1", "0", "0", "0"]


def test_the_verdict_as_json() -> None:
    """It is what the tables say, alone on stdout; the tables go to stderr."""
    finished = demo("--requests", "50", "--json")

    verdict = json.loads(finished.stdout)
    assert (finished.returncode, verdict["ok"], verdict["disagreements"]) == (0, True, []), finished.stderr
    assert verdict["opened"] == verdict["closed"] == sum(each["opened"] for each in verdict["resources"].values())
    assert verdict["resources"]["DatabasePool"] == {"opened": 1, "closed": 1, "owed": 0}
    assert finished.stderr.splitlines()[-1].startswith("✓ all agree: ")


def test_start_and_close_are_told() -> None:
    """The start is drawn as a tree with its critical path, the close as a list, last opened first."""
    lines = demo("--requests", "40").stdout.splitlines()
    order = [found[1] for found in map(re.compile(r" +\d+  (\w+) ").match, lines) if found]

    assert lines[0].startswith("tenure demo")
    assert any(line.startswith("● critical path: ") and line.endswith("> HttpClientPool") for line in lines)
    assert any("└─ HttpClientPool" in line and line.startswith("●") for line in lines)
    assert order[:2] == ["HttpClientPool", "HttpServer"]
    assert order.index("DatabasePool") < order.index("Database") < order.index("ThreadPoolExecutor")


@pytest.mark.parametrize("n_requests", [1, 2])
def test_what_is_in_flight_when_the_container_closes_is_whole(n_requests: int) -> None:
    """The client that leaves is the last one: its request is still being answered when the closing begins."""
    finished = demo("--requests", str(n_requests))

    assert (finished.returncode, finished.stderr) == (0, ""), finished.stdout
    assert row(finished.stdout, "orders rolled back")[:3] == ["1", "1", "1"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    """A signal in the middle of the traffic closes everything in order, all agree, and the status tells the signal."""
    with subprocess.Popen(
        [*COMMAND, "--requests", "1000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            while "serving" not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(number)
            output = process.stdout.read()
            errors = process.stderr.read()
        except BaseException:
            process.kill()
            raise

    assert (128 + number, "") == (process.returncode, errors), output
    assert output.splitlines()[-1].startswith("✓ all agree: ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals between processes")
def test_a_second_signal_cuts_off_and_nothing_is_half_written() -> None:
    """What two signals cut off is committed or rolled back, whole; everything is closed in order all the same."""
    with subprocess.Popen(
        [*COMMAND, "--requests", "1000000", "--clients", "64"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=environment(),
    ) as process:
        assert process.stdout is not None
        try:
            while "serving" not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            while "SIGTERM" not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(signal.SIGINT)
            output = process.stdout.read()
        except BaseException:
            process.kill()
            raise

    assert process.returncode == 128 + signal.SIGTERM, output
    assert output.splitlines()[-1].startswith("✓ all agree: ")
    assert row(output, "orders half written")[2] == "0"


def test_ascii_terminals_are_served() -> None:
    """An encoding without box drawing gets signs that it has."""
    finished = demo("--requests", "20", PYTHONIOENCODING="ascii")

    assert finished.returncode == 0
    assert finished.stdout.isascii()
    assert finished.stdout.splitlines()[-1].startswith("v all agree: ")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently there")
def test_a_reader_that_goes_stops_nothing() -> None:
    """With nobody to read its output the demo runs to its end, quietly."""
    with subprocess.Popen(
        [*COMMAND, "--requests", "40"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()

    assert (process.returncode, errors) == (0, b"")


@pytest.mark.parametrize("arguments", [["--requests", "0"], ["--clients", "many"], ["--clients", "401"]])
def test_nonsense_is_refused(arguments: list[str]) -> None:
    """Numbers out of bounds are a usage error."""
    assert demo(*arguments).returncode == 2
