"""What a process has open and running, to be compared before and after."""

import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any


class Census:
    """What this process has: *files* by what they lead to, names of *threads* and *tasks*."""

    def __init__(self, world: Any) -> None:
        self.files = Counter(_files())
        self.threads = Counter(thread.name for thread in threading.enumerate())
        self.tasks = Counter(world.tasks())

    def more_than(self, before: "Census") -> list[str]:
        """Return a line for each thing that is there and was not *before*."""
        found: list[str] = []
        for name in ("files", "threads", "tasks"):
            more = getattr(self, name) - getattr(before, name)
            found += [f"{n} more of {name}: {what}" for what, n in sorted(more.items())]
        return found


def _files() -> list[str]:
    found: list[str] = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            where = os.readlink(each)
        except OSError:
            continue  # the one that lists them
        found.append("socket" if where.startswith("socket:") else "pipe" if where.startswith("pipe:") else where)
    return found
