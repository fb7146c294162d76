"""Celery: a container that starts and stops with each process of a worker, a scope around each task."""

import functools
import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tenure.away.jobs import Jobs
from tenure.away.ref import ContainerRef
from tenure.container import Container
from tenure.errors import BindingError
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    import celery

__all__ = ["Inject", "celery_resources", "inject", "setup"]


def setup(
    app: "celery.Celery", container: Container | ContainerRef, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let the tasks of *app* run on *container*.

    What lives as long as the container is opened once in each process that runs tasks (with the pools `threads` and
    `solo` that is the worker itself), and closed when the process ends, also where it has done its
    `max_tasks_per_child`; a process that only sends tasks opens nothing. Each call of a task has a scope, in which
    `celery.Task` and its request, `celery.app.task.Context`, are given. Where something has to be awaited, an event
    loop on a thread of its own serves the process: tasks may be coroutine functions, and synchronous tasks are given
    asynchronous resources.

    What a task raises is shown to the resources of its scope: an error, also one that Celery makes a retry of,
    `Retry`, `Reject`, a soft time limit. `Ignore`, with which `replace` ends a task as well, is an end like any other.

    Args:
        app: an application whose worker has not started yet.
        container: left alone if somebody else has started it; or a reference to the one of each process.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the tasks, to be checked at the start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *app* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of a worker:
        GraphError: a task asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        ContainerRefError: a reference leads to no container.
        BindingError: a task is marked with `Inject`, and is not under `@inject`.
    """
    from celery import Task  # noqa: PLC0415 - loads the framework only with it
    from celery.app.task import Context  # noqa: PLC0415 - as above
    from celery.exceptions import Ignore  # noqa: PLC0415 - as above

    told = tuple(handlers)
    if hasattr(app.Task, "__tenure_jobs__"):
        raise BindingError("this application has a container already: call setup(app, container) once for each")

    def functions() -> list[Any]:
        tasks = [task for task in app.tasks.values() if not task.name.startswith("celery.")]
        for task in tasks:  # of a class that does not derive from `app.Task`
            _put_on(task, jobs)
        return [*(_job_of(task).__wrapped__ for task in tasks), *told]

    jobs = Jobs(
        container,
        keys=(Task, Context),
        functions=functions,
        scope=scope,
        is_end=lambda error: isinstance(error, Ignore),
    )

    class ResourceTask(app.Task):  # type: ignore[misc]  # made by each application
        """What the tasks of the application derive from."""

        abstract = True
        __tenure_jobs__ = jobs

        def __init__(self) -> None:
            super().__init__()
            _put_on(self, jobs)

    app.Task = ResourceTask
    _live_with(app, jobs)


celery_resources = setup


def _job_of(task: Any) -> Any:
    """Return what *task* runs, inside what Celery has put around it to retry."""
    return getattr(task, "_orig_run", None) or task.run


def _put_on(task: Any, jobs: Jobs) -> None:
    """Have each call of *task* be in a scope; again: nothing."""
    function = _job_of(task)
    if getattr(function, "__tenure_job__", None) is not jobs and not task.name.startswith("celery."):
        is_async = inspect.iscoroutinefunction(function)
        job = jobs.wrap(
            _away(function, task, jobs) if is_async else function, lambda *args, **kwargs: _values(task, is_async)
        )
        setattr(task, "_orig_run" if hasattr(task, "_orig_run") else "run", job)


def _values(task: Any, is_async: bool) -> Mapping[Any, Any]:
    from celery import Task  # noqa: PLC0415 - loads the framework only with it
    from celery.app.task import Context  # noqa: PLC0415 - as above

    request = task.request
    return {Task: _with_request(task, request) if is_async else task, Context: request}


def _with_request(task: Any, request: Any) -> Any:
    """Return *task* as the current call sees it, for another thread: Celery keeps requests by thread."""
    from celery.utils.threads import LocalStack  # noqa: PLC0415 - loads the framework only with it

    stack: Any = type("OneRequest", (LocalStack,), {"top": request})()
    called = object.__new__(type(task))  # a copy by `copy` is the task itself
    vars(called).update(vars(task), request_stack=stack)
    return called


def _away(function: Any, task: Any, jobs: Jobs) -> Any:
    """Return the coroutine function *function*, bound to the task as its call sees it if it was bound to *task*."""
    if getattr(function, "__self__", None) is not task:
        return function
    from celery import Task  # noqa: PLC0415 - loads the framework only with it

    @functools.wraps(function)
    async def away(*args: Any, **kwargs: Any) -> Any:
        return await function.__func__(jobs.container.get(Task), *args, **kwargs)

    return away


def _live_with(app: Any, jobs: Jobs) -> None:
    """Open and close with the processes that run tasks, and check before there are any."""
    from celery import bootsteps, current_app, signals  # noqa: PLC0415 - loads the framework only with it

    def begin(**_: Any) -> None:
        if current_app._get_current_object() is app:  # noqa: SLF001 - the only way to ask for it
            jobs.begin()

    def end(**_: Any) -> None:
        jobs.end()

    class Resources(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
        """Refuses to start a worker whose tasks could not be served."""

        def __init__(self, worker: Any, **options: Any) -> None:
            super().__init__(worker, **options)
            jobs.check()

        def start(self, parent: Any) -> None:
            if not _forks(parent):
                jobs.begin()

        def stop(self, parent: Any) -> None: ...

        def terminate(self, parent: Any) -> None:  # a cold shutdown, which sends no signal
            jobs.end()

    app.steps["worker"].add(Resources)
    signals.worker_process_init.connect(begin, weak=False)
    signals.worker_process_shutdown.connect(end, weak=False)
    signals.worker_shutdown.connect(end, weak=False)  # behind the last task of a pool of threads


def _forks(worker: Any) -> bool:
    from celery.concurrency.prefork import TaskPool  # noqa: PLC0415 - loads the framework only with it

    return issubclass(worker.pool_cls, TaskPool)
