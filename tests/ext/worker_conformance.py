"""
What every integration of a queue, a cluster or a pool of processes has to do, told by real worker processes.

A test module per framework derives from `WorkerConformance`, and runs the jobs of programs/jobs.py, which write what
happens to a file: who opens and closes what is read there, per process, from outside. Each test `shows` a column of
the workers' table in docs/integrations/table.md.
"""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pytest
from conformance import shows

from tests.real.running import Folder, ServerMissingError, children, is_running, send, wait_until
from tests.real.started import server_of

PROGRAMS = Path(__file__).parent / "programs"
SOURCES = Path(__file__).parents[2] / "src"


def is_gone(process):
    """Tell whether *process* has ended with all its threads: the last one closes its connections."""
    tasks = Path(f"/proc/{process}/task")
    return not is_running(process) and (not tasks.exists() or len(list(tasks.iterdir())) <= 1)


class Record:
    """What the processes wrote, in order."""

    def __init__(self, path):
        self.path = path

    @property
    def lines(self):
        """Pairs of process and entry."""
        text = self.path.read_text("utf-8") if self.path.exists() else ""
        return [(int(number), entry) for number, _, entry in (line.partition(" ") for line in text.splitlines())]

    def of(self, entry):
        """Return the processes that wrote *entry*, once for each time."""
        return [process for process, written in self.lines if written == entry]

    def by_process(self):
        """Return the entries of each process."""
        found = {}
        for process, entry in self.lines:
            found.setdefault(process, []).append(entry)
        return found

    def until(self, entry, n=1):
        """Wait until *entry* is there *n* times; return the processes that wrote it."""
        wait_until(lambda: len(self.of(entry)) >= n, f"{entry!r} {n} times")
        return self.of(entry)

    def is_balanced(self, process):
        """Tell whether *process* has opened the database once and first, and closed it once and last."""
        entries = self.by_process()[process]
        ends = [entry for entry in entries if entry.startswith("database")]
        return ends == ["database opened", "database closed"] == [entries[0], entries[-1]]


class Worker:
    """A program with its worker processes, which the test ends whatever happens."""

    def __init__(self, command, environ, log):
        self.record = Record(Path(environ["JOBS_LOG"]))
        self._output = log
        self._log = log.open("wb")
        paths = os.pathsep.join([str(SOURCES), str(PROGRAMS), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            command, cwd=PROGRAMS, env={**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", **environ},
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True,
        )  # fmt: skip
        self._known = {self.process.pid}
        self._reaper = Folder(None)  # ends it where the test itself is killed
        self._reaper.tell(self.process.pid)

    @property
    def output(self):
        return self._output.read_text("utf-8", errors="replace")

    def family(self):
        """Return the process, and all that it has started."""
        for number in list(self._known):
            self._known |= set(children(number))
        return self._known

    def stop(self):
        """End it as whoever runs it does, and wait."""
        self.family()
        send(self.process.pid, signal.SIGTERM)
        self.process.wait(45)  # a child of Celery's, stopped right behind a task, waits 30 s for that to be noted

    def end(self):
        """Kill what is left."""
        for number in self.family():
            send(number, signal.SIGKILL)
        self.process.wait(20)
        wait_until(lambda: not any(map(is_running, self._known)), "its processes end")
        self._reaper.remove()
        self._log.close()


class Workers:
    """
    Workers for tests, on a real Redis.

    A derived class has the class methods `command(n)`, which gives the words that start a worker of *n* processes
    (`python -m module …`), and `send(name, *arguments)`, which sends a job and returns what that knows itself by.
    """

    n_processes = 2

    @pytest.fixture(scope="class")
    @classmethod
    def redis(cls):
        try:
            server = server_of("redis")
        except ServerMissingError as missing:
            pytest.skip(str(missing))
        server.clear()
        cls.redis_url = f"redis://127.0.0.1:{server.port}/0"
        yield cls.redis_url
        server.clear()

    @pytest.fixture(scope="class")
    @classmethod
    def places(cls, tmp_path_factory):
        """Give folders for the files of workers."""
        return lambda: tmp_path_factory.mktemp("worker")

    @classmethod
    @contextmanager
    def working(cls, redis, place, is_early=False, words=(), **environ):
        """Have a worker run, told of Redis and of its file; early: the container is open in it before it starts."""
        told = {"JOBS_REDIS": redis, "JOBS_LOG": str(place / "record"), **environ}
        command = [*cls.command(cls.n_processes), *words]
        if is_early:
            command[command.index("-m")] = "early.py"
        worker = Worker(command, told, place / "output")
        try:
            yield worker
        except BaseException:
            print(worker.output)
            raise
        finally:
            worker.end()

    @staticmethod
    def python(*words):
        """Return a command of this interpreter."""
        return [sys.executable, *words]


@pytest.mark.slow
class WorkerConformance(Workers):
    """The tests; a derived class says what `framework` and `packages` it is about, and what it `lacks`, by column."""

    kind = "workers"
    framework: str
    packages: tuple[str, ...]
    lacks: dict[str, str] = {}
    opens_per_job = False
    """Whether each job has a process of its own."""
    restarts_itself = True
    """Whether a process that was killed is replaced; else the whole worker ends, and is started again."""
    retry_seen = "ConnectionError"
    """What the session sees of the first attempt."""

    @pytest.fixture(autouse=True)
    def _only_what_there_is(self, request):
        marker = request.node.get_closest_marker("shows")
        if marker is not None and marker.args[0] in self.lacks:
            pytest.skip(self.lacks[marker.args[0]])

    @pytest.fixture(scope="class")
    @classmethod
    def ran(cls, redis, places):
        """Give what was written by a worker that has done every kind of job, and has been stopped."""
        with cls.working(redis, places()) as worker:
            yield from cls._work(worker)

    @pytest.fixture(scope="class")
    @classmethod
    def aran(cls, redis, places):
        """Give the same with asynchronous resources."""
        with cls.working(redis, places(), JOBS_ASYNC="1") as worker:
            yield from cls._work(worker)

    @classmethod
    def _work(cls, worker):
        record = worker.record
        if not cls.opens_per_job:
            record.until("database opened", cls.n_processes)
        for number in range(6):
            cls.send("value", number)
            cls.send("avalue", number)
        cls.send("fail")
        cls.send("afail")
        cls.send("retried")
        record.names = [cls.send("named") for _ in range(2)] if "job object" not in cls.lacks else []
        for number in range(6):
            record.until(f"value {number * 2} True True")
            record.until(f"avalue {number * 2} True True")
        record.until("retried")
        for name in record.names:
            record.until(f"named {name}")
        record.until("session closed", 13)
        worker.stop()
        yield record

    version = staticmethod(version)
    """Returns the version of a package that was tested."""

    def test_versions(self):
        """What was tested."""
        print(self.framework, *(f"{name} {self.version(name)}" for name in self.packages))

    @shows("start/stop")
    def test_each_process_opens_and_closes_its_own(self, ran):
        """Once, before its first job and behind its last."""
        assert len(ran.by_process()) >= self.n_processes
        assert all(map(ran.is_balanced, ran.by_process()))

    @shows("scope")
    def test_a_scope_per_job(self, ran):
        """What a job opens is closed with it: after 12 that end well, 3 that fail and one that is done again."""
        assert len(ran.of("session opened")) == 12 + 2 + 2
        assert len(ran.of("session closed")) == 12 + 1
        for entries in ran.by_process().values():
            n_open = 0
            for entry in entries:
                n_open += (entry == "session opened") - (entry.startswith(("session closed", "session rolled")))
                assert n_open >= 0
            assert n_open == 0

    @shows("job object")
    def test_the_job(self, ran):
        """Asked for by its class, deep inside."""
        assert len({name for name in ran.names if ran.of(f"named {name}")}) == 2

    @shows("async")
    def test_asynchronous_resources(self, aran):
        """They open and close once per process, and per job; synchronous jobs have them as well."""
        assert all(map(aran.is_balanced, aran.by_process()))
        assert len(aran.of("session opened")) == 12 + 2 + 2
        assert len(aran.of("session closed")) == 12 + 1
        assert len(aran.of("session rolled back: ZeroDivisionError")) == 2

    @shows("errors")
    def test_an_error(self, ran):
        """The resources of the job see it, in a coroutine function as well."""
        assert len(ran.of("session rolled back: ZeroDivisionError")) == 2

    @shows("retried")
    def test_a_job_that_is_tried_again(self, ran):
        """Its first attempt is undone; the second has a session of its own."""
        assert len(ran.of(f"session rolled back: {self.retry_seen}")) == 1
        assert len(ran.of("retried")) == 1

    @shows("killed")
    def test_a_process_that_is_killed(self, redis, places):
        """What takes its place opens its own; the others close theirs, and nothing is closed twice."""
        place = places()
        with self.working(redis, place) as worker:
            record = worker.record
            self.send("hang")
            (victim,) = record.until("hangs")
            if not self.opens_per_job:
                record.until("database opened", self.n_processes)
            n_opened = len(record.of("database opened"))
            send(victim, signal.SIGKILL)
            wait_until(lambda: is_gone(victim), "it is gone, and its connections with it")
            if self.restarts_itself:
                self._goes_on(worker, victim, n_opened + 1)
                return
            assert worker.process.wait(20) != 0
        with self.working(redis, place) as worker:
            self._goes_on(worker, victim, n_opened + self.n_processes)

    def _goes_on(self, worker, victim, n_opened):
        self.send("value", 21)
        worker.record.until("value 42 True True")
        worker.record.until("database opened", n_opened)
        worker.stop()
        balanced = {process: worker.record.is_balanced(process) for process in worker.record.by_process()}
        assert not balanced.pop(victim)
        assert len(balanced) == n_opened - 1
        assert all(balanced.values())

    @shows("fork-safe")
    def test_what_is_open_before_there_are_workers(self, redis, places):
        """It stays its opener's: no other process uses it or closes it."""
        with self.working(redis, places(), is_early=True) as worker:
            record = worker.record
            self.send("value", 4)
            record.until("value 8 True True")
            worker.stop()
        assert len(record.by_process()) >= 2
        assert all(map(record.is_balanced, record.by_process()))

    @shows("start-up check")
    def test_a_job_that_cannot_be_served(self, redis, places):
        """No worker starts; it says why, and opens nothing."""
        with self.working(redis, places(), JOBS_BROKEN="1") as worker:
            self.refused(worker)
            assert "broken() needs unbound: Unbound" in worker.output
            assert worker.record.lines == []

    def refused(self, worker):
        """Wait until the worker has ended because of what it is asked to do."""
        assert worker.process.wait(20) != 0
