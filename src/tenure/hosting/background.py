"""Tasks that go on behind the request that started them: each in a scope of its own, whose end is the task's."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from tenure.container import Container
from tenure.injection import inject
from tenure.runner.around import inside

F = TypeVar("F", bound=Callable[..., Any])


def background(container: Container, *, scope: str = "request") -> Callable[[F], F]:
    """
    Fill in the parameters of a function that are marked with `Inject`, from a scope that is opened around each call.

    As `inject(container=container, scope=scope)` does, and wherever it is called from: a task begins in the scope of
    whoever started it, which may have been left since, and inside that nothing can be opened any more.

    Args:
        container: where the values come from.
        scope: name of the scope; what is bound to a request is made for it anew.

    Raises:
        BindingError: the function is none, or has no parameter to inject.

    Raises at the call:
        ContainerClosedError: the container is closing or closed.
        ScopeError: it knows no scope of that name.
    """

    def decorate(function: F) -> F:
        injected = inject(function, container=container, scope=scope)

        @functools.wraps(injected)
        async def awaited(*arguments: Any, **named: Any) -> Any:
            with inside(container):
                return await injected(*arguments, **named)

        @functools.wraps(injected)
        def called(*arguments: Any, **named: Any) -> Any:
            with inside(container):
                return injected(*arguments, **named)

        wrapped: Any = awaited if inspect.iscoroutinefunction(function) else called
        result: F = wrapped
        return result

    return decorate
