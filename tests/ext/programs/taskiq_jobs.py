"""The jobs of `jobs` as tasks of taskiq."""

import os

from jobs import JOBS, container, named_of
from taskiq import SimpleRetryMiddleware, TaskiqMessage
from taskiq_redis import ListQueueBroker

from tenure.ext.taskiq import setup

broker = ListQueueBroker(os.environ["JOBS_REDIS"], socket_timeout=None).with_middlewares(SimpleRetryMiddleware())
setup(broker, container)

for job in [*JOBS, named_of(TaskiqMessage, lambda message: message.task_id)]:
    name = job.__name__
    labels = {"retry_on_error": True, "max_retries": 3} if name == "retried" else {}
    broker.task(task_name=name, **labels)(job)
