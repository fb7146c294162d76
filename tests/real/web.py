"""An HTTP server of our own: a process that answers with what it was sent, and can be killed and frozen."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.real import running
from tests.real.running import send, wait_until

PROGRAM = Path(__file__).with_name("web_program.py")
ESTABLISHED, CLOSE_WAIT = "01", "08"


class Web:
    """A server that answers `GET /<tag>` with the header `X-Client` of the request, a space and the tag."""

    kind = "web"

    def __init__(self) -> None:
        self._folder = running.Folder(None)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = running.free_port()
        self.start()

    @property
    def is_up(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        command = [sys.executable, str(PROGRAM), str(self.port)]
        self._process = running.launch(command, self._folder.path / "server.log", None, {})
        self._folder.tell(self._process.pid)
        wait_until(self._listens, "the HTTP server takes connections")

    def _listens(self) -> bool:
        assert self.is_up, f"the HTTP server ended: {(self._folder.path / 'server.log').read_text('utf-8')[-400:]}"
        return bool(running.sockets(self.port, (running.LISTENING,)))

    def kill(self) -> None:
        """Kill it as a power cut does."""
        if self._process is not None:
            send(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            self._folder.tell(0)

    stop = kill

    def freeze(self) -> None:
        """Stop it where it stands: it neither answers nor ends connections."""
        assert self._process is not None
        send(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on; a no-op where it is not frozen."""
        if self._process is not None:
            send(self._process.pid, signal.SIGCONT)

    def dismiss_all(self) -> None:
        """Have it end every connection."""
        assert self._process is not None
        send(self._process.pid, signal.SIGUSR1)

    def connections(self) -> list[str]:
        """Return every connection that it has, as the kernel sees them."""
        return running.sockets(self.port, (ESTABLISHED, CLOSE_WAIT))

    def clear(self) -> None:
        """Make it as it was in the beginning: up, awake, nobody connected."""
        self.thaw()
        if not self.is_up:
            self.start()
        self.dismiss_all()
        wait_until(lambda: not self.connections(), "the HTTP server ends connections")

    def remove(self) -> None:
        """End it and remove its files."""
        self.kill()
        self._folder.remove()
