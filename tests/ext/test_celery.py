"""Celery on a container, with real workers on a real Redis."""

from collections.abc import Iterator

import celery
import pytest
from worker_conformance import WorkerConformance, Workers

from tenure import Container
from tenure.errors import BindingError, ContainerRefError, GraphError
from tenure.ext.celery import Inject, celery_resources, inject, setup
from tests.real.running import is_running, wait_until


class Celery(Workers):
    """What the pools have in common."""

    packages = ("celery", "kombu", "billiard", "redis")
    pool = "prefork"

    @classmethod
    def command(cls, n):
        return cls.python(
            "-m", "celery", "-A", "celery_jobs", "worker", "-P", cls.pool, "-c", str(n), "-l", "INFO",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        )  # fmt: skip

    @classmethod
    def client(cls):
        return celery.Celery(broker=cls.redis_url, set_as_current=False)

    @classmethod
    def send(cls, name, *arguments):
        with cls.client() as app:
            return app.send_task(name, arguments, ignore_result=True).id


class TestPrefork(Celery, WorkerConformance):
    framework = "Celery, prefork"


class TestThreads(Celery, WorkerConformance):
    framework = "Celery, threads"
    pool = "threads"
    n_processes = 1
    restarts_itself = False
    lacks = {"fork-safe": "no process is forked"}

    @classmethod
    def command(cls, n):
        return super().command(4)


class TestSolo(Celery, WorkerConformance):
    framework = "Celery, solo"
    pool = "solo"
    n_processes = 1
    restarts_itself = False
    lacks = {"fork-safe": "no process is forked"}


@pytest.mark.slow
class TestTasks(Celery):
    """What only Celery has."""

    def test_limits_and_ends(self, redis, places):
        """A soft limit and a retry are shown to the resources, `Ignore` is not; a hard limit closes the process."""
        with self.working(redis, places()) as worker:
            record = worker.record
            identity = {name: self.send(name, 1) for name in ("bound", "abound")}
            for name in ("ignored", "plain", "soft", "asoft"):
                self.send(name)
            record.until(f"bound 1 {identity['bound']} True")
            record.until(f"abound 1 {identity['abound']} 0 True")
            record.until(f"abound 1 {identity['abound']} 1 True")
            record.until("plain")
            record.until("session rolled back: SoftTimeLimitExceeded", 2)
            record.until("session closed", 4)
            assert len(record.of("session rolled back: Retry")) == 1

            self.send("hard")
            record.until("session rolled back: SystemExit")
            worker.stop()

        assert all(map(record.is_balanced, record.by_process()))
        assert len(record.of("session rolled back: SystemExit")) == 1
        assert len(record.of("session opened")) == 4 + 1 + 2 + 1
        assert len(record.of("session closed")) == 4

    def test_a_process_that_has_done_enough(self, redis, places):
        """It closes what it has, and another one takes its place."""
        with self.working(redis, places(), words=("--max-tasks-per-child", "2")) as worker:
            record = worker.record
            for number in range(8):
                self.send("value", number)
            for number in range(8):
                record.until(f"value {number * 2} True True")
            worker.stop()

        assert len(record.by_process()) >= 4
        assert all(map(record.is_balanced, record.by_process()))
        assert max(entries.count("session closed") for entries in record.by_process().values()) == 2

    def test_a_task_that_is_revoked_and_ended(self, redis, places):
        """Its process closes what it has and ends, and is replaced; the next task is served."""
        with self.working(redis, places()) as worker:
            record = worker.record
            identity = self.send("hang")
            (victim,) = record.until("hangs")
            with self.client() as app:
                app.control.revoke(identity, terminate=True)
            wait_until(lambda: not is_running(victim), "the process ends")
            self.send("value", 5)
            (other,) = record.until("value 10 True True")
            worker.stop()

        assert other != victim
        assert record.by_process()[victim][-2:] == ["session rolled back: SystemExit", "database closed"]
        assert all(map(record.is_balanced, record.by_process()))


class Unasked:
    """What can be made."""


@pytest.fixture
def app():
    return celery.Celery("app", broker="memory://", set_as_current=False, task_always_eager=True)


def test_the_arguments_that_are_checked(app):
    """Those that are sent, and no others."""

    @app.task
    @inject
    def add(x, y, unasked=Inject[Unasked]):
        return x + y

    setup(app, Container())

    assert add.delay(1, 2).get() == 3
    app.conf.task_always_eager = False
    with pytest.raises(TypeError, match="missing 1 required"):
        add.delay(1)
    with pytest.raises(TypeError, match="takes 2 positional"):
        add.delay(1, 2, 3)


def test_without_a_worker(app):
    """An eager task has its scope as well; the container closes when it is told to, or with the interpreter."""
    log = []

    def session() -> Iterator[Unasked]:
        log.append("opened")
        try:
            yield Unasked()
        finally:
            log.append("closed")

    container = Container()
    container.bind(session, scope="request")
    celery_resources(app, container)

    @app.task
    @inject
    def work(session=Inject[Unasked]):
        return list(log)

    assert work.delay().get() == ["opened"]
    assert work() == ["opened", "closed", "opened"]
    assert log == ["opened", "closed"] * 2


def test_a_second_container(app):
    """One for each application."""
    setup(app, Container())

    with pytest.raises(BindingError, match="has a container already"):
        setup(app, Container())


def test_what_is_no_container(app):
    """It says what is wanted."""
    with pytest.raises(BindingError, match=r"takes a tenure\.Container"):
        setup(app, object())


def test_a_worker_that_is_refused(app):
    """Before it exists; a reference that leads nowhere as well as a task that asks for too much."""
    from tenure import ContainerRef

    setup(app, ContainerRef("no_such_module:container"))
    with pytest.raises(ContainerRefError):
        app.WorkController(pool="solo")

    other = celery.Celery("other", broker="memory://", set_as_current=False)
    setup(other, Container(autobind=False))

    @other.task
    @inject
    def wants(unasked=Inject[Unasked]): ...

    with pytest.raises(GraphError, match=r"wants.*Unasked"):
        other.WorkController(pool="solo")
