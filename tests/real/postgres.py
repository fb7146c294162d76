"""A PostgreSQL server of our own: started, looked at, killed, frozen."""

import contextlib
import getpass
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.real import running, wire
from tests.real.running import HOST, ServerMissingError, children, is_running, send, wait_until

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "90",
    "shared_buffers": "16MB",
    "fsync": "off",
    "autovacuum": "off",
    "max_wal_senders": "0",
    "restart_after_crash": "on",
    "log_min_messages": "fatal",
}


class Postgres:
    """
    A server with the table `ledger` and the user `app`, who owns it and needs no password.

    Raises:
        ServerMissingError: PostgreSQL is not installed.
    """

    kind = "postgres"

    def __init__(self) -> None:
        self._programs = _programs()
        self._user = _account()
        self._superuser = self._user or getpass.getuser()
        self._folder = running.Folder(self._user)
        self._data = self._folder.path / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._frozen: list[int] = []
        self._observer: wire.Socket | None = None
        self.port = running.free_port()
        try:
            self._make()
        except BaseException:
            self.remove()
            raise

    def _make(self) -> None:
        command = [str(self._programs / "initdb"), "-A", "trust", "-N", "-E", "UTF8", "--no-instructions"]
        log = self._folder.path / "initdb.log"
        environ = {"LC_ALL": "C"}
        done = running.launch([*command, "-U", self._superuser, "-D", str(self._data)], log, self._user, environ)
        if done.wait(60) != 0:
            raise ServerMissingError(f"initdb of PostgreSQL failed: {log.read_text('utf-8', 'replace')[-400:]}")
        self.start()
        self.ask("CREATE USER app")
        self.ask("CREATE TABLE ledger (entry text)")
        self.ask("ALTER TABLE ledger OWNER TO app")

    # its life

    @property
    def is_up(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        assert not self.is_up
        for left in [self._data / "postmaster.pid", *self._data.glob(".s.PGSQL.*.lock")]:
            left.unlink(missing_ok=True)  # a server that was killed leaves them, and its number may be in use again
        options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port), *options]
        self._process = running.launch(command, self._folder.path / "server.log", self._user, {"LC_ALL": "C"})
        self._folder.tell(self._process.pid)
        self.wait_until_up()

    def wait_until_up(self) -> None:
        """Wait until it takes connections, for instance again after one of its processes was killed."""
        wait_until(self._answers, "PostgreSQL takes connections")

    def _answers(self) -> bool:
        try:
            return bool(self.ask("SELECT 1"))
        except (OSError, wire.RefusedError):
            assert self.is_up, f"PostgreSQL ended: {(self._folder.path / 'server.log').read_text('utf-8')[-400:]}"
            return False

    def kill(self) -> None:
        """Kill it as a power cut does; what is frozen does not wake any more."""
        if self._process is None:
            return
        family = children(self._process.pid)
        self._end_observer()
        send(self._process.pid, signal.SIGKILL)
        for number in self._frozen:
            send(number, signal.SIGKILL)
        self._frozen = []
        self._process.wait()
        wait_until(lambda: not any(is_running(number) for number in family), "the processes of PostgreSQL end")
        self._process = None
        self._folder.tell(0)

    def stop(self) -> None:
        """End it as an administrator does who will not wait: connections are ended, what was committed is kept."""
        assert self._process is not None
        self._end_observer()
        send(self._process.pid, signal.SIGINT)
        self._process.wait(20)
        self._process = None
        self._folder.tell(0)

    def remove(self) -> None:
        """End it and remove its files."""
        if self._process is not None:
            for number in children(self._process.pid):
                send(number, signal.SIGKILL)
            self.kill()
        self._folder.remove()

    # what happens to it

    def freeze(self) -> None:
        """Stop every process of it where it stands: it neither answers nor ends connections."""
        assert self._process is not None
        self._frozen = [self._process.pid, *children(self._process.pid)]
        for number in self._frozen:
            send(number, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on; a no-op where it is not frozen."""
        for number in self._frozen:
            send(number, signal.SIGCONT)
        self._frozen = []

    def cut(self, identity: int) -> None:
        """Kill the process that serves the connection *identity*; PostgreSQL then starts all of them anew."""
        assert self._process is not None
        assert identity in children(self._process.pid)
        self._end_observer()
        send(identity, signal.SIGKILL)
        wait_until(lambda: not is_running(identity), "the process of a connection ends")

    def dismiss(self, identity: int) -> None:
        """End the connection *identity* alone, as an administrator does."""
        self.ask(f"SELECT pg_terminate_backend({identity})")
        assert self._process is not None
        wait_until(lambda: not is_running(identity), "the process of a connection ends")

    def dismiss_all(self) -> None:
        """End every connection of the user `app`, as an administrator does."""
        self.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")

    def limit(self, count: int | None) -> None:
        """Let the user `app` have *count* connections at a time; None: any number."""
        self.ask(f"ALTER USER app CONNECTION LIMIT {-1 if count is None else count}")

    # what it sees

    def ask(self, query: str) -> list[Any]:
        """Return the rows that *query* gives to the superuser."""
        try:
            if self._observer is None:
                self._observer = wire.Socket(HOST, self.port, 10)
                self._observer.talk(wire.postgres_hello(self._superuser, "observer"))
            return self._observer.talk(wire.postgres_ask(query))
        except OSError:
            self._end_observer()
            raise
        except wire.RefusedError as error:
            if "terminating" in str(error) or "starting up" in str(error) or "recovery" in str(error):
                self._end_observer()
            raise

    def connections(self) -> list[str]:
        """Return every connection but the observer's, as text."""
        sees = "SELECT pid, state, query FROM pg_stat_activity"
        return [
            str(row) for row in self.ask(f"{sees} WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
        ]

    def is_busy(self) -> bool:
        """Tell whether a statement of the user `app` runs at this moment."""
        return bool(self.ask("SELECT 1 FROM pg_stat_activity WHERE usename = 'app' AND state = 'active'"))

    def entries(self) -> Sequence[str]:
        """Return what was committed to the ledger, in order of the alphabet."""
        return [row[0] for row in self.ask("SELECT entry FROM ledger ORDER BY entry")]

    def clear(self) -> None:
        """Make it as it was in the beginning: up, awake, unlimited, nobody connected, the ledger empty."""
        self.thaw()
        if not self.is_up:
            self.start()
        self.wait_until_up()
        self.limit(None)
        self.dismiss_all()
        wait_until(lambda: not self.connections(), "PostgreSQL ends connections")
        self.ask("TRUNCATE ledger")

    def _end_observer(self) -> None:
        if self._observer is not None:
            self._observer.close()
            self._observer = None


def _account() -> str | None:
    """Return the account to run as, which may not be root's; None: ours."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise ServerMissingError("PostgreSQL refuses to run as root, and there is neither a user postgres nor nobody")


def _programs() -> Path:
    """Return the folder of `initdb` and `postgres`, the newest where there are several."""
    if not Path("/proc/self/stat").exists():
        raise ServerMissingError("the cases look at processes in /proc, which is not there")
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for folder in [*([Path(on_path).parent] if on_path else []), *versions]:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServerMissingError("no PostgreSQL here: apt-get install postgresql")
