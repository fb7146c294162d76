"""The jobs of `jobs` as functions that rq calls, and its workers."""

import rq
from jobs import JOBS, container, named_of
from rq.job import Job

from tenure.ext.rq import setup

named = named_of(Job, lambda job: job.id)
Worker = setup(rq.Worker, container, handlers=JOBS)
SimpleWorker = setup(rq.SimpleWorker, container, handlers=JOBS)
