"""
`serve_inspection`: let another process of the same user look at a container, over a socket in the file system.

Read-only: whatever is sent asks for one more inspection. Off unless somebody calls it. One thread, whoever looks; what
a reader does not take within a limit is not waited for.
"""

import contextlib
import errno
import json
import os
import selectors
import socket
import stat
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tenure.errors import BindingError
from tenure.observe.masking import told
from tenure.observe.snapshot import MOST, inspection_of
from tenure.observe.watch import Watch

SEND_LIMIT_S = 5.0
"""Seconds that a reader has to take an inspection; one that does not is disconnected."""
MOST_READERS = 8
"""How many may look at a time; whoever comes after them is disconnected."""
_LONGEST_PATH = 107 if sys.platform == "linux" else 103  # bytes, of `sockaddr_un.sun_path`


class InspectionServer:
    """
    Answers at *path* until it is closed; also a context manager. `serve_inspection` makes it.

    Attributes:
        path: where it answers.
    """

    def __init__(self, container: Any, path: Path, limit: int) -> None:
        self.path: Path = path
        self._container = container
        self._limit = limit
        self._pid = os.getpid()
        inspection_of(container, limit=limit)  # what would be refused is refused here
        self._watch = Watch(container)
        try:
            self._socket = _listening(path)
        except BaseException:
            self._watch.detach()
            raise
        self._inode = os.stat(path).st_ino
        self._theirs, self._ours = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self._theirs, selectors.EVENT_READ)
        self._readers: dict[Any, None] = {}
        self._thread = threading.Thread(target=self._serve, name="tenure inspection", daemon=True)
        self._thread.start()
        _serving.add(self)

    def __repr__(self) -> str:
        return f"<InspectionServer at {str(self.path)!r}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Answer no more, and remove the socket; again: nothing. In a forked child it only lets go of what it got."""
        if self not in _serving:
            return
        _serving.discard(self)
        if os.getpid() != self._pid:
            return
        self._ours.send(b".")
        if threading.current_thread() is not self._thread:
            self._thread.join()
        with contextlib.suppress(OSError):
            if os.stat(self.path).st_ino == self._inode:
                self.path.unlink()
        self._let_go()
        self._watch.detach()

    def _let_go(self) -> None:
        self._selector.close()
        for each in (self._socket, self._theirs, self._ours, *self._readers):
            each.close()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._theirs:
                    return
                if key.fileobj is self._socket:
                    self._accept()
                else:
                    self._answer(key.fileobj)

    def _accept(self) -> None:
        try:
            reader, _ = self._socket.accept()
        except OSError:  # it went away again
            return
        if len(self._readers) >= MOST_READERS:
            reader.close()
            return
        reader.settimeout(SEND_LIMIT_S)
        self._readers[reader] = None
        self._selector.register(reader, selectors.EVENT_READ)

    def _answer(self, reader: Any) -> None:
        try:
            asked = reader.recv(1024)
            if asked:
                reader.sendall(self._line())
        except OSError:
            asked = b""
        if not asked:
            self._selector.unregister(reader)
            self._readers.pop(reader, None)
            reader.close()

    def _line(self) -> bytes:
        found: dict[str, Any] = {"program": _program()}
        try:
            found |= inspection_of(self._container, self._watch, limit=self._limit).as_dict()
        except Exception as error:  # noqa: BLE001 - annotations of the user's may raise anything when they are read
            found["error"] = told(error)
        return json.dumps(found, separators=(",", ":")).encode() + b"\n"


def _program() -> str:
    """Return what the process is called: its script or package, without arguments, which may be secrets."""
    path = Path(sys.argv[0] if sys.argv else "")
    return path.parent.name if path.name == "__main__.py" else path.name


def serve_inspection(
    container: Any, path: str | os.PathLike[str] | None = None, *, limit: int = MOST
) -> InspectionServer:
    """
    Let other processes of this user look at *container*, with `tenure top`, until `close()` of what is returned.

    Nobody can change anything there, and no value of any object is told. The container is watched (`Watch`) as long as
    that, which costs what docs/performance.md says of observed containers.

    Args:
        container: of either face.
        path: where to make the socket, for this user alone (mode 0600); a directory that is there, or a path that ends
            with a separator: a socket named after the process in it; None: likewise in the directory of the user,
            where `tenure top` looks (`inspection_directory()`).
        limit: how many resources and how many scopes are told of at a time, >= 1.

    Raises:
        BindingError: *container* is none, *limit* is less than 1, *path* is too long for a socket, there are no such
            sockets here (Windows), or the directory of the user is not theirs alone.
        OSError: the socket cannot be made; EADDRINUSE: another process answers there, or *path* is something else.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise BindingError("serve_inspection needs sockets in the file system, which this system does not have")
    if path is None:
        own = _own_directory()
        for left in own.glob("*.sock"):  # of processes that were killed
            with contextlib.suppress(OSError):
                _remove_left_over(left)
        return InspectionServer(container, own / f"{os.getpid()}.sock", limit)
    where = Path(path)
    if where.is_dir() or os.fspath(path).endswith(os.sep):
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        where /= f"{os.getpid()}.sock"
    return InspectionServer(container, where, limit)


def inspection_directory() -> Path:
    """Return where sockets are made of which nothing else is said: one directory for each user."""
    own = os.environ.get("XDG_RUNTIME_DIR")
    if own:
        return Path(own) / "tenure"
    return Path(tempfile.gettempdir()) / f"tenure-{os.getuid()}"


def _own_directory() -> Path:
    found = inspection_directory()
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = os.lstat(found)
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise BindingError(
            f"{str(found)!r} is not a directory of this user alone (mode 0700); remove it, or say where to make the "
            "socket"
        )
    return found


def _listening(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise BindingError(f"{str(path)!r} is too long for a socket: {_LONGEST_PATH} bytes at most")
    found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_left_over(path)
        found.bind(os.fspath(path))
        path.chmod(0o600)  # before it listens: nobody can connect until then
        found.listen(MOST_READERS)
        found.setblocking(False)
    except OSError as error:
        found.close()
        error.filename = error.filename or os.fspath(path)  # Python says of a socket only what failed
        raise
    except BaseException:
        found.close()
        raise
    return found


def _remove_left_over(path: Path) -> None:
    """Remove the socket of a process that has ended; OSError where it is in use, or is no socket."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    in_use = OSError(errno.EADDRINUSE, "something else is there already", os.fspath(path))
    if not stat.S_ISSOCK(mode):
        raise in_use
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
    raise in_use


_serving: "weakref.WeakSet[InspectionServer]" = weakref.WeakSet()


def _leave_to_parent() -> None:
    """Let go of what a forked child got: the parent's reader must not wait for it."""
    for each in list(_serving):
        each._let_go()  # noqa: SLF001 - of this module
    _serving.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
