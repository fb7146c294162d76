"""taskiq: a container that starts and stops with each worker process, a scope around each task."""

import contextvars
import inspect
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tenure.away.jobs import Jobs
from tenure.away.ref import ContainerRef
from tenure.container import Container
from tenure.errors import BindingError
from tenure.injection import Inject, inject

if TYPE_CHECKING:
    from taskiq import AsyncBroker, TaskiqMessage

__all__ = ["Inject", "inject", "setup"]

_message: "contextvars.ContextVar[TaskiqMessage | None]" = contextvars.ContextVar("tenure.taskiq", default=None)


def setup(
    broker: "AsyncBroker", container: Container | ContainerRef, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let the tasks of *broker* run on *container*.

    Each worker process starts it before anything else that happens at its start, and closes it after everything that
    happens at its end; a process that only sends tasks opens nothing. Each task has a scope around its function, in
    which `TaskiqMessage` and taskiq's `Context` are given. What the function raises is shown to its resources. A
    synchronous task, which runs on a thread, is given asynchronous resources as well.

    Args:
        broker: one that has not started yet.
        container: left alone if somebody else has started it; or a reference to the one of each process.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the tasks, to be checked at the start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *broker* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of a worker process:
        GraphError: a task asks for something that is not bound, or the container is wrong in itself; nothing was
            opened.
        ContainerRefError: a reference leads to no container.
        BindingError: a task is marked with `Inject`, and is not under `@inject`.
    """
    from taskiq import Context, TaskiqEvents, TaskiqMessage  # noqa: PLC0415 - loads the framework only with it

    told = tuple(handlers)
    if any(hasattr(each, "__tenure_jobs__") for each in broker.middlewares):
        raise BindingError("this broker has a container already: call setup(broker, container) once for each")

    def functions() -> list[Any]:
        return [*(task.original_func for task in broker.get_all_tasks().values()), *told]

    def values(*args: Any, **kwargs: Any) -> Mapping[Any, Any]:
        message = _message.get()
        return {} if message is None else {TaskiqMessage: message, Context: Context(message, broker)}

    jobs = Jobs(container, keys=(TaskiqMessage, Context), functions=functions, scope=scope)

    async def begin(state: Any) -> None:
        await jobs.abegin()
        for task in broker.get_all_tasks().values():
            function = task.original_func
            if getattr(function, "__tenure_job__", None) is not jobs:
                wrap = jobs.awrap if inspect.iscoroutinefunction(function) else jobs.wrap
                task.original_func = wrap(function, values)

    async def end(state: Any) -> None:
        await jobs.aend()

    broker.add_middlewares(_middleware(jobs))
    broker.event_handlers[TaskiqEvents.WORKER_STARTUP].insert(0, begin)
    broker.event_handlers[TaskiqEvents.WORKER_SHUTDOWN].append(end)


def _middleware(jobs: Jobs) -> Any:
    """Return what notes the message of each task, for the context that its function is called in."""
    from taskiq import TaskiqMiddleware  # noqa: PLC0415 - loads the framework only with it

    class Noting(TaskiqMiddleware):
        __tenure_jobs__ = jobs

        def pre_execute(self, message: "TaskiqMessage") -> "TaskiqMessage":
            _message.set(message)
            return message

    return Noting()
