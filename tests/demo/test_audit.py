"""The system's view: it sees what is really there."""

import asyncio
import threading
from pathlib import Path

from tenure.cli.demo.audit import SystemView, extra_fds, extra_names, list_fds, observe_system, scan_fds


def test_an_open_file_is_seen(tmp_path: Path) -> None:
    """A file that is opened between two looks is named with its descriptor; one that is closed is not."""

    async def look() -> SystemView:
        return observe_system()

    before = asyncio.run(look())
    with (tmp_path / "leak.txt").open("w") as file:
        during = asyncio.run(look())
        fd = file.fileno()
    after = asyncio.run(look())

    assert [f"{fd} -> {tmp_path / 'leak.txt'}"] == [name for name in extra_fds(before, during) if "leak" in name]
    assert not [name for name in extra_fds(before, after) if "leak" in name]


def test_a_thread_and_a_task_are_seen() -> None:
    """A thread and a task that are still there are named."""

    async def look() -> tuple[SystemView, SystemView]:
        before = observe_system()
        done = threading.Event()
        thread = threading.Thread(target=done.wait, name="stray thread")
        thread.start()
        task = asyncio.create_task(asyncio.Event().wait(), name="stray task")
        after = observe_system()
        done.set()
        thread.join()
        task.cancel()
        return before, after

    before, after = asyncio.run(look())

    assert extra_names(before.threads, after.threads) == ["stray thread"]
    assert extra_names(before.tasks, after.tasks) == ["stray task"]


def test_names_count_as_often_as_they_are_there() -> None:
    """Two threads of one name where one was before are one too many."""
    assert extra_names(("main", "pool"), ("main", "pool", "pool")) == ["pool"]


def test_scan_finds_what_the_directory_lists(tmp_path: Path) -> None:
    """Where the system lists no descriptors, asking for each one finds an open file too."""
    with (tmp_path / "open.txt").open("w") as file:
        assert file.fileno() in scan_fds()
        assert file.fileno() in list_fds(tmp_path / "missing")
    assert file.closed
