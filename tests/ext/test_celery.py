"""Celery on a container, with real workers on a real Redis."""

from worker_conformance import WorkerConformance


class Celery(WorkerConformance):
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
    def send(cls, name, *arguments):
        import celery

        with celery.Celery(broker=cls.redis_url, set_as_current=False) as app:
            return app.send_task(name, arguments, ignore_result=True).id


class TestPrefork(Celery):
    framework = "Celery, prefork"
