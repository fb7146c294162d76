"""Find the processes that can be looked at, and ask one of them: the other end of `observe.serving`."""

import json
import os
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tenure.cli.finding import Refused
from tenure.observe.inspection import SHAPE
from tenure.observe.serving import inspection_directory

LIMIT_S = 10.0
"""Seconds that an answer may take."""


class Gone(Exception):  # noqa: N818 - a state of affairs, caught where it matters
    """The process answers no more."""


class Look:
    """
    A look at the process that answers at *path*; a context manager.

    Raises:
        Gone: nobody answers there.
    """

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(LIMIT_S)
        try:
            self._socket.connect(os.fspath(path))
        except OSError as error:
            self._socket.close()
            raise Gone(error.strerror or str(error)) from None
        self._answers = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._answers.close()
        self._socket.close()

    def once(self) -> dict[str, Any]:
        """
        Return what the process is like now, as `Inspection.as_dict` gives it.

        Raises:
            Gone: it answers no more.
            Refused: it answers in a way that this version does not know.
        """
        try:
            self._socket.sendall(b"\n")
            answer = self._answers.readline()
        except OSError as error:
            raise Gone(error.strerror or str(error)) from None
        if not answer:
            raise Gone("it has ended")
        try:
            found: Any = json.loads(answer)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Refused("what answers there is no process that Tenure lets be looked at")
        if "error" in found:
            raise Refused(f"the process could not tell: {found['error']}", 1)
        if found.get("shape") != SHAPE:
            raise Refused(f"the process answers in shape {found.get('shape')}, and this is for shape {SHAPE}")
        known: dict[str, Any] = found
        return known


def path_of(target: str | None) -> Path:
    """
    Return the socket that *target* means: a path, the number of a process, or None for the only one there is.

    Raises:
        Refused: there is none, or several.
    """
    if target is not None and target.isascii() and target.isdecimal():
        path = inspection_directory() / f"{target}.sock"
        if not path.exists():
            raise Refused(_not_there(target, path))
        return path
    if target is not None:
        return Path(target)
    found = [path for path in sorted(inspection_directory().glob("*.sock")) if _answers(path)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused("no process of this user can be looked at; run one with TENURE_INSPECT=1, or run(inspect=True)")
    listed = "".join(f"\n  tenure top {path.stem}" for path in found)
    raise Refused(f"{len(found)} processes can be looked at; say which:{listed}")


def _not_there(number: str, path: Path) -> str:
    try:
        os.kill(int(number), 0)  # which does nothing but look
    except (ProcessLookupError, OverflowError):
        return f"there is no process {number}"
    except OSError:  # another user's
        pass
    return f"process {number} has no socket at {path}; run it with TENURE_INSPECT=1, or run(inspect=True), as this user"


def _answers(path: Path) -> bool:
    try:
        with Look(path):
            return True
    except Gone:
        return False
