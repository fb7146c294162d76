"""Programs that are sent signals: a child process, and a handshake over its pipes."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

from tests.complaints import complaints

HEAD = """
import asyncio, os, signal, sys, threading, time
from tenure import Container, resource, inject, Inject
from tenure.runner import run, run_and_exit
from tenure.workers import Stop, Worker, stopping, worker
from tenure.lifecycle.latch import Latch

def say(*words):
    print(*words, flush=True)

async def for_ever():
    await Latch().wait()

class A: ...

container = Container()

@resource(scope="singleton")
def a():
    say("open A")
    try:
        yield A()
    except BaseException as error:
        say("A sees", repr(error))
        raise
    finally:
        say("close A")

container.bind(A, a)
"""
ROOT = Path(__file__).parents[2]
LIMIT_S = 40
"""A program that hangs is killed; its status tells."""


def play(program, *answers, flags=()):
    """
    Run *program* and do what it asks for.

    Args:
        program: text, after `HEAD`.
        answers: for each line "ready" that it prints, the signal that it is sent, or the line that it reads.
        flags: of the interpreter.

    Returns:
        What else it printed, its standard error, its exit status.
    """
    left, lines = list(answers), []
    child = subprocess.Popen(
        [sys.executable, *flags, "-c", HEAD + textwrap.dedent(program)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    timer = threading.Timer(LIMIT_S, child.kill)
    timer.start()
    with child:
        for line in child.stdout:
            if line == "ready\n":
                answer = left.pop(0)
                if isinstance(answer, signal.Signals):
                    child.send_signal(answer)
                else:
                    child.stdin.write(answer + "\n")
                    child.stdin.flush()
            else:
                lines.append(line.rstrip("\n"))
        errors = complaints(child.stderr.read())
    timer.cancel()
    assert left == [], (lines, errors, child.returncode)
    return lines, errors, child.returncode
