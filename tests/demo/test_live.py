"""The demo on a terminal: a pseudo-terminal of a known size."""

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

import tenure

fcntl = pytest.importorskip("fcntl", reason="terminals of this kind are POSIX")
pty = pytest.importorskip("pty", reason="terminals of this kind are POSIX")
termios = pytest.importorskip("termios", reason="terminals of this kind are POSIX")

SOURCES = Path(tenure.__file__).parents[1]
ESCAPE = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
pytestmark = pytest.mark.slow


def on_terminal(columns: int, *arguments: str) -> tuple[int, str]:
    """Return the exit status of a demo on a terminal of *columns*, and what it wrote there."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    unset = ("NO_COLOR", "COLUMNS", "LINES")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    environment |= {"PYTHONPATH": str(SOURCES), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "tenure", "demo", *arguments]
    with subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment) as process:
        os.close(inner)
        written = b""
        while True:
            try:
                chunk = os.read(outer, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not chunk:
                break
            written += chunk
    os.close(outer)
    return process.returncode, written.decode()


@pytest.mark.parametrize("columns", [44, 80, 200])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    """A region that wrapped could not be drawn over: every line has room, also in a narrow terminal."""
    status, written = on_terminal(columns, "--requests", "200")
    lines = [ESCAPE.sub("", line) for line in written.split("\r\n")]

    assert status == 0
    assert max(map(len, lines)) <= min(columns - 1, 100)
    assert lines[-2].startswith("✓ all agree")


def test_the_terminal_is_left_as_it_was() -> None:
    """The cursor is hidden once, shown once, and every region is removed again."""
    status, written = on_terminal(80, "--requests", "200")

    assert status == 0
    assert 1 == written.count("\x1b[?25l") == written.count("\x1b[?25h")
    assert written.index("\x1b[?25l") < written.index("requests/s") < written.index("\x1b[?25h")
