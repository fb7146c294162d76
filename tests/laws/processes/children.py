"""Start a child, tell it what its event needs, and collect what it says."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("child.py")
ROOT = Path(__file__).parents[3]
LIMIT_S = 15.0
"""Seconds after which a child that hangs is killed; says nothing about how long one takes."""


@dataclass(slots=True)
class Told:
    """What a child said until its end."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    """What it wrote to stdout, its own processes included."""
    errors: str = ""
    status: int = 0
    pid: int = 0
    is_killed: bool = False
    """Whether it hung."""

    def own(self, key: str) -> list[Any]:
        """Return what the child itself said under *key*."""
        return [line[key] for line in self.lines if line["pid"] == self.pid and key in line]


def run_child(backend: str, event: str, phase: str, sabotage: str = "") -> Told:
    """Run one child to its end."""
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)]))
    env = {**os.environ, "PYTHONPATH": path, "RIG_SABOTAGE": sabotage, "PYTHONWARNINGS": "always::ResourceWarning"}
    child = subprocess.Popen(
        [sys.executable, str(PROGRAM), backend, event, phase],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=ROOT, text=True,
    )  # fmt: skip
    told = Told(pid=child.pid)

    def kill() -> None:
        told.is_killed = True
        child.kill()

    errors: list[str] = []
    draining = threading.Thread(target=lambda: errors.append(child.stderr.read()))
    draining.start()
    timer = threading.Timer(LIMIT_S, kill)
    timer.start()
    with child:
        for line in child.stdout:
            told.lines.append(json.loads(line))
            _answer(child, event, phase, told.lines[-1])
        draining.join()
        told.status = child.wait()
        timer.cancel()
    told.errors = errors[0]
    return told


def _answer(child: "subprocess.Popen[str]", event: str, phase: str, line: dict[str, Any]) -> None:
    """Do what *line* asks for; a signal comes before the word to go on, so that it is noticed first."""
    name = "SIGINT" if event in ("ctrlc", "finish2", "waiting") else event.rstrip("2")
    if "ready" in line:
        child.send_signal(signal.Signals[name])
        if not event.endswith("2"):
            _go_on(child)
    elif "noticed" in line and event.endswith("2"):
        child.send_signal(signal.Signals[name])
        if event == "finish2":
            _go_on(child)


def _go_on(child: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(BrokenPipeError):  # it has ended
        child.stdin.write("\n")
        child.stdin.flush()
