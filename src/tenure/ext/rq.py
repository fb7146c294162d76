"""rq: a container in each process that performs jobs, a scope around each job."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from tenure.away.jobs import Jobs
from tenure.away.ref import ContainerRef
from tenure.container import Container
from tenure.errors import BindingError
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from rq import SimpleWorker, Worker

    W = TypeVar("W", bound=Worker | SimpleWorker)

__all__ = ["Inject", "inject", "setup"]


def setup(
    worker: "type[W]", container: Container | ContainerRef, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> "type[W]":
    """
    Return a class of workers like *worker*, whose jobs run on *container*: `rq worker -w package.module.Name`.

    A `Worker` forks a process for each job: what lives as long as the container is opened in it, behind the fork, and
    closed when the job is done. A `SimpleWorker` opens it once, before its first job, and closes it when it ends. Each
    job has a scope around its function, in which `rq.job.Job` is given; what the function raises is shown to its
    resources, a timeout included. A coroutine function runs on an event loop that asynchronous resources live on as
    well; a plain function is given those, too.

    Args:
        worker: a class of workers.
        container: left alone if somebody else has started it; or a reference to the one of each process.
        scope: name of the scopes.
        handlers: functions under `@inject` that are jobs, to be checked when a worker starts: rq knows a job's function
            only when it comes.

    Raises:
        BindingError: *container* is no type-driven container; or *worker* has one already.
        ScopeError: it knows no scope of that name.

    Raises at the start of a worker:
        GraphError: one of *handlers* asks for something that is not bound, or the container is wrong in itself; nothing
            was opened.
        ContainerRefError: a reference leads to no container.
        BindingError: one of *handlers* is marked with `Inject`, and is not under `@inject`.
    """
    from rq import SimpleWorker  # noqa: PLC0415 - loads the framework only with it
    from rq.job import Job  # noqa: PLC0415 - as above

    if hasattr(worker, "__tenure_jobs__"):
        raise BindingError("this class of workers has a container already: call setup(worker, container) once for each")
    told = tuple(handlers)
    jobs = Jobs(container, keys=(Job,), functions=lambda: told, scope=scope)
    forks = not issubclass(worker, SimpleWorker)

    def execute(job: Any) -> Any:
        return jobs.wrap(job.func, lambda *args, **kwargs: {Job: job})(*job.args, **job.kwargs)

    class ResourceWorker(worker):  # type: ignore[valid-type,misc]  # of whatever class
        __tenure_jobs__ = jobs

        def bootstrap(self, *args: Any, **kwargs: Any) -> Any:
            jobs.check()
            if not forks:
                jobs.begin()
            return super().bootstrap(*args, **kwargs)

        def perform_job(self, job: Any, *args: Any, **kwargs: Any) -> Any:
            job._execute = lambda: execute(job)  # noqa: SLF001 - it has no other place inside what handles failures
            try:
                return super().perform_job(job, *args, **kwargs)
            finally:
                if self.is_horse:
                    self._close()

        def _close(self) -> None:
            try:
                jobs.end()
            except Exception:  # the job is done and told of
                self.log.exception("Worker %s: errors while closing what the job had opened", self.name)

        def teardown(self) -> None:
            try:
                jobs.end()
            finally:
                super().teardown()

    ResourceWorker.__name__, ResourceWorker.__qualname__ = worker.__name__, worker.__qualname__
    return ResourceWorker
