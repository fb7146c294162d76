"""
The directory that holds everything a run writes, as a resource of the run.

It outlives the application's container, so that its files can be read when all else is closed.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tenure import resource


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """A directory that belongs to one run."""

    path: Path


@resource(scope="singleton")
def data_directory() -> Iterator[DataDirectory]:
    """Make a temporary directory; remove it with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="tenure-demo-") as path:
        yield DataDirectory(Path(path))
