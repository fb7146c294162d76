"""dramatiq: a container that starts and stops with each worker process, a scope around each message."""

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
    import dramatiq

__all__ = ["Inject", "inject", "setup"]

_message: "contextvars.ContextVar[Any]" = contextvars.ContextVar("tenure.dramatiq", default=None)


def setup(
    broker: "dramatiq.Broker",
    container: Container | ContainerRef,
    *,
    scope: str = "request",
    handlers: Iterable[Any] = (),
) -> None:
    """
    Let the actors of *broker* run on *container*: call it when all other middleware is there.

    Each worker process starts it before its threads, and closes it when they have ended; a process that only sends
    messages opens nothing. Each message has a scope around the function of its actor, in which `dramatiq.Message` is
    given. What the function raises, an interruption such as `TimeLimitExceeded` included, is shown to its resources;
    a retry is another message. Where the middleware `AsyncIO` is there, actors that are coroutine functions and
    asynchronous resources live on its event loop, else on one of their own; a synchronous actor is given asynchronous
    resources as well.

    Args:
        broker: one that no worker has started on yet.
        container: left alone if somebody else has started it; or a reference to the one of each process.
        scope: name of the scopes.
        handlers: functions under `@inject` that are called besides the actors, to be checked at the start.

    Raises:
        BindingError: *container* is no type-driven container; or `setup` was called for *broker* before.
        ScopeError: it knows no scope of that name.

    Raises at the start of a worker process:
        MiddlewareError: an actor asks for something that is not bound, or is not under `@inject`, or the container is
            wrong in itself, and nothing was opened; or something failed to open. Its cause says what.
    """
    import dramatiq  # noqa: PLC0415 - loads the framework only with it

    told = tuple(handlers)
    if any(hasattr(each, "__tenure_jobs__") for each in broker.middleware):
        raise BindingError("this broker has a container already: call setup(broker, container) once for each")

    def functions() -> list[Any]:
        return [*(_function_of(actor) for actor in broker.actors.values()), *told]

    jobs = Jobs(container, keys=(dramatiq.Message,), functions=functions, scope=scope)
    for actor in broker.actors.values():
        _put_on(actor, jobs)
    broker.add_middleware(_middleware(jobs))


def _function_of(actor: Any) -> Any:
    """Return the function that *actor* was made of: behind what is around it here, and a coroutine function as such."""
    function = actor.fn
    if hasattr(function, "__tenure_job__"):
        function = function.__wrapped__
    if inspect.iscoroutinefunction(function):
        return function
    inner = getattr(function, "__wrapped__", None)
    return inner if inspect.iscoroutinefunction(inner) else function


def _put_on(actor: Any, jobs: Jobs) -> None:
    from dramatiq import Message  # noqa: PLC0415 - loads the framework only with it

    def values(*args: Any, **kwargs: Any) -> Mapping[Any, Any]:
        message = _message.get()
        return {} if message is None else {Message: message}

    actor.fn = jobs.wrap(_function_of(actor), values)


def _middleware(jobs: Jobs) -> Any:
    from dramatiq.asyncio import get_event_loop_thread  # noqa: PLC0415 - loads the framework only with it
    from dramatiq.middleware import Middleware, MiddlewareError  # noqa: PLC0415 - as above

    class Hosting(Middleware):
        __tenure_jobs__ = jobs

        def after_declare_actor(self, broker: Any, actor: Any) -> None:
            if not isinstance(actor, str):  # dramatiq 1 gives those that were there before by name
                _put_on(actor, jobs)

        def before_worker_boot(self, broker: Any, worker: Any) -> None:
            thread = get_event_loop_thread()
            try:
                jobs.begin(None if thread is None else thread.loop)
            except Exception as error:
                broker.emit_after("worker_shutdown", worker)  # the loop of `AsyncIO` would keep the process
                raise MiddlewareError(str(error)) from error  # dramatiq goes on behind any other

        def after_worker_shutdown(self, broker: Any, worker: Any) -> None:
            jobs.end()

        def before_process_message(self, broker: Any, message: Any) -> None:
            _message.set(message)

        def after_process_message(self, broker: Any, message: Any, **outcome: Any) -> None:
            _message.set(None)

        after_skip_message = after_process_message

    return Hosting()
