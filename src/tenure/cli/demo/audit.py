"""
The operating system's own view of a process: open file descriptors, threads, tasks.

Knows nothing of Tenure: this is the witness that Tenure's own counts are held against.
"""

import asyncio
import os
import threading
from dataclasses import dataclass
from pathlib import Path

FD_DIRECTORY = Path("/proc/self/fd")
MAX_SCANNED_FD = 4096


@dataclass(frozen=True, slots=True)
class SystemView:
    """What a process holds at one moment."""

    fds: dict[int, str]
    """What each open file descriptor leads to, as the system names it."""
    threads: tuple[str, ...]
    tasks: tuple[str, ...]


def observe_system() -> SystemView:
    """Return what this process holds now. Called in a running event loop; the caller's own task is among the tasks."""
    threads = tuple(thread.name for thread in threading.enumerate())
    tasks = tuple(task.get_name() for task in asyncio.all_tasks())
    return SystemView(list_fds(), threads, tasks)


def list_fds(directory: Path = FD_DIRECTORY) -> dict[int, str]:
    """Return every open file descriptor and what it leads to; where the system keeps no *directory* of them, scan."""
    if not directory.is_dir():
        return scan_fds()
    fds: dict[int, str] = {}
    for name in os.listdir(directory):
        try:
            fds[int(name)] = os.readlink(directory / name)
        except OSError:
            continue  # the descriptor of this very listing, closed by now
    return fds


def scan_fds() -> dict[int, str]:
    """Return every file descriptor that the system can tell something about, by asking for one after the other."""
    fds: dict[int, str] = {}
    for fd in range(MAX_SCANNED_FD):
        try:
            status = os.fstat(fd)
        except OSError:
            continue
        fds[fd] = f"device {status.st_dev} inode {status.st_ino}"
    return fds


def extra_fds(before: SystemView, after: SystemView) -> list[str]:
    """Return the file descriptors of *after* that *before* did not have, as "number -> where it leads"."""
    return [f"{fd} -> {target}" for fd, target in sorted(after.fds.items()) if before.fds.get(fd) != target]


def extra_names(before: tuple[str, ...], after: tuple[str, ...]) -> list[str]:
    """Return the names in *after* that are not in *before*; a name counts as often as it is there."""
    left = list(before)
    extra: list[str] = []
    for name in after:
        if name in left:
            left.remove(name)
        else:
            extra.append(name)
    return extra
