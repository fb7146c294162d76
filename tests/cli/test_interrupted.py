"""`tenure run` and `start` in processes of their own, with pipes and on a terminal: signals, and what they leave."""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

APPS = Path(__file__).parent / "apps"
SOURCE = Path(__file__).parents[2] / "src"
pytestmark = pytest.mark.slow
LIMIT_S = 40


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "TERM")}
    return kept | {"PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"} | more


class Piped:
    """The command line in a process of its own, its output in pipes."""

    def __init__(self, *arguments, **env):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tenure", *arguments],
            cwd=APPS, env=environment(**env), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *outcome):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def wait_for(self, text):
        """Read until a line of stdout is *text*."""
        line = self.process.stdout.readline()
        while line and line.strip() != text:
            line = self.process.stdout.readline()
        assert line, self.process.communicate()

    def ended(self):
        """Return the status and what was written since."""
        out, err = self.process.communicate(timeout=LIMIT_S)
        return self.process.returncode, out, err


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_it_serves(number, status):
    """Main is cancelled, everything closes, and the status says which signal it was."""
    with Piped("run", "gated:main") as command:
        command.wait_for("serving")
        command.process.send_signal(number)
        code, out, err = command.ended()

    assert (code, out) == (status, "database closed\n")
    assert re.sub(r"\d.*", "", err).splitlines() == ["✓ opened ", "✓ closed "]


def test_a_service_ends_well_when_it_is_told_to():
    """A container without a main serves until a signal, which is its ordinary end."""
    with Piped("run", "gated:container") as command:
        assert command.process.stderr.readline().startswith("✓ opened 2 resources")
        command.process.send_signal(signal.SIGTERM)
        code, out, err = command.ended()

    assert (code, out) == (0, "database closed\n")
    assert err.startswith("✓ closed 2 resources")


def test_the_second_signal_does_not_wait():
    """The process ends at once, and tells what it leaves open."""
    with Piped("run", "gated:container", HANGS="closing") as command:
        assert command.process.stderr.readline().startswith("✓ opened 2 resources")
        command.process.send_signal(signal.SIGTERM)
        command.wait_for("closing cache")
        command.process.send_signal(signal.SIGTERM)  # the second one ends it without waiting
        code, _, err = command.ended()

    assert code == 143
    assert "SIGTERM again, ends without waiting" in err


@pytest.mark.parametrize("command", ["run", "start"])
def test_a_signal_while_it_starts(command):
    """The start ends, and what was opened is closed."""
    with Piped(command, "gated:container", HANGS="opening") as started:
        started.wait_for("opening cache")
        started.process.send_signal(signal.SIGINT)
        code, out, _ = started.ended()

    assert code == 130
    assert out.splitlines()[0] == "database closed"


def test_the_status_of_main():
    """What main returns is the status; an asynchronous main is asked to stop."""
    with Piped("run", "shop:polite", "--quiet") as command:
        command.wait_for("serving")
        command.process.send_signal(signal.SIGTERM)
        code, out, err = command.ended()

    assert (code, out, err) == (7, "stopped\n", "")


class Terminal:
    """The command line on a terminal of its own, 30 lines of 100 columns."""

    def __init__(self, *arguments, program=("-m", "tenure"), **env):
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.chdir(APPS)
            os.execve(sys.executable, [sys.executable, *program, *arguments], environment(TERM="xterm-256color", **env))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.written = ""

    def __enter__(self):
        return self

    def __exit__(self, *outcome):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.fd)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def read(self):
        """Take what was written; False where the other end has gone."""
        assert select.select([self.fd], [], [], LIMIT_S)[0], self.written
        try:
            more = os.read(self.fd, 4096)
        except OSError:  # EIO: nobody has the terminal any more
            return False
        self.written += more.decode(errors="replace")
        return bool(more)

    def wait_for(self, text):
        """Read until *text* is shown."""
        while text not in self.shown:
            assert self.read(), self.written

    @property
    def shown(self):
        """What was written, without escape sequences."""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.written)

    def press(self, keys):
        os.write(self.fd, keys)

    def ended(self):
        """Wait for the end; return the status."""
        while self.read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_the_tree_on_a_terminal():
    """It shows who opens and for how long; Ctrl-C ends the start, and the cursor is there again."""
    with Terminal("run", "gated:main", HANGS="opening") as terminal:
        terminal.wait_for("● └─ Cache  opening for ")
        terminal.press(b"\x03")
        status = terminal.ended()

    assert status == 130
    assert "1 of 2 open" in terminal.shown
    assert "the start ended after" in terminal.shown
    assert terminal.written.rfind("\x1b[?25h") > terminal.written.rfind("\x1b[?25l")


def test_the_close_on_a_terminal():
    """The close is shown as well, and what main writes meanwhile is not drawn over."""
    with Terminal("run", "gated:main", HANGS="closing") as terminal:
        terminal.wait_for("serving")
        terminal.press(b"\x03")
        terminal.wait_for("Cache  closing for ")
        terminal.press(b"\x03")
        status = terminal.ended()

    assert status == 130
    assert "✓ Database  waits for Cache" in terminal.shown
    assert "not closed" in terminal.shown
    assert terminal.written.rfind("\x1b[?25h") > terminal.written.rfind("\x1b[?25l")


def test_no_colour_where_nobody_wants_it():
    """With NO_COLOR a terminal gets the lines that a pipe gets."""
    with Terminal("run", "shop:main", NO_COLOR="1") as terminal:
        status = terminal.ended()

    assert status == 0
    assert "\x1b" not in terminal.written
    assert re.sub(r"\d.*", "", terminal.written.replace("\r", "")).split("\n") == [
        "✓ opened ",
        "serving",
        "✓ closed ",
        "",
    ]


WITHOUT_RICH = "import sys; sys.modules['rich.console'] = None; from tenure.cli import main; sys.exit(main())"


def test_a_terminal_without_rich():
    """Where `rich` is not installed the tree is drawn all the same, and the cursor is never hidden."""
    with Terminal("run", "gated:main", program=("-c", WITHOUT_RICH), HANGS="closing") as terminal:
        terminal.wait_for("serving")
        terminal.press(b"\x03")
        terminal.wait_for("Cache  closing for ")
        terminal.press(b"\x03")
        status = terminal.ended()

    assert status == 130
    assert "opened 2 resources in" in terminal.shown
    assert "\x1b[32m✓\x1b[0m opened" in terminal.written
    assert "\x1b[?25l" not in terminal.written
