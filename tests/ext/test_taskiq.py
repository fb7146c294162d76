"""taskiq on a container, with real workers on a real Redis."""

import anyio
from worker_conformance import WorkerConformance


class TestTaskiq(WorkerConformance):
    """The tests of every queue."""

    framework = "taskiq"
    packages = ("taskiq", "taskiq-redis", "redis")

    @classmethod
    def command(cls, n):
        return cls.python("-m", "taskiq", "worker", "taskiq_jobs:broker", "--workers", str(n))

    @classmethod
    def send(cls, name, *arguments):
        from taskiq.kicker import AsyncKicker
        from taskiq_redis import ListQueueBroker

        async def kick():
            broker = ListQueueBroker(cls.redis_url)
            await broker.startup()
            try:
                labels = {"retry_on_error": True, "max_retries": 3} if name == "retried" else {}
                task = await AsyncKicker(task_name=name, broker=broker, labels=labels).kiq(*arguments)
            finally:
                await broker.shutdown()
            return task.task_id

        return anyio.run(kick)

    def refused(self, worker):
        """Its processes are started again and again, as taskiq does with any that end."""
        from tests.real.running import wait_until

        wait_until(lambda: "broken() needs" in worker.output, "it says why")
