"""The files, the catalogue, the key and the log, on a real directory."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager

import pytest

from tenure.cli.demo.catalogue import N_PRODUCTS, Catalogue
from tenure.cli.demo.credentials import Credentials
from tenure.cli.demo.directory import DataDirectory, data_directory
from tenure.cli.demo.files import FileManager, draft
from tenure.cli.demo.http_wire import Body, Request
from tenure.cli.demo.logs import Logs
from tenure.cli.demo.settings import Settings
from tenure.cli.demo.threads import call_in_thread, start_threads


def request(number: int) -> Request:
    return Request("POST", "/receipts", {"x-request": str(number)}, Body(None, 0))  # type: ignore[arg-type]  # no body


def with_files(
    directory: DataDirectory, threads: ThreadPoolExecutor, use: Callable[[FileManager], Awaitable[None]]
) -> None:
    async def main() -> None:
        files = FileManager(directory, threads)
        await files.initialize()
        try:
            await use(files)
        finally:
            await files.dispose()

    asyncio.run(main())


def test_a_draft_that_ends_well_is_published(directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
    """The receipt is whole and in its place."""

    async def use(files: FileManager) -> None:
        async with asynccontextmanager(draft)(files, request(70)) as receipt:
            receipt.add("order 70\n")
            assert not files.place_of(70).exists()

    with_files(directory, threads, use)

    assert (directory.path / "receipts/06/70.txt").read_text() == "receipt 70\norder 70\nthank you\n"


def test_a_draft_that_sees_an_error_is_thrown_away(directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
    """There is no receipt, and no draft: closing the files would fail if there was."""

    async def use(files: FileManager) -> None:
        with pytest.raises(ValueError, match="jam"):
            async with asynccontextmanager(draft)(files, request(70)):
                raise ValueError("jam")

    with_files(directory, threads, use)

    assert list(directory.path.rglob("70*")) == []


def test_a_draft_left_behind_is_an_error(directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
    """The files do not close silently over a draft; the lock is given back all the same."""

    async def use(files: FileManager) -> None:
        (files.drafts / "stray.part").touch()

    with pytest.raises(OSError, match="drafts"):
        with_files(directory, threads, use)
    assert not (directory.path / "files.lock").exists()


def test_files_are_locked_while_open(directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
    """A second manager on the same directory is refused."""

    async def use(files: FileManager) -> None:
        with pytest.raises(FileExistsError):
            await FileManager(directory, threads).initialize()

    with_files(directory, threads, use)


def test_the_directory_is_gone_afterwards() -> None:
    """It is there while it is open, and goes with all that is in it."""
    with contextmanager(data_directory)() as directory:
        (directory.path / "file").touch()
        assert directory.path.is_dir()

    assert not directory.path.exists()


def test_catalogue_knows_its_products(directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
    """Prices are read from the mapped file; what is not in it is a LookupError; closed, it answers no more."""

    async def main() -> None:
        async with Catalogue(directory, threads) as catalogue:
            assert catalogue.price_cents(0) == 100
            assert catalogue.price_cents(1) == 100 + 7919
            with pytest.raises(LookupError):
                catalogue.price_cents(N_PRODUCTS)
        with pytest.raises(ValueError, match="closed"):
            catalogue.price_cents(0)

    asyncio.run(main())


def test_credentials_are_wiped(threads: ThreadPoolExecutor) -> None:
    """A signature is good for its text only, and for the time of the key only."""

    async def main() -> None:
        credentials = Credentials(threads)
        await credentials.initialize()
        signature = credentials.sign("text")
        assert credentials.is_signature("text", signature)
        assert not credentials.is_signature("other", signature)
        await credentials.dispose()
        assert not credentials.is_signature("text", signature)

    asyncio.run(main())


def test_logs_are_whole_when_closed(directory: DataDirectory) -> None:
    """Every record is in the file, and the logger is as it was."""
    logger = logging.getLogger("tenure.demo")
    with Logs(directory) as logs:
        for number in range(100):
            logs.warning("request %d", number)

    entries = (directory.path / "app.log").read_text().splitlines()
    assert [f"WARNING request {number}" for number in range(100)] == [entry[24:] for entry in entries]
    assert (logger.handlers, logger.propagate) == ([], True)


def test_a_cancelled_call_is_waited_for(threads: ThreadPoolExecutor) -> None:
    """The cancellation is raised only once the thread is done with its call."""
    done: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        begun, cancelled = asyncio.Event(), asyncio.Event()

        def work() -> None:
            loop.call_soon_threadsafe(begun.set)
            asyncio.run_coroutine_threadsafe(cancelled.wait(), loop).result()
            done.append("worked")

        task = asyncio.create_task(call_in_thread(threads, work))
        await begun.wait()
        task.cancel()
        loop.call_soon(task.cancel)
        loop.call_soon(cancelled.set)
        with pytest.raises(asyncio.CancelledError):
            await task
        done.append("raised")

    asyncio.run(main())

    assert done == ["worked", "raised"]


def test_all_threads_run_from_the_start() -> None:
    """The executor has as many threads as it was asked for before the first call."""
    with start_threads(Settings(n_threads=5)) as threads:
        assert len(threads._threads) == 5
