"""Background tasks as resources: `@worker`, the `Worker` that stands for one, and the `Stop` that it is told by."""

from tenure.workers.declaring import worker
from tenure.workers.handle import Worker, WorkerCancelled, WorkerCrashed
from tenure.workers.stop import Stop, stopping

__all__ = ["Stop", "Worker", "WorkerCancelled", "WorkerCrashed", "stopping", "worker"]
