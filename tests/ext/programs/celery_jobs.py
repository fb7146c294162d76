"""The jobs of `jobs` as tasks of Celery."""

import os

from celery import Celery
from celery.app.task import Context
from jobs import JOBS, container, named_of

from tenure.ext.celery import celery_resources

app = Celery("celery_jobs", broker=os.environ["JOBS_REDIS"])
app.conf.update(
    broker_connection_retry_on_startup=True, task_ignore_result=True, worker_hijack_root_logger=False,
    broker_transport_options={"visibility_timeout": 3600}, worker_prefetch_multiplier=1,
)  # fmt: skip
celery_resources(app, container)

for job in [*JOBS, named_of(Context, lambda request: request.id)]:
    name = job.__name__
    options = {"autoretry_for": (ConnectionError,), "default_retry_delay": 0} if name == "retried" else {}
    app.task(name=name, **options)(job)
