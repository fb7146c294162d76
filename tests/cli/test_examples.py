"""The commands on the three example applications and the demo, as their users would run them."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_interrupted import environment

ROOT = Path(__file__).parents[2]
APPLICATIONS = {name: (ROOT / "examples" / f"{name}_app", "app") for name in ("fastapi", "flask", "django")}
APPLICATIONS["demo"] = (ROOT, "tenure.cli.demo:container")
pytestmark = pytest.mark.slow


@pytest.fixture(params=APPLICATIONS)
def application(request, tmp_path):
    """Return how to run a command in the folder of an application, on its container; skip what is not installed."""
    folder, source = APPLICATIONS[request.param]
    if request.param != "demo":
        pytest.importorskip(request.param)
    env = environment(
        NOTES_DATABASE=str(tmp_path / "notes.db"), VISITS_DATABASE=str(tmp_path / "visits.db"),
        XDG_RUNTIME_DIR=str(tmp_path),
    )  # fmt: skip

    def command(name, *arguments):
        return [sys.executable, "-m", "tenure", name, source, *arguments], {"cwd": folder, "env": env, "text": True}

    return request.param, command


def run(application, *arguments):
    """Return the status and the output of a command."""
    words, options = application[1](*arguments)
    done = subprocess.run(words, capture_output=True, timeout=60, check=False, **options)
    return done.returncode, done.stdout, done.stderr


def test_check(application):
    """Nothing is wrong with it."""
    status, out, err = run(application, "check", "--json")

    assert (status, err) == (0, "")
    assert json.loads(out)["findings"] == []  # "unused" neither: what routes and the code ask for is used


def test_start_as_planned(application):
    """What the dry run tells is what is opened, and what is closed."""
    planned, started = run(application, "start", "--dry-run", "--json"), run(application, "start", "--json")
    plan, told = json.loads(planned[1]), json.loads(started[1])

    names = {step["name"] for wave in plan["waves"] for step in wave}
    assert (planned[0], started[0], told["error"]) == (0, 0, None)
    assert (
        names
        == {span["label"] for span in told["start"]["spans"]}
        == {span["label"] for span in told["close"]["spans"]}
    )
    assert {span["outcome"] for span in told["start"]["spans"] + told["close"]["spans"]} == {"done"}


def test_health(application):
    """It is healthy."""
    status, out, _ = run(application, "health", "--json")

    assert (status, json.loads(out)["status"]) == (0, "healthy")


def test_explain(application):
    """What it opens first is explained, with who needs it."""
    key = "Database" if application[0] == "demo" else "Schema"

    status, out, _ = run(application, "explain", key, "--json")

    (told,) = json.loads(out)
    assert (status, told["label"], told["is_resource"]) == (0, key, True)
    assert told["needed_by"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
def test_run_and_top(application):
    """It runs as a service until SIGTERM, and can be looked at meanwhile."""
    words, options = application[1]("run")
    options["env"] = options["env"] | {"TENURE_INSPECT": "1"}
    with subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, **options) as process:
        try:
            opened = process.stderr.readline()
            seen = subprocess.run(
                [sys.executable, "-m", "tenure", "top", str(process.pid), "--json"], capture_output=True, timeout=60,
                check=False, **options,
            )  # fmt: skip
            process.send_signal(signal.SIGTERM)
            closed = process.stderr.read()
        finally:
            process.kill()

    told = json.loads(seen.stdout)
    assert opened.startswith("✓ opened ")
    assert (told["state"], told["health"]["is_ready"]) == ("started", True)
    assert {each["state"] for each in told["resources"]} == {"open"}
    assert "✓ closed " in closed
    assert process.returncode == 0


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
def test_top_of_a_server(tmp_path):
    """An application that uvicorn runs can be looked at where TENURE_INSPECT says so, and leaves no socket."""
    pytest.importorskip("fastapi")
    env = environment(NOTES_DATABASE=str(tmp_path / "notes.db"), TENURE_INSPECT=str(tmp_path / "s"))
    options = {"cwd": APPLICATIONS["fastapi"][0], "env": env, "text": True}
    with subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--port", "0"], stderr=subprocess.PIPE, **options
    ) as process:
        try:
            for line in process.stderr:  # its start-up is complete before it listens
                if "Uvicorn running" in line:
                    break
            seen = subprocess.run(
                [sys.executable, "-m", "tenure", "top", str(tmp_path / "s"), "--json"], capture_output=True, timeout=60,
                check=False, **options,
            )  # fmt: skip
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
        finally:
            process.kill()

    told = json.loads(seen.stdout)
    assert (told["state"], [each["name"] for each in told["resources"]]) == ("started", ["Schema"])
    assert not (tmp_path / "s").exists()
