"""
What a pool or a cluster of worker processes has to do, told by real ones that the test itself starts.

A test module derives from `PoolConformance` and says how workers are started. The workers write what they open and
close to a file, each line with its process; that is read here, from outside. Each test `shows` a column of the
workers' table in docs/integrations/table.md.
"""

import os
from importlib.metadata import version
from pathlib import Path

import pytest
import workers_app as app
from conformance import shows

from tests.real.running import wait_until


class Written:
    """What the processes wrote."""

    def __init__(self, path):
        self.path = path
        path.touch()

    def __iter__(self):
        lines = self.path.read_text(encoding="utf-8").splitlines()
        return iter([(int(pid), text) for pid, _, text in (line.partition(" ") for line in lines)])

    def of(self, text):
        """Return the processes that wrote *text*, once for each time."""
        return [pid for pid, written in self if written == text]

    def count(self, text):
        return len(self.of(text))

    def until(self, text, n=1):
        """Wait until *text* is there *n* times; return the processes that wrote it."""
        wait_until(lambda: self.count(text) >= n, f"{text!r} {n} times")
        return self.of(text)

    def all_closed(self):
        """Wait until each process that has opened the database has closed it; return those processes."""
        opened = sorted(self.of("database opened"))
        wait_until(lambda: sorted(self.of("database closed")) == opened, f"{opened} close what they opened")
        assert len(set(opened)) == len(opened), "a process has opened it twice"
        return opened


@pytest.mark.slow
class PoolConformance:
    """
    The tests.

    A derived class says what `framework` and `packages` it is about, what it `lacks`, by column; it has the method
    `workers(ref, n=2)`, a context manager that gives what has `run(function, *args)` and `map(function, *lists)`, both
    of which wait for results; when it is left, the workers have been told to end.
    """

    kind = "workers"
    framework: str
    packages: tuple[str, ...] = ()
    lacks: dict[str, str] = {}
    start_error: type[BaseException] = ConnectionRefusedError
    """What whoever gives work to the workers sees of a start that fails."""

    spares_others = True
    """Whether only the killed process dies; else the others are killed as well, or terminated."""
    closes_after_errors = True
    """Whether the workers go on behind a task that failed; else they are killed."""

    @pytest.fixture(autouse=True)
    def _only_what_there_is(self, request):
        marker = request.node.get_closest_marker("shows")
        if marker is not None and marker.args[0] in self.lacks:
            pytest.skip(self.lacks[marker.args[0]])

    @pytest.fixture(autouse=True)
    def log(self, tmp_path, monkeypatch):
        self.written = Written(tmp_path / "log")
        monkeypatch.setenv(app.LOG, str(self.written.path))
        yield self.written
        for ref in (app.ref, app.aref, app.declared, app.broken):
            ref.close()

    def test_versions(self):
        """What was tested."""
        print(self.framework, *(f"{name} {version(name)}" for name in self.packages))

    @shows("start/stop")
    def test_each_process_opens_and_closes_its_own(self, log):
        """Once, whatever it is given to do."""
        with self.workers(app.ref) as workers:
            done = workers.map(app.divided, range(20), [2] * 20)
            assert [result for result, _ in done] == [number / 2 for number in range(20)]
        opened = log.all_closed()

        assert {pid for _, pid in done} <= set(opened)
        assert os.getpid() not in opened
        assert len(opened) <= 2

    @shows("start/stop")
    def test_a_declarative_container(self, log):
        """It is served as well."""
        with self.workers(app.declared) as workers:
            pid, name = workers.run(app.of_declared)

        assert name == "Settings"
        assert pid in log.all_closed()

    @shows("scope")
    def test_a_scope_per_task(self, log):
        """What a task opens is closed with it, before the process closes."""
        with self.workers(app.ref) as workers:
            workers.map(app.divided, range(6), [1] * 6)
        log.all_closed()

        assert log.count("session opened") == log.count("session closed") == 6
        for pid in set(log.of("session opened")):
            assert [text for writer, text in log if writer == pid][-1] == "database closed"

    @shows("errors")
    def test_an_error(self, log):
        """The resources of the task see it, and whoever gave the task."""
        with self.workers(app.ref) as workers, pytest.raises(ZeroDivisionError):
            workers.run(app.divided, 1, 0)
        if self.closes_after_errors:
            log.all_closed()

        assert log.count("session rolled back: ZeroDivisionError") == 1

    @shows("async")
    def test_asynchronous_resources(self, log):
        """They are opened and closed once per process, for plain functions as well."""
        with self.workers(app.aref) as workers:
            assert [result for result, _ in workers.map(app.adivided, range(6), [1] * 6)] == list(range(6))
            with pytest.raises(ZeroDivisionError):
                workers.run(app.adivided, 1, 0)
        if self.closes_after_errors:
            log.all_closed()

        assert log.count("session opened") == 7
        assert log.count("session closed") == 6
        assert log.count("session rolled back: ZeroDivisionError") == 1

    @shows("fork-safe")
    def test_what_is_open_before_there_are_workers(self, log):
        """It stays its opener's: no other process uses it or closes it."""
        app.ref.start_sync()
        with self.workers(app.ref) as workers:
            assert os.getpid() not in {pid for _, pid in workers.map(app.divided, range(4), [1] * 4)}
        wait_until(lambda: log.count("database opened") == log.count("database closed") + 1, "the workers close theirs")
        assert os.getpid() not in log.of("database closed")
        app.ref.close()

        assert os.getpid() in log.all_closed()

    @shows("start-up check")
    def test_a_start_that_fails(self, log):
        """Whoever gives work is told, and nothing stays open."""
        with pytest.raises(self.start_error), self.workers(app.broken) as workers:
            workers.run(app.of_broken, 1)

        assert set(log.of("database opened")) == set(log.of("database closed"))

    @shows("killed")
    def test_a_process_that_is_killed(self, log):
        """In the middle of a task: what takes its place opens its own; nobody closes what was the killed one's."""
        with self.workers(app.ref) as workers:
            victim = self.kill_one(workers)
            result, pid = self.after_the_kill(workers).run(app.divided, 6, 3)
        wait_until(lambda: pid in log.of("database closed"), "what was given work then closes its own")
        if self.spares_others:
            missing = len(set(log.of("database opened"))) - 1
            wait_until(lambda: log.count("database closed") == missing, "the others close theirs")

        assert result == 2
        assert victim not in log.of("database closed")

    def kill_one(self, workers):
        """Have a task killed with its process; return which that was."""
        with pytest.raises(Exception, match=r".*"):
            workers.run(app.dying)
        (victim,) = self.written.of("session opened")
        return victim

    def after_the_kill(self, workers):
        """Return what has work done then."""
        return workers

    @staticmethod
    def environ():
        """Return what workers have to be told of where the tests are."""
        return os.pathsep.join([str(Path(__file__).parents[2] / "src"), str(Path(__file__).parent)])
