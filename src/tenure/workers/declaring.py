"""`@worker`: makes of a function a resource that runs it in the background."""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, TypeVar, overload

from tenure.declare import resource
from tenure.errors import BindingError
from tenure.model.introspect import annotations_of, without_markers
from tenure.model.methods import is_async_function
from tenure.model.place import location
from tenure.workers.handle import Worker
from tenure.workers.living import task_life, thread_life
from tenure.workers.policy import OnCrash, Policy
from tenure.workers.stop import Stop

F = TypeVar("F", bound=Callable[..., Any])

CANCELLING_S = 5.0
"""Seconds that a worker has for its `finally` blocks once it is cancelled, before it is abandoned and named."""


@overload
def worker(function: F, /) -> F: ...


@overload
def worker(
    *,
    on_crash: OnCrash = "fail",
    max_restarts: int = 3,
    within_s: float = 60.0,
    backoff: float = 0.1,
    drain_timeout: float | None = 10.0,
    scope: str = "singleton",
    name: str | None = None,
) -> Callable[[F], F]: ...


def worker(
    function: Any = None,
    /,
    *,
    on_crash: OnCrash = "fail",
    max_restarts: int = 3,
    within_s: float = 60.0,
    backoff: float = 0.1,
    drain_timeout: float | None = 10.0,
    scope: str = "singleton",
    name: str | None = None,
) -> Any:
    """
    Declare a background task: it starts when it is opened, is supervised, and ends before what it was given closes.

    A parameter annotated `Stop` is not injected from the container: it is told to stop by it, and may then end by
    itself within *drain_timeout*; a function without one is cancelled at once. Its value is a `Worker`; bound alone
    (`container.bind(consume)`) its key is `Annotated[Worker, "consume"]`.

    Args:
        function: a coroutine function, which runs as a task of the loop; or a plain function with a parameter
            annotated `Stop`, which runs on a thread of its own. Its other parameters are what it needs.
        on_crash: what an exception means. "fail": the application fails with it; "restart": it is called again;
            "ignore": a `WorkerCrashed` event, or else `sys.unraisablehook`, tells it and the application goes on.
        max_restarts: how often it is called again within *within_s*, >= 0; one crash more fails the application.
        within_s: seconds, > 0.
        backoff: seconds before the first restart of a series, >= 0; doubled for each further one, 30 at most.
        drain_timeout: seconds, > 0, for ending by itself once it is told to stop; None: no limit. A coroutine that runs
            over it is cancelled, and a `WorkerCancelled` event, or else `sys.unraisablehook`, tells it.
        scope: its lifetime: "singleton", which an eager start opens, or the name of a scope.
        name: what it is called; None: the name of the function.

    Returns:
        A resource function with the parameters of *function*, save the stop.

    Raises:
        BindingError: *function* is of another kind, or a plain one that cannot be told to stop; or an argument is out
            of its bounds.
    """
    policy = Policy(
        on_crash=on_crash, max_restarts=max_restarts, within_s=within_s, backoff=backoff, drain_timeout=drain_timeout
    )

    def declare(function: Any) -> Any:
        _check(function)
        label = name or function.__name__
        stop_names = _stop_parameters(function)
        is_async = is_async_function(function)
        if not is_async and not stop_names:
            raise BindingError(
                f"{label} would run on a thread, which nobody can cancel: give it a parameter annotated Stop and end "
                "when stop.requested, or make it a coroutine function"
            )
        made = (_task_resource if is_async else _thread_resource)(function, label, policy, stop_names)
        _look_like(made, function, label, stop_names, is_async)
        grace_s = CANCELLING_S if is_async else 0.0
        limit_s = None if drain_timeout is None else drain_timeout + grace_s
        return resource(scope=scope, shield=is_async, close_timeout=limit_s)(made)

    return declare if function is None else declare(function)


def _check(function: Any) -> None:
    if isinstance(function, str):
        raise BindingError(f"worker decorates a function, not a string; did you mean name={function!r}?")
    if isinstance(function, type) or not callable(function) or not hasattr(function, "__name__"):
        raise BindingError(f"worker decorates a function, not {function!r}")
    inner = inspect.unwrap(function)
    if inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner):
        raise BindingError(f"{function.__name__} is a generator; a worker is a function that runs until it ends")


def _stop_parameters(function: Any) -> tuple[str, ...]:
    hints = annotations_of(function)
    return tuple(name for name in inspect.signature(function).parameters if without_markers(hints.get(name)) is Stop)


def _task_resource(function: Any, label: str, policy: Policy, stop_names: tuple[str, ...]) -> Any:
    async def life(*args: Any, **kwargs: Any) -> AsyncIterator[Worker]:
        call = _calling(function, stop_names, args, kwargs)
        async with task_life(label, call, policy, bool(stop_names)) as worker:
            yield worker

    return life


def _thread_resource(function: Any, label: str, policy: Policy, stop_names: tuple[str, ...]) -> Any:
    def life(*args: Any, **kwargs: Any) -> Iterator[Worker]:
        with thread_life(label, _calling(function, stop_names, args, kwargs), policy) as worker:
            yield worker

    return life


def _calling(function: Any, stop_names: tuple[str, ...], args: Any, kwargs: Any) -> Callable[[Stop], Any]:
    """Return what calls *function*; its stops are among the parameters that *args*, without them, are given for."""
    signature = inspect.signature(function)
    others = signature.replace(parameters=[p for p in signature.parameters.values() if p.name not in stop_names])
    given = others.bind(*args, **kwargs).arguments

    def call(stop: Stop) -> Any:
        bound = inspect.BoundArguments(signature, _in_order(signature, {**given, **dict.fromkeys(stop_names, stop)}))
        return function(*bound.args, **bound.kwargs)

    return call


def _in_order(signature: inspect.Signature, given: dict[str, Any]) -> Any:
    """Return *given* in the order of the parameters, defaults filled in: what `BoundArguments` goes by."""
    found = {}
    for parameter in signature.parameters.values():
        if parameter.name in given:
            found[parameter.name] = given[parameter.name]
        elif parameter.default is not parameter.empty:
            found[parameter.name] = parameter.default
    return found


def _look_like(made: Any, function: Any, label: str, stop_names: tuple[str, ...], is_async: bool) -> None:
    """Give *made* the name and the signature of *function*, not `__wrapped__`: that says of what kind it is."""
    hints = {name: hint for name, hint in annotations_of(function).items() if name not in stop_names}
    hints["return"] = (AsyncIterator if is_async else Iterator)[Annotated[Worker, label]]
    signature = inspect.signature(function)
    kept = [
        p.replace(annotation=hints.get(p.name, p.annotation))
        for p in signature.parameters.values()
        if p.name not in stop_names
    ]
    made.__signature__ = signature.replace(parameters=kept, return_annotation=hints["return"])
    made.__annotations__ = hints
    for attribute in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(made, attribute, getattr(function, attribute))
    made.__tenure_where__ = location(function)
    made.__tenure_unasked__ = True  # it is no less of use where nothing needs it
