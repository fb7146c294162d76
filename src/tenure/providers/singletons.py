"""`Singleton` and its kin: one object for the container, a thread or a context."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

from tenure.errors import Error
from tenure.model.binding import SINGLETON
from tenure.providers.abstract import Abstract, typed_delegate
from tenure.providers.base import Provider, T_co
from tenure.providers.family import engine_of
from tenure.providers.objects import Delegate
from tenure.providers.settling import Settling
from tenure.runtime.emptying import forget_value

P = TypeVar("P")


class SingletonResetContext(Generic[P]):
    """A singleton that was reset, and is reset again when the context is left."""

    def __init__(self, singleton: P, reset: Callable[[], Any]) -> None:
        self._singleton = singleton
        self._reset = reset

    def __enter__(self) -> P:
        """Return what was reset."""
        return self._singleton

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Reset it again."""
        self._reset()


class SingletonFullResetContext(SingletonResetContext[P]):
    """The same for a singleton with every singleton that it needs."""


class BaseSingleton(Settling[T_co]):
    """
    What every singleton provider can do.

    Args:
        provides: a class or a function, or a text to import it by.
        args: passed to it; providers stand for their values.
        kwargs: passed to it likewise.
    """

    __slots__ = ()
    _lifetime = SINGLETON

    def __init__(
        self, provides: type[T_co] | Callable[..., T_co] | str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(provides, *args, **kwargs)

    def reset(self) -> SingletonResetContext[Self]:
        """Let go of the object; the next call makes another. Used with `with`, resets again at the end."""
        self._forget()
        return SingletonResetContext(self, self._forget)

    def full_reset(self) -> SingletonFullResetContext[Self]:
        """Reset it with every singleton that it needs, directly or not."""
        self._forget_all()
        return SingletonFullResetContext(self, self._forget_all)

    def _forget(self) -> None:
        if self._family is not None and self._family.is_live:
            forget_value(engine_of(self), self)

    def _forget_all(self) -> None:
        self.reset()
        for provider in self.traverse(types=[BaseSingleton]):
            provider.reset()


class Singleton(BaseSingleton[T_co]):
    """
    Makes one object and gives it at every use, also when many threads or tasks ask at once.

    Args:
        provides: a class or a function, or a text to import it by.
        args: passed to it; providers stand for their values.
        kwargs: passed to it likewise.
    """

    __slots__ = ()


class DelegatedSingleton(Singleton[T_co]):
    """A `Singleton` that other providers get as it is, to call it themselves."""

    __slots__ = ()
    is_delegated = True


class ThreadSafeSingleton(Singleton[T_co]):
    """The same as `Singleton`, which is safe for threads already."""

    __slots__ = ()


class DelegatedThreadSafeSingleton(ThreadSafeSingleton[T_co]):
    """A `ThreadSafeSingleton` that other providers get as it is, to call it themselves."""

    __slots__ = ()
    is_delegated = True


class AbstractSingleton(Abstract[T_co], BaseSingleton[T_co]):
    """A singleton that has to be overridden by one."""

    __slots__ = ()
    replaced_by: ClassVar[type[Provider[Any]]] = BaseSingleton

    def _forget(self) -> None:
        if self._last is None:
            raise Error(f"{self} is abstract; override it with a {self.replaced_by.__name__}")
        last: Any = self._last  # a singleton, as `override` saw to
        last.reset()


class SingletonDelegate(Delegate[BaseSingleton[T_co]]):
    """A provider of a singleton provider."""

    __slots__ = ()

    def __init__(self, singleton: BaseSingleton[T_co] | None = None) -> None:
        typed_delegate(self, singleton, BaseSingleton)
        super().__init__(singleton)
