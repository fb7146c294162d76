"""File handle resources: an asyncio.Lock made in `__init__`, aiofiles, and `async with` on what a method gives."""

import asyncio
from pathlib import Path

import aiofiles
import pytest
from document_support import Watch

from tenure.compat.injectq import InjectQ, resource

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("anyio_backend", ["asyncio"])]  # aiofiles is asyncio's


# The document's program.


@resource
class FileManager:
    """File handle manager with automatic cleanup."""

    def __init__(self, base_path: str):
        self.base_path = Path(base_path)
        self.open_files = {}
        self.lock = asyncio.Lock()

    async def initialize(self):
        """Ensure base directory exists."""
        self.base_path.mkdir(parents=True, exist_ok=True)
        print(f"File manager initialized at {self.base_path}")

    async def dispose(self):
        """Close all open files."""
        async with self.lock:
            for file_path, file_handle in self.open_files.items():
                await file_handle.close()
                print(f"Closed file: {file_path}")
            self.open_files.clear()

    async def open_file(self, filename: str, mode: str = "r"):
        """Open a file with automatic management."""
        file_path = self.base_path / filename

        async with self.lock:
            if str(file_path) in self.open_files:
                return self.open_files[str(file_path)]

            file_handle = await aiofiles.open(file_path, mode)
            self.open_files[str(file_path)] = file_handle

            return FileWrapper(file_handle, str(file_path), self)

    def close_file(self, file_path: str):
        """Close a specific file."""
        if file_path in self.open_files:
            # Note: In real implementation, this would be async
            # For simplicity, we'll mark for cleanup
            pass


class FileWrapper:
    """Wrapper for file handles with automatic cleanup."""

    def __init__(self, file_handle, file_path: str, manager: FileManager):
        self._file_handle = file_handle
        self._file_path = file_path
        self._manager = manager

    async def __aenter__(self):
        return self._file_handle

    async def __aexit__(self, exc_type, exc_val, exc_tb):
        await self._file_handle.close()
        self._manager.close_file(self._file_path)


# Usage
async def process_file(container):
    file_manager = container.get(FileManager)

    async with container.resource_scope():
        async with file_manager.open_file("data.txt", "r") as f:
            content = await f.read()
            return content


# What holds of it.


ONCE = ["Opened FileManager", "Closed FileManager"]


@pytest.fixture
def base(tmp_path):
    (tmp_path / "data.txt").write_text("content")
    return tmp_path


@pytest.fixture(params=["instance", "class"])
def container(request, base):
    """Bound as an object, or as a class with its path given by name."""
    container = InjectQ()
    if request.param == "instance":
        container.bind(FileManager, FileManager(str(base)))
    else:
        container.bind(FileManager, arguments={"base_path": str(base)})
    return container


async def test_the_program_reads_its_file(container, base, capsys):
    """Opened in the scope by `async with file_manager.open_file(...)`, closed with it."""
    watch = Watch(container)

    assert await process_file(container) == "content"
    assert watch.acts == ONCE
    assert capsys.readouterr().out.splitlines() == [
        f"File manager initialized at {base}",
        f"Closed file: {base / 'data.txt'}",
    ]


async def test_every_handle_is_closed(container):
    """Those that nobody closed by hand as well, on an error as well."""
    manager = container.get(FileManager)
    with pytest.raises(LookupError):
        async with container.resource_scope():
            await manager.open_file("data.txt")
            await manager.open_file("new.txt", "w")
            handles = list(manager.open_files.values())
            raise LookupError

    assert len(handles) == 2
    assert all(handle.closed for handle in handles)
    assert manager.open_files == {}


async def test_a_missing_file_is_the_users_error(container):
    """`async with` on the call raises what the call raised."""
    watch = Watch(container)
    manager = container.get(FileManager)

    with pytest.raises(FileNotFoundError):
        async with container.resource_scope(), manager.open_file("missing.txt"):
            raise AssertionError
    assert watch.acts == ONCE


async def test_the_directory_is_made_by_the_first_use(base):
    """Not by making, binding or getting the manager."""
    container = InjectQ()
    container.bind(FileManager, FileManager(str(base / "new")))
    async with container.resource_scope():
        manager = container.get(FileManager)
        assert not (base / "new").exists()
        async with manager.open_file("data.txt", "w") as file:
            await file.write("text")

    assert (base / "new" / "data.txt").read_text() == "text"


async def test_the_lock_is_the_running_loops(container):
    """Users at the same time wait for each other on the manager's own lock."""
    manager = container.get(FileManager)

    async def use(number):
        async with manager.open_file(f"{number}.txt", "w") as file:
            await file.write(str(number))

    async with container.resource_scope(), asyncio.TaskGroup() as tasks:
        for number in range(20):
            tasks.create_task(use(number))

    assert sorted(int(path.read_text()) for path in manager.base_path.glob("[0-9]*.txt")) == list(range(20))


async def test_the_next_scope_opens_it_again(container):
    """With handles of its own."""
    watch = Watch(container)

    assert [await process_file(container) for _ in range(2)] == ["content", "content"]
    assert watch.acts == ONCE * 2
