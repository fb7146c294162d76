"""
Programs that serve: started on loopback, known by their id, ended whatever happens.

Knows processes and the kernel's view of their sockets; must not know PostgreSQL, Redis or the library under test.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

HOST = "127.0.0.1"

REAPER = """
id=0
while read -r line; do id=$line; done
if [ "$id" != 0 ]; then kill -KILL $(cat "/proc/$id/task/$id/children") "$id"; fi
rm -rf "$1"
"""
"""Reads the ids of one program as it comes and goes; acts at the end of its input: when its parent is no more."""


class ServerMissingError(Exception):
    """A server cannot be had on this machine; the text names the package that brings it."""


def free_port() -> int:
    """Return a TCP port of the loopback interface that was free just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(is_true: Callable[[], object], what: str, limit_s: float = 20.0) -> None:
    """
    Return as soon as *is_true* gives something true.

    Raises:
        TimeoutError: it did not within *limit_s*; the text says *what* was waited for.
    """
    end = time.monotonic() + limit_s
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit_s} s")
        time.sleep(0.002)


def children(number: int) -> list[int]:
    """Return the ids of the processes that the process *number* started, none where it has gone."""
    try:
        return [int(word) for word in Path(f"/proc/{number}/task/{number}/children").read_text("ascii").split()]
    except OSError:
        return []


def is_running(number: int) -> bool:
    """Tell whether the process *number* is there and has not ended."""
    try:
        return Path(f"/proc/{number}/stat").read_text("ascii", errors="replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def send(number: int, what: signal.Signals) -> None:
    """Send a signal to a process of ours; nothing happens where it has gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, what)


def unread(port: int) -> int:
    """Return how many connections to *port* hold bytes that the server has not read."""
    ours = f"0100007F:{port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return sum(row[1] == ours and row[3] == "01" and not row[4].endswith(":00000000") for row in rows)


LISTENING = "0A"
"""How the kernel writes the state of a socket that listens."""


def sockets(port: int, states: Sequence[str]) -> list[str]:
    """Return the lines of the kernel on sockets of the loopback interface at *port* that are in one of *states*."""
    ours = f"0100007F:{port:04X}"
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    return [line for line in lines if line.split()[1] == ours and line.split()[3] in states]


class Folder:
    """
    A folder for one server, and the reaper that clears up after a run that was killed.

    Args:
        user: the name of the account that has to own it; None: ours.
    """

    def __init__(self, user: str | None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="tenure-server-"))
        if user is not None:
            entry = pwd.getpwnam(user)
            os.chown(self.path, entry.pw_uid, entry.pw_gid)
        command = ["/bin/sh", "-c", REAPER, "reaper", str(self.path)]
        nowhere = subprocess.DEVNULL
        self._reaper = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
        )

    def tell(self, number: int) -> None:
        """Tell the reaper which process it would have to end; 0: none."""
        assert self._reaper.stdin is not None
        self._reaper.stdin.write(b"%d\n" % number)
        self._reaper.stdin.flush()

    def remove(self) -> None:
        """Remove the folder, and end the reaper."""
        assert self._reaper.stdin is not None
        self.tell(0)
        self._reaper.stdin.close()
        self._reaper.wait()
        shutil.rmtree(self.path, ignore_errors=True)


def launch(command: Sequence[str], log: Path, user: str | None, environ: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start *command* as *user* in a session of its own, which Ctrl-C does not reach; its output goes to *log*."""
    group = None if user is None else pwd.getpwnam(user).pw_gid
    groups = None if user is None else []
    with log.open("ab") as out:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, cwd="/",
            user=user, group=group, extra_groups=groups, env={**os.environ, **environ},
        )  # fmt: skip
