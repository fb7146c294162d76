"""`Callable` and `Coroutine`: call a function and give what it returns."""

import inspect
from collections.abc import Callable as CallableType
from collections.abc import Coroutine as CoroutineType
from typing import TYPE_CHECKING, Any, ClassVar

from tenure.errors import Error
from tenure.providers.abstract import Abstract, typed_delegate
from tenure.providers.base import Provider, T_co
from tenure.providers.making import Making
from tenure.providers.objects import Delegate


class Callable(Making[T_co]):
    """
    Calls a function at every use.

    Args:
        provides: the function, or a text to import it by.
        args: passed to it; providers stand for their values.
        kwargs: passed to it likewise.
    """

    __slots__ = ()

    def __init__(
        self, provides: type[T_co] | CallableType[..., T_co] | str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(provides, *args, **kwargs)


class DelegatedCallable(Callable[T_co]):
    """A `Callable` that other providers get as it is, to call it themselves."""

    __slots__ = ()
    is_delegated = True


class AbstractCallable(Abstract[T_co], Callable[T_co]):
    """A `Callable` that has to be overridden by one."""

    __slots__ = ()
    replaced_by: ClassVar[type[Provider[Any]]] = Callable


class CallableDelegate(Delegate[Callable[T_co]]):
    """A provider of a `Callable`."""

    __slots__ = ()

    def __init__(self, callable: Callable[T_co] | None = None) -> None:
        typed_delegate(self, callable, Callable)
        super().__init__(callable)


class Coroutine(Callable[T_co]):
    """
    Calls a coroutine function at every use; as an argument of another provider it is awaited first.

    Raises on construction:
        Error: it is not a coroutine function.
    """

    __slots__ = ()

    def __init__(
        self, provides: CallableType[..., CoroutineType[Any, Any, T_co]] | str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(provides, *args, **kwargs)  # type: ignore[arg-type]  # what it gives, awaited, is a T

    if TYPE_CHECKING:

        def __call__(self, *args: Any, **kwargs: Any) -> CoroutineType[Any, Any, T_co]:  # type: ignore[override]
            """Return what has to be awaited."""
            ...

    def _check(self, provides: Any) -> None:
        if provides is not None and not inspect.iscoroutinefunction(provides):
            raise Error(f"{type(self).__name__} provides what coroutine functions give, and {provides!r} is none")


class DelegatedCoroutine(Coroutine[T_co]):
    """A `Coroutine` that other providers get as it is, to call it themselves."""

    __slots__ = ()
    is_delegated = True


class AbstractCoroutine(Abstract[T_co], Coroutine[T_co]):
    """A `Coroutine` that has to be overridden by one."""

    __slots__ = ()
    replaced_by: ClassVar[type[Provider[Any]]] = Coroutine


class CoroutineDelegate(Delegate[Coroutine[T_co]]):
    """A provider of a `Coroutine`."""

    __slots__ = ()

    def __init__(self, coroutine: Coroutine[T_co] | None = None) -> None:
        typed_delegate(self, coroutine, Coroutine)
        super().__init__(coroutine)
