"""The jobs of `jobs` as tasks of Celery, and some that only Celery has; the container is given by reference."""

import asyncio
import os
import time

import celery
from celery import Celery
from celery.app.task import Context
from celery.exceptions import Ignore
from jobs import JOBS, Session, log, named_of

from tenure import ContainerRef
from tenure.ext.celery import Inject, celery_resources, inject

app = Celery("celery_jobs", broker=os.environ["JOBS_REDIS"])
app.conf.update(broker_connection_retry_on_startup=True, task_ignore_result=True, worker_prefetch_multiplier=1)
celery_resources(app, ContainerRef("jobs:container"))

for job in [*JOBS, named_of(Context, lambda request: request.id)]:
    options = {"autoretry_for": (ConnectionError,), "default_retry_delay": 0} if job.__name__ == "retried" else {}
    app.task(name=job.__name__, **options)(job)


@app.task(name="bound", bind=True)
@inject
def bound(self, number, session=Inject[Session], task=Inject[celery.Task]):
    log(f"bound {number} {self.request.id} {task is self}")


@app.task(name="abound", bind=True, default_retry_delay=0, throws=(LookupError,))
@inject
async def abound(self, number, session=Inject[Session], task=Inject[celery.Task]):
    log(f"abound {number} {self.request.id} {self.request.retries} {task is self}")
    if not self.request.retries:
        raise self.retry(exc=LookupError())


@app.task(name="ignored")
@inject
def ignored(session=Inject[Session]):
    raise Ignore


@app.task(name="soft", soft_time_limit=1)
@inject
def soft(session=Inject[Session]):
    time.sleep(600)


@app.task(name="asoft", soft_time_limit=1)
@inject
async def asoft(session=Inject[Session]):
    await asyncio.sleep(600)


@app.task(name="hard", time_limit=1)
@inject
def hard(session=Inject[Session]):
    time.sleep(600)


class Plain(celery.Task):
    """A class of tasks that does not derive from that of the application."""


@app.task(name="plain", base=Plain)
@inject
def plain(session=Inject[Session]):
    log("plain")
