"""dramatiq on a container, with real workers on a real Redis."""

from worker_conformance import WorkerConformance


class TestDramatiq(WorkerConformance):
    """The tests of every queue."""

    framework = "dramatiq"
    packages = ("dramatiq", "redis")
    restarts_itself = False

    @classmethod
    def command(cls, n):
        return cls.python("-m", "dramatiq", "dramatiq_jobs", "--processes", str(n), "--threads", "2")

    @classmethod
    def send(cls, name, *arguments):
        import dramatiq
        from dramatiq.brokers.redis import RedisBroker

        broker = RedisBroker(url=cls.redis_url)
        broker.declare_queue("default")
        try:
            message = dramatiq.Message("default", name, arguments, {}, {})
            return broker.enqueue(message).message_id
        finally:
            broker.client.close()
