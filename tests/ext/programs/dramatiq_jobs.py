"""The jobs of `jobs` as actors of dramatiq."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AsyncIO
from jobs import JOBS, container, named_of

from tenure.ext.dramatiq import setup

broker = RedisBroker(url=os.environ["JOBS_REDIS"])
broker.add_middleware(AsyncIO())
dramatiq.set_broker(broker)

for job in [*JOBS, named_of(dramatiq.Message, lambda message: message.message_id)]:
    name = job.__name__
    options = {"max_retries": 3, "min_backoff": 1} if name == "retried" else {"max_retries": 0}
    dramatiq.actor(actor_name=name, **options)(job)

setup(broker, container)
