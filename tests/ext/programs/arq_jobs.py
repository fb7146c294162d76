"""The jobs of `jobs` as functions of arq, all of them coroutine functions; `arq_jobs.py name argument…` sends one."""

import asyncio
import inspect
import os
import sys

from arq import create_pool, func
from arq.connections import RedisSettings
from arq.jobs import Job
from arq.worker import Retry
from jobs import JOBS, Session, container, is_first, log, named_of

from tenure.ext.arq import Inject, inject, setup


def with_context(function):
    """Return what *function*, under `@inject`, does, as a coroutine function with the parameter that arq has."""
    original = function.__wrapped__
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    signature = inspect.signature(original)

    async def job(context, **kwargs):
        result = original(**kwargs)
        return await result if inspect.isawaitable(result) else result

    job.__name__ = job.__qualname__ = original.__name__
    job.__signature__ = signature.replace(parameters=[context, *signature.parameters.values()])
    job.__annotations__ = dict(original.__annotations__)
    return inject(job)


@inject
async def retried(context, session: Session = Inject[Session]):
    if is_first("retried"):
        raise Retry
    log("retried")


@inject
async def hang(context, session: Session = Inject[Session]):
    if is_first("hang"):
        log("hangs")
        await asyncio.sleep(600)


class WorkerSettings:
    """What arq reads."""

    redis_settings = RedisSettings.from_dsn(os.environ["JOBS_REDIS"])
    poll_delay = 0.05
    functions = (
        func(retried, name="retried"),
        func(hang, name="hang"),
        *(
            func(with_context(each), name=each.__name__)
            for each in [*JOBS, named_of(Job, lambda job: job.job_id)]
            if each.__name__ not in ("retried", "hang")
        ),
    )


setup(WorkerSettings, container)


async def send(name, *arguments):
    pool = await create_pool(WorkerSettings.redis_settings)
    job = await pool.enqueue_job(name, *map(int, arguments))
    await getattr(pool, "aclose", pool.close)()  # its name since redis 5
    return job.job_id


if __name__ == "__main__":
    print(asyncio.run(send(*sys.argv[1:])))
