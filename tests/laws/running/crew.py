"""
Worker processes that run batches side by side.

One that dies, or whose case takes longer than it may, costs that case alone: it is reported, and the rest of the batch
goes to a new worker.
"""

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.laws.rig.oracle import Violation
from tests.laws.running.batches import Batch, Place, Result
from tests.laws.running.discovering import ROOT
from tests.laws.running.worker import RIG

_LOOK_S = 0.2
_LAST_LINES = 25
_LAST_S = 5.0
"""How long a case may still take after Ctrl-C."""


class Worker:
    """
    One process.

    Args:
        limit_s: seconds that a case may take.
        source: a folder that stands before all others where modules are looked for; None: none.
    """

    def __init__(self, limit_s: float, source: Path | None = None) -> None:
        self._limit_s = limit_s
        self._folder = tempfile.TemporaryDirectory(prefix="tenure-laws-")
        self._log = Path(self._folder.name, "log").open("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - by `close`
        self._place = Place(Path(self._folder.name, "place"))
        path = [str(each) for each in (source, ROOT) if each is not None]
        path += filter(None, [os.environ.get("PYTHONPATH")])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.laws.running.worker", str(Path(self._folder.name, "place"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            start_new_session=True,
        )
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._listen, args=(self._process.stdout,), daemon=True).start()

    def _listen(self, stdout: IO[str]) -> None:
        for line in stdout:
            self._answers.put(line)
        self._answers.put("")

    def run(self, batch: Batch, stopped: threading.Event) -> tuple[Result, bool]:
        """
        Return what became of *batch*, and whether the worker lives on.

        Of one that was lost nothing is told but the case that it was lost by.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(batch.line())
            self._process.stdin.flush()
        except OSError:  # it died between two batches
            return self._lost(batch, "the worker ended"), False
        line = self._answer(stopped)
        if line is None:
            late = Result() if stopped.is_set() else self._lost(batch, f"not ended after {self._limit_s:g} s")
            return late, False
        if not line:
            return self._lost(batch, f"the worker ended with {self._ended()}"), False
        return Result.of(line), True

    def _answer(self, stopped: threading.Event) -> str | None:
        """Return its next line, "" where it ended, None where its case takes too long."""
        since, serial = time.monotonic(), -1
        while True:
            try:
                return self._answers.get(timeout=_LOOK_S)
            except queue.Empty:
                now = self._place.read()[0]
            if now != serial:
                since, serial = time.monotonic(), now
            limit_s = self._limit_s
            if stopped.is_set():
                self._place.stop()
                limit_s = _LAST_S
            if time.monotonic() - since > limit_s:
                return None

    def _ended(self) -> str:
        code = self._process.wait()
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"

    def _lost(self, batch: Batch, why: str) -> Result:
        number = min(self._place.read()[1], len(batch.cases) - 1)
        if self._process.poll() is None and hasattr(signal, "SIGUSR1"):
            self._process.send_signal(signal.SIGUSR1)  # where is it?
            time.sleep(0.3)
        self.kill()
        self._log.seek(0)
        said = "".join(self._log.readlines()[-_LAST_LINES:])
        result = Result(n_cases=1, lost=number)
        result.tally.violations.append(Violation(RIG, f"{why}\n{said}".strip(), batch.cases[number]))
        return result

    def end(self) -> None:
        """Let it end in its own time, ten seconds at most."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.close()
            self._process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.kill()

    def kill(self) -> None:
        """End it and what it started."""
        if self._process.poll() is None or os.name != "nt":
            try:
                if os.name == "nt":
                    self._process.kill()
                else:
                    os.killpg(self._process.pid, signal.SIGKILL)
            except (OSError, ProcessLookupError):
                pass  # it is gone
        self._process.wait()

    def close(self) -> None:
        """Remove what it left."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass  # what was meant for a worker that is gone
        self._place.close()
        self._log.close()
        self._folder.cleanup()


@dataclass(frozen=True, slots=True)
class Job:
    """A batch, and who wants to know."""

    batch: Batch
    limit_s: float
    tell: Callable[[Result], Any]
    """Called under a lock with each part of the result."""
    end: Callable[[], Any]
    """Called under the same lock when all of it is told, or given up."""


class Crew:
    """
    *n* workers on *jobs*.

    Args:
        n: how many, >= 1.
        jobs: taken one at a time, under a lock.
        source: as for `Worker`.
    """

    def __init__(self, n: int, jobs: Iterator[Job], source: Path | None = None) -> None:
        self._jobs = jobs
        self._source = source
        self._lock = threading.RLock()  # a generator of jobs may end one
        self._stopped = threading.Event()
        self._failure: list[BaseException] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(n)]

    def run(self, look: Callable[[], None]) -> None:
        """Run everything; *look* is called a few times a second. KeyboardInterrupt ends the workers and is raised."""
        for thread in self._threads:
            thread.start()
        try:
            while any(thread.is_alive() for thread in self._threads):
                for thread in self._threads:
                    thread.join(_LOOK_S / len(self._threads))
                look()
        finally:
            self._stopped.set()
            for thread in self._threads:
                thread.join(15)
        if self._failure:
            raise self._failure[0]

    def stop(self) -> None:
        """Take no more jobs; what is under way is given up."""
        self._stopped.set()

    def _serve(self) -> None:
        worker: Worker | None = None
        where = ""
        try:
            while (job := self._next()) is not None:
                if worker is not None and where != job.batch.where:  # drivers change things for good
                    _ended(worker)
                    worker = None
                where = job.batch.where
                try:
                    worker = self._do(job, worker)
                finally:
                    with self._lock:
                        job.end()
        except BaseException as error:  # raised by `run`
            self._failure.append(error)
            self._stopped.set()
        finally:
            if worker is not None:
                _ended(worker)

    def _next(self) -> Job | None:
        with self._lock:
            return None if self._stopped.is_set() else next(self._jobs, None)

    def _do(self, job: Job, worker: Worker | None) -> Worker | None:
        """Run all of *job*; return the worker that is left."""
        batch = job.batch
        while batch.cases and not self._stopped.is_set():
            worker = worker or Worker(job.limit_s, self._source)
            try:
                result, lives = worker.run(batch, self._stopped)
            except BaseException:
                _killed(worker)
                raise
            with self._lock:
                job.tell(result)
            if lives:
                return worker
            _killed(worker)
            worker = None
            batch = Batch(batch.where, result.todo(batch.cases))
        return worker


def _ended(worker: Worker) -> None:
    worker.end()
    worker.close()


def _killed(worker: Worker) -> None:
    worker.kill()
    worker.close()
