"""`ThreadLocalSingleton` and `ContextLocalSingleton`: one object for each thread, or for each context."""

import itertools
import threading
from collections.abc import Callable
from contextvars import ContextVar
from inspect import isawaitable
from typing import Any, ClassVar, Protocol

from tenure.model.binding import TRANSIENT, Binding, Make
from tenure.providers.base import T_co
from tenure.providers.factories import Factory
from tenure.providers.family import family_of
from tenure.providers.pending import Pending
from tenure.providers.singletons import BaseSingleton

_NOTHING: Any = object()
_N_KEPT = 8
"""How many objects that were set aside a thread or context keeps, besides the present one."""
_ages = itertools.count(1)


class _Store(Protocol):
    """Where the objects are kept, each under the age it was made in."""

    def get(self) -> Any:
        """Return what was kept for this thread or context, `_NOTHING` if nothing was."""
        ...

    def set(self, value: Any) -> Any:
        """Keep *value* for this thread or context."""
        ...


class _ByThread(threading.local):
    value: Any = _NOTHING

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> None:
        self.value = value


def _by_context() -> Any:
    return ContextVar("tenure.local", default=_NOTHING)


class _LocalSingleton(BaseSingleton[T_co]):
    """Keeps what it made in a store of its own; each object is made as a factory would make it."""

    __slots__ = ("_age", "_store")
    _lifetime = TRANSIENT
    _new_store: ClassVar[Any] = staticmethod(_ByThread)

    def __init__(
        self, provides: type[T_co] | Callable[..., T_co] | str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        self._store: _Store = type(self)._new_store()
        self._age = 0
        super().__init__(provides, *args, **kwargs)

    def _copy_into(self, copied: Any, copy: Callable[[Any], Any]) -> None:
        super()._copy_into(copied, copy)
        copied._store = type(self)._new_store()
        copied._age = 0

    def _forget(self) -> None:
        self._store.set(_NOTHING)

    def __tenure_forget__(self) -> int:
        """Give the objects of every thread and context no more: what they were made from is gone, or set aside."""
        before, self._age = self._age, next(_ages)
        return before

    def __tenure_remember__(self, age: int) -> None:
        """Give again what was given before `__tenure_forget__` returned *age*."""
        self._age = age

    def _kept(self) -> Any:
        kept = self._store.get()
        return _NOTHING if kept is _NOTHING else kept.get(self._age, _NOTHING)

    def _keep_here(self, value: Any) -> None:
        family_of(self).engine.keepers.add(self)
        kept = self._store.get()
        ages = {} if kept is _NOTHING else dict(list(kept.items())[-_N_KEPT:])
        self._store.set({**ages, self._age: value})

    def _declare(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Binding:
        def kept() -> Any:
            found = self._kept()
            return self._make(args, kwargs) if found is _NOTHING else found

        return Binding(self, Make.MAYBE, kept, TRANSIENT, later=tuple(self.related))

    def _make(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        maker: Factory[T_co] = Factory(self._provides, *self._args, **self._kwargs)
        maker.set_attributes(**self._attributes)
        maker._family = family_of(self)
        made = maker(*args, **kwargs)
        if not isawaitable(made):
            self._keep_here(made)
            return made

        async def keep() -> Any:
            try:
                value = await made
            except BaseException:
                self._store.set(_NOTHING)
                raise
            self._keep_here(value)
            return value

        pending = Pending(f"the value of {self}", keep)
        self._keep_here(pending)  # whoever asks meanwhile awaits the same
        return pending


class ThreadLocalSingleton(_LocalSingleton[T_co]):
    """
    Makes one object for each thread.

    Args:
        provides: a class or a function, or a text to import it by.
        args: passed to it; providers stand for their values.
        kwargs: passed to it likewise.
    """

    __slots__ = ()


class DelegatedThreadLocalSingleton(ThreadLocalSingleton[T_co]):
    """A `ThreadLocalSingleton` that other providers get as it is, to call it themselves."""

    __slots__ = ()
    is_delegated = True


class ContextLocalSingleton(_LocalSingleton[T_co]):
    """
    Makes one object for each context (`contextvars`): each asyncio task, each thread.

    Args:
        provides: a class or a function, or a text to import it by.
        args: passed to it; providers stand for their values.
        kwargs: passed to it likewise.
    """

    __slots__ = ()
    _new_store: ClassVar[Any] = staticmethod(_by_context)
