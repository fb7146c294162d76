"""A Redis server of our own: started, looked at, killed, frozen."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.real import running, wire
from tests.real.packages import redis_server
from tests.real.running import HOST, ServerMissingError, send, wait_until

OPTIONS = ("--bind", HOST, "--save", "", "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning")


class Redis:
    """
    A server that keeps nothing on disk: what it held is lost when it ends.

    Raises:
        ServerMissingError: there is no Redis, and Debian's package cannot be fetched.
    """

    kind = "redis"

    def __init__(self) -> None:
        if not Path("/proc/self/stat").exists():
            raise ServerMissingError("the cases look at processes in /proc, which is not there")
        self._program, self._environ = redis_server()
        self._folder = running.Folder(None)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_frozen = False
        self._observer: wire.Socket | None = None
        self.port = running.free_port()
        try:
            self.start()
        except BaseException:
            self.remove()
            raise

    # its life

    @property
    def is_up(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        assert not self.is_up
        command = [self._program, "--port", str(self.port), "--dir", str(self._folder.path), *OPTIONS]
        self._process = running.launch(command, self._folder.path / "server.log", None, self._environ)
        self._folder.tell(self._process.pid)
        self.wait_until_up()

    def wait_until_up(self) -> None:
        """Wait until it takes connections."""
        wait_until(self._answers, "Redis takes connections")

    def _answers(self) -> bool:
        try:
            return bool(self.ask("PING"))
        except OSError:
            assert self.is_up, f"Redis ended: {(self._folder.path / 'server.log').read_text('utf-8')[-400:]}"
            return False

    def kill(self) -> None:
        """Kill it as a power cut does."""
        if self._process is None:
            return
        self._end_observer()
        send(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process, self._is_frozen = None, False
        self._folder.tell(0)

    def stop(self) -> None:
        """End it as an administrator does: it closes its connections."""
        assert self._process is not None
        self._end_observer()
        send(self._process.pid, signal.SIGTERM)
        self._process.wait(20)
        self._process = None
        self._folder.tell(0)

    def remove(self) -> None:
        """End it and remove its files."""
        self.kill()
        self._folder.remove()

    # what happens to it

    def freeze(self) -> None:
        """Stop it where it stands: it neither answers nor ends connections."""
        assert self._process is not None
        send(self._process.pid, signal.SIGSTOP)
        self._is_frozen = True

    def thaw(self) -> None:
        """Let it go on; a no-op where it is not frozen."""
        if self._is_frozen and self._process is not None:
            send(self._process.pid, signal.SIGCONT)
        self._is_frozen = False

    def cut(self, identity: int) -> None:
        """End the connection *identity* on the server's side."""
        self.ask("CLIENT", "KILL", "ID", str(identity))

    dismiss = cut

    def dismiss_all(self) -> None:
        """End every connection but the observer's, on the server's side."""
        for line in self.connections():
            self.ask("CLIENT", "KILL", "ID", line.split()[0].removeprefix("id="))

    def limit(self, count: int | None) -> None:
        """Let there be *count* connections at a time beside the observer's; None: any number."""
        self.ask("CONFIG", "SET", "maxclients", str(10000 if count is None else count + 1))

    # what it sees

    def ask(self, *words: str) -> Any:
        """Return the reply to a command of the observer's."""
        try:
            if self._observer is None:
                self._observer = wire.Socket(HOST, self.port, 10)
                self._observer.talk(wire.redis_ask("CLIENT", "SETNAME", "observer"))
            return self._observer.talk(wire.redis_ask(*words))
        except OSError:
            self._end_observer()
            raise

    def connections(self) -> list[str]:
        """Return every connection but the observer's, as text."""
        return [line for line in self.ask("CLIENT", "LIST").splitlines() if line and " name=observer " not in line]

    def is_busy(self) -> bool:
        """Tell whether a connection waits in a blocking command."""
        return any(" flags=b " in line for line in self.connections())

    def entries(self) -> Sequence[str]:
        """Return what was committed to the ledger, in order of the alphabet."""
        return sorted(self.ask("SMEMBERS", "ledger"))

    def clear(self) -> None:
        """Make it as it was in the beginning: up, awake, unlimited, nobody connected, the ledger empty."""
        self.thaw()
        if not self.is_up:
            self.start()
        self.limit(None)
        self.dismiss_all()
        wait_until(lambda: not self.connections(), "Redis ends connections")
        self.ask("FLUSHALL")

    def _end_observer(self) -> None:
        if self._observer is not None:
            self._observer.close()
            self._observer = None
