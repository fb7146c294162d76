"""`Resource` and its kin: what is opened once, and closed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Never, Self, TypeVar, overload

from tenure import resources
from tenure.model.binding import AMBIENT, Binding, Lifecycle, Options, Style
from tenure.model.detect import lifecycle_of_initializer
from tenure.providers.base import T_co
from tenure.providers.family import engine_of, renew
from tenure.providers.kept import called_kept
from tenure.providers.making import Making
from tenure.providers.shutting import shut_down
from tenure.runtime.scope import Scope, current_of, live_chain

T = TypeVar("T")
_NOTHING: Any = object()


class BaseResource(Making[T_co]):
    """
    What every resource provider can do.

    Args:
        provides: the initializer: a function, a generator function, a context manager or a function that returns one, a
            subclass of `resources.Resource`; each of them may be asynchronous; or a text to import one by.
        args: passed to it; providers stand for their values.
        kwargs: passed to it likewise.
    """

    __slots__ = ("_found", "_is_async")
    _lifetime = AMBIENT

    if not TYPE_CHECKING:
        __call__ = called_kept

    def __init__(self, provides: Any = None, *args: Any, **kwargs: Any) -> None:
        self._found: Any = _NOTHING
        self._is_async = False
        super().__init__(provides, *args, **kwargs)

    @property
    def initialized(self) -> bool:
        """Whether it is open, as seen from here."""
        return any(self in scope.exits and not scope.exits[self].done for scope in self._scopes())

    def init(self) -> T_co:
        """Open it unless it is open; return the value, or an awaitable of it where it is asynchronous."""
        return self()

    def shutdown(self) -> Awaitable[None]:
        """
        Close it if it is open, and before it whatever was opened with its help.

        Returns:
            An awaitable; where nothing is asynchronous everything is done already, and it need not be awaited.

        Raises:
            BaseException: what its closing code raised.
        """
        return shut_down(engine_of(self), self._scopes(), self.opened_keys, single=True)

    @property
    def opened_keys(self) -> list[Any]:
        """The keys of what it opens: its own, and those of what replaces it."""
        return [self, *self._overridden]

    @property
    def opens_by_itself(self) -> bool:
        """Whether starting it is more than starting its key."""
        return False

    def _scopes(self) -> list[Scope]:
        return live_chain(current_of(engine_of(self)))

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        copied._found, copied._is_async = _NOTHING, self._is_async
        super()._copy_into(copied, copy)

    def _usual(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        plain = super()._usual(args, kwargs)
        lifecycle = lifecycle_of_initializer(plain.target)
        if self._is_async:
            lifecycle = Lifecycle(Style.ASYNC_CONTEXT, opens_async=True, closes_async=True)
        lifecycle = replace(lifecycle, resumes=True)
        options = getattr(plain.target, "__tenure_options__", None)
        options = replace(options, is_resource=True) if isinstance(options, Options) else Options(is_resource=True)
        target = plain.target if lifecycle.style is not Style.FOUND and not self._is_async else self._initialize
        return replace(plain, target=target, lifecycle=lifecycle, options=options)

    def _initialize(self, *args: Any, **kwargs: Any) -> Any:
        found, self._found = self._found, _NOTHING
        return self._provides(*args, **kwargs) if found is _NOTHING else found

    def _keep(self, made: Any) -> None:
        """Keep what the initializer gave when nothing could be awaited; it is opened by whoever awaits."""
        self._found, self._is_async = made, True
        renew((self,))


class Resource(BaseResource[T_co]):
    """
    Opens a resource once and closes it.

    It belongs to the innermost scope that is open when it is first needed, unless an outer one holds it; with no scope
    open it belongs to the container, until `shutdown` or `shutdown_resources`.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @overload  # what may return anything, such as a function with overloads that returns what it is asked for
        def __new__(cls, provides: Callable[..., Never], *args: Any, **kwargs: Any) -> Any: ...
        @overload
        def __new__(
            cls, provides: Callable[..., resources.AsyncResource[T]], *args: Any, **kwargs: Any
        ) -> "_Awaited[T]": ...
        @overload
        def __new__(cls, provides: Callable[..., resources.Resource[T_co]], *args: Any, **kwargs: Any) -> Self: ...
        @overload
        def __new__(
            cls, provides: Callable[..., AbstractAsyncContextManager[T]], *args: Any, **kwargs: Any
        ) -> "_Awaited[T]": ...
        @overload
        def __new__(cls, provides: Callable[..., AbstractContextManager[T_co]], *args: Any, **kwargs: Any) -> Self: ...
        @overload
        def __new__(cls, provides: Callable[..., AsyncIterator[T]], *args: Any, **kwargs: Any) -> "_Awaited[T]": ...
        @overload
        def __new__(cls, provides: Callable[..., Iterator[T_co]], *args: Any, **kwargs: Any) -> Self: ...
        @overload
        def __new__(
            cls, provides: Callable[..., Coroutine[Any, Any, T]], *args: Any, **kwargs: Any
        ) -> "_Awaited[T]": ...
        @overload
        def __new__(
            cls, provides: type[T_co] | Callable[..., T_co] | str | None = None, *args: Any, **kwargs: Any
        ) -> Self: ...

        def __new__(cls, provides: Any = None, *args: Any, **kwargs: Any) -> Any:
            """Take an initializer of any kind: see `BaseResource`."""
            ...


if TYPE_CHECKING:

    class _Awaited(Resource[T_co]):
        """How checkers see a `Resource` whose initializer is asynchronous: a call gives an awaitable."""

        def __call__(self, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, T_co]:  # type: ignore[override]
            """Return an awaitable of the value."""
            ...

        def init(self) -> Coroutine[Any, Any, T_co]:  # type: ignore[override]
            """Open it unless it is open; return an awaitable of the value."""
            ...
