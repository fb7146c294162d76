"""
Open and close one handle: a generator, a context manager, an object with methods.

Each pair of functions here says the whole meaning of one style. A closing function returns whether the resource
swallowed the outcome it was shown, and raises what the user's closing code raises; the outcome itself never leaves.
"""

from collections.abc import Awaitable
from typing import Any

from tenure.errors import ResourceProtocolError
from tenure.lifecycle.effects import Steps, waited
from tenure.model.binding import Binding, Style
from tenure.model.detect import lifecycle_of_made
from tenure.model.protection import can_look
from tenure.record import replace

_END = object()


def as_found(binding: Binding, made: Any) -> Binding:
    """Return *binding* with the style that *made* shows, where only that could tell."""
    if binding.lifecycle is None or binding.lifecycle.style is not Style.FOUND:
        return binding
    found = replace(lifecycle_of_made(made), resumes=binding.lifecycle.resumes)
    return replace(binding, lifecycle=found)


def open_handle(binding: Binding, made: Any) -> Steps[tuple[Any, Any]]:
    """
    Open *made*, what calling the target of *binding* gave.

    Returns:
        The value that consumers get, and the handle that `close_handle` takes.

    Raises:
        ResourceProtocolError: a generator ended without a yield, or *made* is not what the style needs.
        BaseException: whatever the user's opening code raises.
    """
    lifecycle = binding.lifecycle
    assert lifecycle is not None, "only resources are opened"
    match lifecycle.style:
        case Style.GENERATOR:
            value = next(made, _END)
            if value is _END:
                raise never_yields(binding)
            return value, made
        case Style.ASYNC_GENERATOR:
            try:
                value = yield from waited(anext(made), made)
            except StopAsyncIteration:
                raise never_yields(binding) from None
            return value, made
        case Style.CONTEXT:
            enter = _special(binding, made, "__enter__", "__exit__")
            return enter(made), made
        case Style.ASYNC_CONTEXT:
            enter = _special(binding, made, "__aenter__", "__aexit__")
            value = yield from waited(enter(made))
            return value, made
    if lifecycle.made_class is not None and not isinstance(made, lifecycle.made_class):
        raise ResourceProtocolError(
            binding.label,
            binding.where,
            f"gave a {type(made).__name__}, where it is said to give a {lifecycle.made_class.__name__}",
            "mend its return annotation, or what it returns",
        )
    if lifecycle.open is not None:
        result = lifecycle.open(made)
        if isinstance(result, Awaitable):
            yield from waited(result)
    return made, made


def close_handle(binding: Binding, handle: Any, outcome: BaseException | None) -> Steps[bool]:
    """
    Close *handle*, showing it *outcome*: the error that ended the scope, or None.

    Returns:
        Whether the closing code swallowed *outcome*.

    Raises:
        ResourceProtocolError: a generator yielded a second time; it is closed.
        BaseException: whatever else the user's closing code raises.
    """
    lifecycle = binding.lifecycle
    assert lifecycle is not None, "only resources are closed"
    if outcome is not None and lifecycle.resumes and _cannot_look(handle):
        outcome = None
    match lifecycle.style:
        case Style.GENERATOR:
            return _close_generator(binding, handle, outcome)
        case Style.ASYNC_GENERATOR:
            return (yield from _close_async_generator(binding, handle, outcome))
        case Style.CONTEXT:
            return _leave(type(handle).__exit__, handle, outcome)
        case Style.ASYNC_CONTEXT:
            return (yield from _leave_async(handle, outcome))
    if lifecycle.close is not None:
        result = lifecycle.close(handle)
        if isinstance(result, Awaitable):
            yield from waited(result)
    return False


def _cannot_look(handle: Any) -> bool:
    """Tell whether *handle* is of a generator function in which an error at the yield would end it unclosed."""
    return not can_look(getattr(handle, "gen", handle))  # `gen` is what @contextmanager wraps


def _special(binding: Binding, made: Any, enter: str, leave: str) -> Any:
    """Return the opening method of *made*, looked up on its type as `with` does."""
    method = getattr(type(made), enter, None)
    if method is None or not hasattr(type(made), leave):
        raise ResourceProtocolError(
            binding.label,
            binding.where,
            f"gave a {type(made).__name__}, which has no {enter} and {leave}",
            "return a context manager, or bind it with close=",
        )
    return method


def never_yields(binding: Binding) -> ResourceProtocolError:
    """Return what tells of a generator that ended without a yield."""
    return ResourceProtocolError(
        binding.label,
        binding.where,
        "ended without a yield",
        "yield the resource exactly once (`yield` alone is enough)",
    )


def yields_twice(binding: Binding) -> ResourceProtocolError:
    """Return what tells of a generator that yielded again where it should have ended."""
    return ResourceProtocolError(
        binding.label, binding.where, "yielded a second time", "a resource yields exactly once; what follows closes it"
    )


def _close_generator(binding: Binding, generator: Any, outcome: BaseException | None) -> bool:
    if outcome is None:
        if next(generator, _END) is _END:
            return False
    else:
        trace = outcome.__traceback__
        try:
            generator.throw(outcome)
        except StopIteration as stop:
            return stop is not outcome
        except BaseException as error:
            if _is_same(error, outcome):
                return False
            raise
        finally:
            outcome.__traceback__ = trace  # each resource would add its frames to it
    generator.close()
    raise yields_twice(binding)


def _close_async_generator(binding: Binding, generator: Any, outcome: BaseException | None) -> Steps[bool]:
    if outcome is None:
        try:
            yield from waited(anext(generator), generator)
        except StopAsyncIteration:
            return False
    else:
        trace = outcome.__traceback__
        try:
            yield from waited(generator.athrow(outcome), generator)
        except StopAsyncIteration as stop:
            return stop is not outcome
        except BaseException as error:
            if _is_same(error, outcome):
                return False
            raise
        finally:
            outcome.__traceback__ = trace
    yield from waited(generator.aclose(), generator)
    raise yields_twice(binding)


def _is_same(error: BaseException, outcome: BaseException) -> bool:
    """Tell whether *error* is *outcome* coming back, also inside the RuntimeError of PEP 479."""
    if error is outcome:
        return True
    stopped = isinstance(outcome, StopIteration | StopAsyncIteration)
    return stopped and isinstance(error, RuntimeError) and error.__cause__ is outcome


def _leave(leave: Any, handle: Any, outcome: BaseException | None) -> bool:
    if outcome is None:
        leave(handle, None, None, None)
        return False
    try:
        return bool(leave(handle, type(outcome), outcome, outcome.__traceback__))
    except BaseException as error:
        if error is outcome:
            return False
        raise


def _leave_async(handle: Any, outcome: BaseException | None) -> Steps[bool]:
    leave = type(handle).__aexit__
    if outcome is None:
        yield from waited(leave(handle, None, None, None))
        return False
    try:
        return bool((yield from waited(leave(handle, type(outcome), outcome, outcome.__traceback__))))
    except BaseException as error:
        if error is outcome:
            return False
        raise
