"""
The background worker: takes audit records from a queue and writes them to a file, many at a time.

Closing it drains it: every record that was handed in is in the file afterwards.
"""

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

from tenure import resource
from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.http_wire import Request
from tenure.cli.demo.logs import Logs
from tenure.cli.demo.threads import call_in_thread


@dataclass(slots=True)
class AuditRecord:
    """What became of one request."""

    number: int
    path: str
    outcome: str = "ok"
    """ "ok", or the name of the error that ended the request."""
    elapsed_ms: float = 0.0


@resource(scope="singleton")
class AuditTrail:
    """Writes the audit records to `audit.jsonl`, in the background."""

    def __init__(self, directory: DataDirectory, threads: ThreadPoolExecutor, logs: Logs) -> None:
        self._path = directory.path / "audit.jsonl"
        self._threads = threads
        self._logs = logs
        self._queue: asyncio.Queue[AuditRecord | None] = asyncio.Queue()
        self.n_written: int = 0

    async def initialize(self) -> None:
        """Open the file and start the worker."""
        self._file = self._path.open("x", encoding="utf-8")
        self._worker = asyncio.create_task(self._drain(), name="demo audit worker")

    async def dispose(self) -> None:
        """Let the worker finish what is queued, end it, close the file."""
        self._queue.put_nowait(None)
        try:
            await self._worker
        finally:
            self._file.close()
        self._logs.info("audit trail closed with %d records", self.n_written)

    def submit(self, record: AuditRecord) -> None:
        """Hand in *record*; it is written soon, at the latest on closing."""
        self._queue.put_nowait(record)

    async def _drain(self) -> None:
        is_last = False
        while not is_last:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            is_last = None in batch
            records = [record for record in batch if record is not None]
            await call_in_thread(self._threads, self._write, records)

    def _write(self, records: list[AuditRecord]) -> None:
        self._file.writelines(json.dumps(asdict(record)) + "\n" for record in records)
        self.n_written += len(records)


@resource(scope="request")
def audit_record(request: Request, trail: AuditTrail) -> Iterator[AuditRecord]:
    """Keep the record of a request: how long it took, and which error ended it, if one did."""
    began = time.perf_counter()
    record = AuditRecord(request.number, request.path)
    try:
        yield record
    except BaseException as error:
        record.outcome = type(error).__name__
        raise
    finally:
        record.elapsed_ms = round((time.perf_counter() - began) * 1000, 3)
        trail.submit(record)
