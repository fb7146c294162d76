"""The background worker: drained when closed."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tenure.cli.demo.directory import DataDirectory
from tenure.cli.demo.http_wire import Body, Request
from tenure.cli.demo.logs import Logs
from tenure.cli.demo.worker import AuditRecord, AuditTrail, audit_record


def drained(directory: DataDirectory, threads: ThreadPoolExecutor, n_records: int) -> list[int]:
    async def main() -> None:
        with Logs(directory) as logs:
            trail = AuditTrail(directory, threads, logs)
            await trail.initialize()
            for number in range(n_records):
                trail.submit(AuditRecord(number, "/orders"))
            await trail.dispose()

    asyncio.run(main())
    lines = (directory.path / "audit.jsonl").read_text().splitlines()
    return [json.loads(line)["number"] for line in lines]


@pytest.mark.parametrize("n_records", [0, 1, 1000])
def test_all_that_was_handed_in_is_written(
    directory: DataDirectory, threads: ThreadPoolExecutor, n_records: int
) -> None:
    """Closing writes what is queued, in order, each record once."""
    assert list(range(n_records)) == drained(directory, threads, n_records)


def test_a_record_tells_how_its_request_ended(directory: DataDirectory, threads: ThreadPoolExecutor) -> None:
    """A request that fails is recorded with the name of its error, which goes on."""
    handed_in: list[AuditRecord] = []

    class Trail:
        submit = handed_in.append

    request = Request("GET", "/orders", {"x-request": "7"}, Body(None, 0))  # type: ignore[arg-type]  # no body
    with contextmanager(audit_record)(request, Trail()):  # type: ignore[arg-type]  # all that is used of it
        pass
    with pytest.raises(LookupError), contextmanager(audit_record)(request, Trail()):  # type: ignore[arg-type]  # same
        raise LookupError

    assert [(record.number, record.outcome) for record in handed_in] == [(7, "ok"), (7, "LookupError")]
