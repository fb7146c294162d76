"""The tasks for workers of Celery: by hand on an application of its own, which Tenure knows nothing of."""

import os

from celery import Celery

from benchmarks.workers.jobs import ONCE, Discounts, Prices, hand_each, hand_once, tenure_each, work
from tenure.ext.celery import Inject, celery_resources, inject

REDIS = "BENCH_WORKERS_REDIS"
"""Environment variable that says where Redis is."""


@inject
def tenure_once(number: int, discounts: Discounts = Inject[Discounts], prices: Prices = Inject[Prices]) -> int:
    return work(number, discounts, prices)


def made(name: str) -> Celery:
    """Return an application with a queue of its own."""
    made = Celery(name, broker=os.environ[REDIS], backend=os.environ[REDIS], set_as_current=False)
    made.conf.update(task_default_queue=name, broker_connection_retry_on_startup=True)
    return made


plain, app = made("plain"), made("app")
celery_resources(app, ONCE, scope="task")
TASKS = {
    "hand_each": plain.task(name="hand_each")(hand_each),
    "hand_once": plain.task(name="hand_once")(hand_once),
    "tenure_each": plain.task(name="tenure_each")(tenure_each),  # on a reference, so that nothing else is around it
    "tenure_once": app.task(name="tenure_once")(tenure_once),
}
