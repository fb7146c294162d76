"""`tenure top`: what it shows of an inspection, and that it finds the processes that can be looked at."""

import json
import os
import re
import signal
import socket
import subprocess
import sys

import pytest

from tenure import Container
from tenure.cli.text import UNICODE
from tenure.cli.top_lines import age, top_lines
from tenure.observe import serve_inspection
from tests.cli.golden import run_here
from tests.cli.test_interrupted import APPS, Piped, Terminal, environment

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")


def resource(name, id, state="open", scope="root", needs=(), waits=(), age_s=65.0, open_s=0.25):
    return {
        "id": id, "name": name, "scope": scope, "scope_id": 1, "state": state, "is_async": True, "age_s": age_s,
        "open_s": open_s, "depends_on": list(needs), "waits_for": list(waits),
    }  # fmt: skip


SEEN = {
    "shape": 1, "program": "shop", "pid": 4711, "at": 0.0, "state": "started", "bindings": [],
    "resources": [
        resource("Database", 1),
        resource("Catalogue", 2, needs=(1, 99)),
        resource("Mail", 0, "waiting", waits=("Network",), age_s=None, open_s=None),
        resource("Session", 3, scope="request", age_s=0.5),
        resource("Session", 4, scope="request", age_s=2.5),
    ],
    "scopes": [
        {"id": 5, "name": "request", "parent_id": 1, "state": "open", "age_s": 2.5, "n_resources": 1},
        {"id": 6, "name": "request", "parent_id": 1, "state": "closing", "age_s": None, "n_resources": 1},
    ],
    "pools": [
        {"name": "connections", "state": "open", "min_size": 0, "max_size": 4, "n_idle": 1, "n_out": 3, "n_making": 0,
         "n_waiting": 2, "n_timeouts": 7, "n_late": 0},
    ],
    "slowest": [{"act": "open", "name": "Database", "scope": "root", "id": 1, "elapsed_s": 1.25}],
    "errors": [{"at": 0.0, "act": "retry", "name": "Mail", "scope": "root", "error": "OSError: down"}],
    "counts": {"opened": 9, "closed": 5, "active": 4, "errors": 1, "retries": 2, "watched_s": 3600.0},
    "health": {"status": "degraded", "is_live": True, "is_ready": True, "has_started": True, "reasons": [],
               "resources": {"Database": "degraded", "Catalogue": "healthy"}},
    "n_resources": 5, "n_scopes": 2,
}  # fmt: skip


def shown(seen, width=100, height=None):
    return ["".join(span.text for span in line).rstrip() for line in top_lines(seen, width, height, UNICODE)]


def test_everything():
    """Resources of the container each, those of scopes together; pools, scopes, the slowest, errors."""
    lines = [re.sub(r"^\d\d:\d\d:\d\d", "TIME", line) for line in shown(SEEN)]

    assert lines == [
        "shop (pid 4711)  started  5 resources, 1 opening or closing, 2 scopes",
        "health  degraded: Database",
        "since   60 min: 9 opened, 5 closed, 1 error, 2 retried",
        "",
        "resource     scope    state      age  opened in  needs",
        "Database     root     open      65 s     250 ms",
        "Catalogue    root     open      65 s     250 ms  Database",
        "Mail         root     waiting      -          -  Network",
        "Session x 2  request  open     2.5 s     250 ms",
        "",
        "pool         state    lent  idle  waiting  timed out",
        "connections  open   3 of 4     1        2          7",
        "",
        "oldest scopes  state      age  resources",
        "request        open     2.5 s          1",
        "request        closing      -          1",
        "",
        "slowest              took  scope",
        "Database  to open  1.25 s  root",
        "",
        "last errors",
        "TIME  retry Mail: OSError: down",
    ]


def test_nothing():
    """What there is not has no heading."""
    empty = {name: [] for name in ("bindings", "resources", "scopes", "pools", "slowest", "errors")}
    seen = SEEN | empty | {"counts": None, "health": None, "n_resources": 0, "n_scopes": 0, "state": "closed"}

    assert shown(seen) == [
        "shop (pid 4711)  closed  0 resources, 0 opening or closing, 0 scopes",
        "",
        "resource  scope  state  age  opened in  needs",
    ]


def test_a_low_terminal():
    """Resources that would not fit are counted; a narrow one cuts errors."""
    many = SEEN | {"resources": [resource(f"R{number}", number) for number in range(1, 51)]}

    lines = shown(many, width=20, height=30)

    assert len(lines) <= 30
    n_shown = sum(line.startswith("R") for line in lines)
    assert f"… {50 - n_shown} more" in lines
    assert lines[-1].endswith("…")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"), (0.0, "0.0 ms"), (0.0031, "3.1 ms"), (0.25, "250 ms"), (0.9996, "1 s"), (12.34, "12.3 s"),
        (119.0, "119 s"), (120.0, "2 min"), (7199.0, "120 min"), (7200.0, "2 h"), (1e6, "11.6 d"),
    ],
)  # fmt: skip
def test_age(seconds, text):
    """Two or three figures and a unit."""
    assert age(seconds) == text


@pytest.fixture
def own_directory(tmp_path, monkeypatch):
    """Let the directory of the user be one of the test."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "tenure"


def test_the_only_process(own_directory):
    """Without an argument it is the only one there is; a socket that nobody answers is none."""
    container = Container()
    with serve_inspection(container) as server:
        with socket.socket(socket.AF_UNIX) as left:
            left.bind(str(own_directory / "1.sock"))
        status, out, err = run_here("top", "--json")
    container.close()

    assert (status, err) == (0, "")
    assert json.loads(out)["state"] == "not started"
    assert server.path.parent == own_directory


def test_several_processes(own_directory):
    """Which one has to be said: by number or by path."""
    one, other = Container(), Container()
    own_directory.mkdir(mode=0o700)
    with serve_inspection(one, own_directory / "11.sock"), serve_inspection(other, own_directory / "12.sock"):
        status, _, err = run_here("top")
        by_number = run_here("top", "11", "--once")
        by_path = run_here("top", str(own_directory / "12.sock"), "--once")
    one.close()
    other.close()

    assert status == 2
    assert err.splitlines() == [
        "tenure top: 2 processes can be looked at; say which:", "  tenure top 11", "  tenure top 12",
    ]  # fmt: skip
    assert (by_number[0], by_path[0]) == (0, 0)


def test_no_process(own_directory):
    """It says how one is run that can be looked at."""
    nobody, silent = run_here("top"), run_here("top", str(os.getpid()))

    assert nobody[0] == silent[0] == 2
    assert "TENURE_INSPECT=1" in nobody[2]
    assert f"process {os.getpid()} has no socket at {own_directory}/{os.getpid()}.sock; run it with TENURE" in silent[2]


def test_another_shape(own_directory, monkeypatch):
    """A process of another version is not misread."""
    container = Container()
    with serve_inspection(container):
        monkeypatch.setattr("tenure.observe.inspection.SHAPE", 99)
        status, _, err = run_here("top", "--json")
    container.close()

    assert (status, err) == (2, "tenure top: the process answers in shape 99, and this is for shape 1\n")


@pytest.mark.slow
def test_a_running_program(own_directory):
    """`tenure run` with TENURE_INSPECT is found from outside, and gone when it ends."""
    with Piped("run", "gated:main", TENURE_INSPECT="1", XDG_RUNTIME_DIR=str(own_directory.parent)) as program:
        program.wait_for("serving")
        done = subprocess.run(
            [sys.executable, "-m", "tenure", "top", str(program.process.pid)], cwd=APPS, text=True, check=False,
            capture_output=True, env=environment(XDG_RUNTIME_DIR=str(own_directory.parent)), timeout=40,
        )  # fmt: skip
        program.process.send_signal(signal.SIGTERM)
        ended = program.ended()

    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (0, "")
    assert lines[0] == f"tenure (pid {program.process.pid})  started  2 resources, 0 opening or closing, 0 scopes"
    assert [line.split()[:3] for line in lines[4:7]] == [
        ["resource", "scope", "state"], ["Database", "root", "open"], ["Cache", "root", "open"],
    ]  # fmt: skip
    assert ended[0] == 143
    assert list(own_directory.iterdir()) == []


@pytest.mark.slow
def test_a_live_view(own_directory):
    """On a terminal it goes on until Ctrl-C, or until the process has ended."""
    where = {"XDG_RUNTIME_DIR": str(own_directory.parent)}
    with Piped("run", "gated:main", TENURE_INSPECT="1", **where) as program:
        program.wait_for("serving")
        with Terminal("top", "--interval", "0.1", **where) as terminal:
            terminal.wait_for("Database")
            terminal.press(b"\x03")
            left = terminal.ended()
        with Terminal("top", "--interval", "0.1", **where) as terminal:
            terminal.wait_for("Database")
            program.process.send_signal(signal.SIGINT)
            ended = terminal.ended()
        program.ended()

    assert (left, ended) == (0, 0)
    assert f"process {program.process.pid} has ended" in terminal.shown
