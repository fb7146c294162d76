"""What the functions that an application calls ask for, told to the container before the application starts."""

import inspect
import threading
import weakref
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, get_args

from tenure.binder import Binder
from tenure.errors import BindingError
from tenure.keys import origin_of, show
from tenure.model.introspect import InjectMarker, annotations_of
from tenure.runtime.injection import Injected

_told: "weakref.WeakKeyDictionary[Binder, set[Any]]" = weakref.WeakKeyDictionary()
_telling = threading.Lock()


def expect_handlers(container: Binder, handlers: Iterable[Any], *, awaits: bool = False) -> None:
    """
    Let `container.check()` look at the parameters of *handlers* that are injected; each is told once.

    Args:
        container: the container.
        handlers: functions, methods, or classes whose methods are called; those under `@inject` that name no container
            are looked at, in whatever other decorators they stand.
        awaits: whether what a synchronous one asks for is awaited before it is called.

    Raises:
        BindingError: one is marked with `Inject` and is not under `@inject`.
    """
    for _, text in telling(container, handlers, awaits=awaits):
        raise BindingError(text)


def telling(container: Binder, handlers: Iterable[Any], *, awaits: bool = False) -> Iterator[tuple[Any, str]]:
    """Do as `expect_handlers` while it is gone through; give what that refuses, each with what is wrong with it."""
    for handler in handlers:
        for function in _functions(handler):
            injected = getattr(function, "__tenure_injected__", None)
            if injected is None:
                text = _unfilled(function)
                if text is not None:
                    yield function, text
            elif _is_new(container, injected):
                container.expects(_awaited(injected) if awaits else injected)


def _functions(handler: Any) -> Iterator[Any]:
    if not isinstance(handler, type):
        yield handler
        return
    for name in dir(handler):
        found = inspect.getattr_static(handler, name)
        function = getattr(found, "__func__", found)
        if inspect.isfunction(function):
            yield function


def _awaited(injected: Any) -> Any:
    return Injected(injected.name, injected.where, injected.needs, True)


def _is_new(container: Binder, injected: Any) -> bool:
    with _telling:
        told = _told.setdefault(container, set())
        is_new = injected not in told
        told.add(injected)
    return is_new


def _unfilled(function: Any) -> str | None:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # no Python function
        return None
    annotations = annotations_of(function)
    for parameter in parameters:
        mark = _mark_of(parameter.default, annotations.get(parameter.name))
        if mark is not None:
            return (
                f"parameter {parameter.name!r} of {show(function)} is {mark}, and nothing fills it in; "
                "put @inject under the decorator of the route"
            )
    return None


def _mark_of(default: Any, annotation: Any) -> str | None:
    """Return the mark of a parameter as it is written, None where there is none."""
    if isinstance(default, InjectMarker):
        return repr(default)
    if origin_of(annotation) is Annotated and any(isinstance(each, InjectMarker) for each in annotation.__metadata__):
        return f"Annotated[{show(get_args(annotation)[0])}, Inject()]"
    return None
