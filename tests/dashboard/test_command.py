"""`tenure dashboard`, as a user calls it."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from tenure.cli import main

HERE = Path(__file__).parent
ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE), str(HERE.parents[1] / "src")])}


@pytest.fixture
def command():
    """Return a function that starts the command; what is left at the end is killed."""
    started = []

    def start(*arguments, **environ):
        process = subprocess.Popen(
            [sys.executable, "-m", "tenure", "dashboard", *arguments], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env={**ENVIRON, **environ},
        )  # fmt: skip
        watchdog = threading.Timer(50, process.kill)
        watchdog.start()
        started.append((process, watchdog))
        return process

    yield start
    for process, watchdog in started:
        watchdog.cancel()
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize(("options", "state"), [([], "not started"), (["--start"], "started")])
def test_a_page_is_served(command, options, state):
    """It prints the address, shows the container, opens it only if asked to, and ends well by Ctrl-C."""
    process = command("watched_shop:container", "--port", "0", *options)
    address = process.stdout.readline().strip()

    with httpx.stream("GET", f"{address}events", timeout=20) as stream:
        assert any(f'"state":"{state}"' in line for line in stream.iter_lines())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=40)
    assert (process.returncode, out) == (0, "")
    assert "Ctrl-C" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_token(command):
    """With a token in the environment the page asks for it; it is printed nowhere."""
    process = command("watched_shop:container", "--port", "0", TENURE_DASHBOARD_TOKEN="correct-horse-battery")
    address = process.stdout.readline().strip()

    assert httpx.get(address).status_code == 401
    answer = httpx.get(f"{address}state", headers={"authorization": "Bearer correct-horse-battery"})
    assert answer.status_code == 200
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=40)
    assert "correct-horse" not in out + err


@pytest.mark.parametrize(("arguments", "said"), [
    (["watched_shop"], "8321: "), (["nothing:container"], "there is no module 'nothing'"),
    (["watched_shop:container", "--host", "0.0.0.0"], "needs a token"),
])  # fmt: skip
def test_what_it_refuses(arguments, said, monkeypatch, capsys):
    """What cannot be shown, or would be shown to everybody, is status 2 and a sentence."""
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.delenv("TENURE_DASHBOARD_TOKEN", raising=False)
    import socket

    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["dashboard", "--port", port, *arguments]) == 2
    assert said.replace("8321", port) in capsys.readouterr().err


def test_a_token_that_is_too_short(monkeypatch, capsys):
    """A token that can be guessed is refused, with the name of the variable, and not shown."""
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.setenv("TENURE_DASHBOARD_TOKEN", "hunter2")

    assert main(["dashboard", "watched_shop:container"]) == 2
    told = capsys.readouterr().err
    assert "TENURE_DASHBOARD_TOKEN" in told
    assert "hunter2" not in told


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_no_port(port, capsys):
    """A number that is no port is bad usage."""
    with pytest.raises(SystemExit) as ended:
        main(["dashboard", "watched_shop:container", "--port", port])
    assert ended.value.code == 2
