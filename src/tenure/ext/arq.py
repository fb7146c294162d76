"""arq: a container that starts and stops with each worker, a scope around each job."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tenure.away.jobs import Jobs
from tenure.away.ref import ContainerRef
from tenure.container import Container
from tenure.errors import BindingError
from tenure.injection import Inject, inject

__all__ = ["Inject", "inject", "setup"]


def setup(
    settings: Any, container: Container | ContainerRef, *, scope: str = "request", handlers: Iterable[Any] = ()
) -> None:
    """
    Let the functions of *settings* run on *container*: call it when they are there.

    A worker starts it before its `on_startup`, and closes it after its `on_shutdown`. Each job has a scope around its
    function, in which `arq.jobs.Job` is given; what the function raises, `Retry` and a cancellation by a timeout or a
    stop included, is shown to its resources. The first parameter of a function is arq's context, as ever.

    Args:
        settings: what arq takes for the settings of a worker: a class, or a dictionary.
        container: left alone if somebody else has started it; or a reference to the one of each process.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides those of the jobs, to be checked at the start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *settings* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of a worker:
        GraphError: a job asks for something that is not bound, or the container is wrong in itself; nothing was opened.
        ContainerRefError: a reference leads to no container.
        BindingError: a job is marked with `Inject`, and is not under `@inject`.
    """
    # not where the checkers run: it holds redis below 6
    from arq.jobs import Job  # type: ignore[import-not-found]  # noqa: PLC0415 - loads the framework only with it
    from arq.worker import func  # type: ignore[import-not-found]  # noqa: PLC0415 - as above

    of = _Settings(settings)
    known = [func(each) for each in of.get("functions") or ()]
    crons = list(of.get("cron_jobs") or ())
    functions = [*(each.coroutine for each in (*known, *crons)), *handlers]
    if any(hasattr(each, "__tenure_job__") for each in functions):
        raise BindingError("these settings have a container already: call setup(settings, container) once for each")
    jobs = Jobs(container, keys=(Job,), functions=lambda: functions, scope=scope)

    def values(context: Mapping[str, Any], *args: Any, **kwargs: Any) -> Mapping[Any, Any]:
        return {Job: Job(context["job_id"], context["redis"])}

    of.set("functions", [replace(each, coroutine=jobs.awrap(each.coroutine, values)) for each in known])
    of.set("cron_jobs", [replace(each, coroutine=jobs.awrap(each.coroutine, values)) for each in crons] or None)
    _live_with(of, jobs)


class _Settings:
    """Settings in either form; arq reads those of a class from itself, and not from what it derives from."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def get(self, name: str) -> Any:
        if isinstance(self._settings, dict):
            return self._settings.get(name)
        return getattr(self._settings, name, None)

    def set(self, name: str, value: Any) -> None:
        if isinstance(self._settings, dict):
            self._settings[name] = value
        else:
            setattr(self._settings, name, value)


def _live_with(settings: _Settings, jobs: Jobs) -> None:
    """Put the life of the container around what the worker does when it starts and stops."""
    own_start, own_stop = settings.get("on_startup"), settings.get("on_shutdown")

    async def start(context: dict[Any, Any]) -> None:
        await jobs.abegin()
        if own_start is not None:
            await own_start(context)

    async def stop(context: dict[Any, Any]) -> None:
        try:
            if own_stop is not None:
                await own_stop(context)
        finally:
            await jobs.aend()

    settings.set("on_startup", start)
    settings.set("on_shutdown", stop)
