"""Real threads and a real directory for the parts of the demo."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tenure.cli.demo.directory import DataDirectory


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Two threads."""
    with ThreadPoolExecutor(2) as executor:
        yield executor


@pytest.fixture
def directory(tmp_path: Path) -> DataDirectory:
    """An empty directory."""
    return DataDirectory(tmp_path)
