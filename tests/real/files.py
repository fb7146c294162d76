"""What is no server and fails nevertheless: a database in a file, and a folder of files."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.real.running import send, wait_until

HOLDER = """
import sqlite3, sys, time
link = sqlite3.connect(sys.argv[1], isolation_level=None)
link.execute("PRAGMA cache_size = 1")  # it writes into the file what was not committed, so that a journal is left
link.execute("BEGIN EXCLUSIVE")
for number in range(2000):
    link.execute("INSERT INTO ledger VALUES (?)", ["never committed " + "x" * 100])
print("held", flush=True)
sys.stdin.read()
"""


class _Kept:
    """A folder of our own, and which of its files this process has open."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tenure-files-"))

    def connections(self) -> list[str]:
        """Return the files of the folder that this process has open."""
        found: list[str] = []
        for each in Path("/proc/self/fd").iterdir():
            try:
                where = os.readlink(each)
            except OSError:
                continue
            if where.startswith(str(self.folder)):
                found.append(where)
        return found

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class Sqlite(_Kept):
    """A database file; frozen: another process has it locked; thawed: that one is killed in its transaction."""

    kind = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.path = self.folder / "ledger.db"
        self._holder: subprocess.Popen[bytes] | None = None
        self._do("CREATE TABLE ledger (entry text)")

    def freeze(self) -> None:
        """Have another process lock it, and write what it will not commit."""
        while self._holder is None:
            command = [sys.executable, "-c", HOLDER, str(self.path)]
            holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert holder.stdout is not None
            if holder.stdout.readline() == b"held\n":
                self._holder = holder
            else:
                _end(holder)  # others were quicker than its patience

    def thaw(self) -> None:
        """Kill the one that has it locked; a no-op where there is none."""
        holder, self._holder = self._holder, None
        if holder is not None:
            send(holder.pid, signal.SIGKILL)
            _end(holder)

    def entries(self) -> Sequence[str]:
        """Return what was committed to the ledger, in order of the alphabet."""
        return [row[0] for row in self._do("SELECT entry FROM ledger ORDER BY entry")]

    def clear(self) -> None:
        """Make it as it was in the beginning: not locked, the ledger empty."""
        self.thaw()
        wait_until(lambda: not self.connections(), "the database is closed")
        self._do("DELETE FROM ledger")

    def _do(self, query: str) -> list[tuple[str]]:
        link = sqlite3.connect(self.path, isolation_level=None)
        try:
            return link.execute(query).fetchall()
        finally:
            link.close()


class Files(_Kept):
    """A folder `log`; killed: it is not there."""

    kind = "files"

    def __init__(self) -> None:
        super().__init__()
        self.path = self.folder / "log"
        self.path.mkdir()

    def kill(self) -> None:
        """Move it away; what is open stays open."""
        self.path.rename(self.folder / "gone")

    def start(self) -> None:
        """Move it back."""
        (self.folder / "gone").rename(self.path)

    def thaw(self) -> None:
        if not self.path.exists():
            self.start()

    def entries(self) -> Sequence[str]:
        """Return the lines of all files, in order of the alphabet."""
        return sorted(line for each in self.path.iterdir() for line in each.read_text("utf-8").splitlines())

    def clear(self) -> None:
        """Make it as it was in the beginning: there, and empty."""
        self.thaw()
        for each in self.path.iterdir():
            each.unlink()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.communicate()
