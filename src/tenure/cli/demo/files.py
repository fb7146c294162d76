"""
Files that the application keeps: receipts, written as drafts and published whole or not at all.

The draft has no lifetime of its own (`@resource` alone): it belongs to the innermost scope that is open when it is
first needed, here the inner scope that a request opens around its printing.
"""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from tenure import resource
from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.http_wire import Request
from tenure.cli.demo.threads import call_in_thread

N_SHELVES = 64


@resource(scope="singleton")
class FileManager:
    """The directory of receipts, locked for one process while it is open."""

    def __init__(self, directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
        self.drafts: Path = directory.path / "drafts"
        self.receipts: Path = directory.path / "receipts"
        self.threads = threads
        self._lock_path = directory.path / "files.lock"

    async def initialize(self) -> None:
        """Take the lock and make the shelves."""
        await call_in_thread(self.threads, self._open)

    async def dispose(self) -> None:
        """Remove the drafts' directory, which fails if a draft was left in it, and give the lock back."""
        await call_in_thread(self.threads, self._close)

    def _open(self) -> None:
        self._lock = self._lock_path.open("x")
        self.drafts.mkdir()
        for shelf in range(N_SHELVES):
            (self.receipts / f"{shelf:02}").mkdir(parents=True)

    def _close(self) -> None:
        self._lock.close()
        self._lock_path.unlink()
        self.drafts.rmdir()

    def place_of(self, number: int) -> Path:
        """Return where the receipt of order *number* is kept."""
        return self.receipts / f"{number % N_SHELVES:02}" / f"{number}.txt"


class Draft:
    """A receipt that is being written: nobody sees it before it is whole."""

    def __init__(self, path: Path, place: Path, threads: ThreadPoolExecutor) -> None:
        self._path = path
        self._place = place
        self._threads = threads
        self._file: TextIO | None = None

    async def begin(self, text: str) -> None:
        """Open the draft and write its first line, *text*."""
        await call_in_thread(self._threads, self._begin, text)

    async def publish(self, text: str) -> None:
        """Write the last line, *text*, and put the receipt in its place."""
        await call_in_thread(self._threads, self._publish, text)

    async def discard(self) -> None:
        """Remove the draft, however far it got."""
        await call_in_thread(self._threads, self._discard)

    def add(self, text: str) -> None:
        """Add *text* to the receipt; it is small and stays in memory until the receipt is published."""
        if self._file is None:
            raise RuntimeError(f"draft {self._path.name} is not open")
        self._file.write(text)

    def _begin(self, text: str) -> None:
        self._file = self._path.open("w", encoding="utf-8")
        self._file.write(text)

    def _publish(self, text: str) -> None:
        self.add(text)
        self._close()
        self._path.rename(self._place)

    def _discard(self) -> None:
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@resource
async def draft(files: FileManager, request: Request) -> AsyncIterator[Draft]:
    """Begin a receipt; publish it if all goes well, throw it away if not."""
    number = request.number
    draft = Draft(files.drafts / f"{number}.part", files.place_of(number), files.threads)
    try:
        await draft.begin(f"receipt {number}\n")
        yield draft
        await draft.publish("thank you\n")
    except BaseException:
        await draft.discard()
        raise
