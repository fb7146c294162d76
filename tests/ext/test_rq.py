"""rq on a container, with real workers on a real Redis."""

import pytest
import redis
import rq
from worker_conformance import WorkerConformance, Workers

from tenure import Container
from tenure.errors import BindingError
from tenure.ext.rq import setup


class Rq(Workers):
    """What its workers have in common."""

    packages = ("rq", "redis")
    worker = "Worker"
    n_processes = 1

    @classmethod
    def command(cls, n):
        return cls.python("-m", "rq.cli", "worker", "-w", f"rq_jobs.{cls.worker}", "-u", cls.redis_url)

    @classmethod
    def send(cls, name, *arguments, **options):
        if name == "retried":
            options["retry"] = rq.Retry(max=1)
        where = "rq_jobs" if name == "named" else "jobs"
        with redis.Redis.from_url(cls.redis_url) as connection:
            return rq.Queue(connection=connection).enqueue(f"{where}.{name}", *arguments, **options).id


class TestWorker(Rq, WorkerConformance):
    framework = "rq, Worker"
    opens_per_job = True

    def test_each_job_has_a_process(self, ran):
        """Which opens and closes what lives as long as the container."""
        assert len(ran.of("database opened")) == len(ran.by_process()) == 12 + 2 + 2 + len(ran.names)


class TestSimpleWorker(Rq, WorkerConformance):
    framework = "rq, SimpleWorker"
    worker = "SimpleWorker"
    restarts_itself = False
    lacks = {"fork-safe": "no process is forked"}


@pytest.mark.slow
class TestJobs(Rq):
    """What only rq has."""

    @pytest.mark.parametrize("worker", ["Worker", "SimpleWorker"])
    def test_a_timeout(self, redis, places, worker, monkeypatch):
        """The resources see it, and the process closes what it has."""
        monkeypatch.setattr(type(self), "worker", worker)
        with self.working(redis, places()) as process:
            record = process.record
            self.send("hang", job_timeout=1)
            record.until("session rolled back: JobTimeoutException")
            self.send("value", 2)
            record.until("value 4 True True")
            process.stop()

        assert all(map(record.is_balanced, record.by_process()))


def test_a_second_container():
    """One for each class."""
    with pytest.raises(BindingError, match="has a container already"):
        setup(setup(rq.Worker, Container()), Container())


def test_the_name_of_the_class():
    """As it was: rq shows it."""
    assert setup(rq.Worker, Container()).__name__ == "Worker"
